"""Graph to script and back, and job to file and back, on random graphs of every known node type."""

import ast
import warnings
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from glue_studio import Job, Node, generate_script, recover_with_notes
from glue_studio.formats import Shape, read, write
from glue_studio.nodes import KINDS
from glue_studio.script.compare import same_script
from tests.glue_studio.graphs import DRAWN_TYPES, graphs

_MANY = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_JOB = Job(
    "orders",
    {
        "Role": "arn:aws:iam::123456789012:role/glue",
        "Command": {
            "Name": "glueetl",
            "PythonVersion": "3",
            "ScriptLocation": "s3://a/b/orders.py",
        },
        "DefaultArguments": {
            "--job-language": "python",
            "--enable-metrics": "true",
            "--TempDir": "s3://a/temporary/",
            "--my-own": "1",
            "--enable-job-insights": "false",
        },
        "Connections": {"Connections": ["aurora"]},
        "ExecutionProperty": {"MaxConcurrentRuns": 3},
        "ExecutionClass": "FLEX",
        "GlueVersion": "5.1",
        "JobMode": "VISUAL",
        "MaxRetries": 0,
        "NumberOfWorkers": 2,
        "SecurityConfiguration": "kms",
        "Tags": {"team": "data"},
        "Timeout": 30,
        "WorkerType": "G.1X",
    },
    {},
)


def test_random_graphs_hold_every_type_that_a_script_shows() -> None:
    written = {kind.type for kind in KINDS.values() if kind.emit is not None}
    assert written - DRAWN_TYPES == {"S3CatalogSource"}  # its text is CatalogSource's


@_MANY
@given(graphs())
def test_recover_gives_the_graph_that_was_generated_from(nodes: dict[str, Node]) -> None:
    script = generate_script(nodes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `\d` in a text is the user's
        ast.parse(script)
    recovery = recover_with_notes(script)
    assert dict(recovery.job.nodes) == nodes
    assert recovery.exact
    assert generate_script(recovery.job) == script


@_MANY
@given(graphs())
def test_a_recovered_graph_generates_its_script_from_its_file_alone(
    nodes: dict[str, Node],
) -> None:
    script = generate_script(nodes)
    recovered = recover_with_notes(script).job
    assert same_script(generate_script(recovered.nodes), script)
    from_file = read(write(recovered, Shape.API).text()).job
    assert same_script(generate_script(from_file), script)


@pytest.mark.parametrize("shape", list(Shape))
@_MANY
@given(nodes=graphs(max_nodes=6))
def test_a_job_comes_back_from_every_shape(shape: Shape, nodes: dict[str, Node]) -> None:
    job = replace(_JOB, nodes=nodes)
    document = write(job, shape)
    again = read(document.text())
    assert again.shape is shape
    assert again.job == job
    assert document.notes == ()
