"""The scripts of this project's jobs, and of jobs that have none."""

from pathlib import Path

import pytest

from glue_studio import GraphError, Job, generate_script, load

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "path", sorted((_ROOT / "glue_studio_json").glob("*.json")), ids=lambda path: path.stem
)
def test_the_scripts_of_the_project_are_those_of_its_jobs(path: Path) -> None:
    script = (_ROOT / "glue_scripts" / f"{path.stem}.py").read_text()
    assert generate_script(load(path)) == script


def test_a_job_without_a_graph_has_no_script() -> None:
    with pytest.raises(GraphError, match="no visual graph"):
        generate_script(Job("orders", {}, {}))
