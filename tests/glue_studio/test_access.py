"""Which tables a job reads and writes."""

from pathlib import Path
from typing import Any

import pytest

from glue_studio import GraphError, Job, generate_script, load, parse_nodes
from glue_studio.access import TableRef, reads, writes

_ROOT = Path(__file__).parents[2]
_POLICY = {"EnableUpdateCatalog": True, "Database": "shop", "Table": "clean"}
_GRAPH: dict[str, Any] = {
    "a": {"CatalogSource": {"Name": "a", "Database": "shop", "Table": "orders"}},
    "b": {"MySQLCatalogSource": {"Name": "b", "Database": "shop", "Table": "people"}},
    "c": {"S3JsonSource": {"Name": "c", "Paths": []}},
    "d": {"S3CatalogTarget": {"Name": "d", "Inputs": ["a"], "Database": "shop", "Table": "out"}},
    "e": {"S3DirectTarget": {"Name": "e", "Inputs": ["a"], "SchemaChangePolicy": _POLICY}},
    "f": {"MySQLCatalogTarget": {"Name": "f", "Inputs": ["a"], "Database": "shop", "Table": "sql"}},
    "g": {"CatalogTarget": {"Name": "g", "Inputs": ["a"], "Database": "shop", "Table": "out"}},
}


def test_reads_and_writes_each_table_once() -> None:
    job = Job("orders", {}, parse_nodes(_GRAPH))
    assert reads(job) == (TableRef("shop", "orders"), TableRef("shop", "people"))
    assert [str(table) for table in writes(job)] == ["shop.out", "shop.clean", "shop.sql"]


@pytest.mark.parametrize(
    "path", sorted((_ROOT / "glue_studio_json").glob("*.json")), ids=lambda path: path.stem
)
def test_the_scripts_of_the_project_are_those_of_its_jobs(path: Path) -> None:
    script = (_ROOT / "glue_scripts" / f"{path.stem}.py").read_text()
    assert generate_script(load(path)) == script


def test_a_job_without_a_graph_has_no_script() -> None:
    with pytest.raises(GraphError, match="no visual graph"):
        generate_script(Job("orders", {}, {}))
