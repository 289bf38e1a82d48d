"""Which tables a job reads and writes."""

from typing import Any

from glue_studio import Job, parse_nodes
from glue_studio.access import TableRef, reads, writes

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
