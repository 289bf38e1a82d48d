# ruff: noqa: INP001 - a program of its own, in no package
"""Time and memory of check, generate and recover, for graphs of 10, 100 and 500 nodes.

Run from the root of the project: `python benchmarks/glue_studio.py`. Times are the best of three
runs, in milliseconds of processor time, so that a busy machine changes them little; memory is the
peak of Python's own allocations, in MiB, measured in a run apart.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from glue_studio import Job, generate_script, parse_nodes, recover
from glue_studio.check import check_job

SIZES = (10, 100, 500)
_RUNS = 3


def main() -> None:
    """Print the table."""
    print(f"{'nodes':>5}  {'verb':<8}  {'ms':>8}  {'MiB':>6}")
    for size in SIZES:
        job = Job("benchmark", {"JobMode": "VISUAL"}, parse_nodes(graph(size)))
        script = generate_script(job)
        verbs: dict[str, Callable[[], object]] = {
            "check": partial(check_job, job),
            "generate": partial(generate_script, job),
            "recover": partial(recover, script),
        }
        for verb, run in verbs.items():
            run()  # what is imported or read on first use is no part of it
            print(f"{size:>5}  {verb:<8}  {best_time(run):>8.1f}  {peak_memory(run):>6.1f}")


def graph(size: int) -> dict[str, Any]:
    """A graph as large jobs have them: a tenth sources, then SQL, mappings and filters."""
    random = Random(size)  # noqa: S311 - the same graph every time
    ids = [f"node-{1_700_000_000_000 + 7_919 * number}" for number in range(size)]
    entries: dict[str, Any] = {}
    sources = max(1, size // 10)
    for number, node_id in enumerate(ids):
        if number < sources:
            table = {"Database": "shop", "Table": f"table_{number}"}
            entries[node_id] = {"CatalogSource": {"Name": f"Source {number}", **table}}
            continue
        before = ids[random.randrange(max(0, number - 20), number)]
        if number == size - 1:
            kind, settings = "CatalogTarget", {"Database": "shop", "Table": "out"}
        else:
            kind, settings = _step(number, before)
        entries[node_id] = {kind: {"Name": f"Step {number}", "Inputs": [before], **settings}}
    return entries


def best_time(run: Callable[[], object]) -> float:
    """The shortest of a few runs, in milliseconds of processor time."""
    times = []
    for _ in range(_RUNS):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return 1000 * min(times)


def peak_memory(run: Callable[[], object]) -> float:
    """The most that Python held at once during a run, in MiB."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return float(peak / 2**20)


def _step(number: int, before: str) -> tuple[str, dict[str, Any]]:
    columns = [f"column_{place}" for place in range(20)]
    condition = {
        "Operation": "GT",
        "Values": [
            {"Type": "COLUMNEXTRACTED", "Value": ["column_1"]},
            {"Type": "CONSTANT", "Value": ["1"]},
        ],
    }
    mapping = [
        {"ToKey": name, "FromPath": [name], "FromType": "string", "ToType": "string"}
        for name in columns
    ]
    steps: list[tuple[str, dict[str, Any]]] = [
        (
            "SparkSQL",
            {
                "SqlQuery": f"select\n    {', '.join(columns)}\nfrom source\nwhere column_1 > 1",
                "SqlAliases": [{"Alias": "source", "From": before}],
            },
        ),
        ("ApplyMapping", {"Mapping": mapping}),
        ("DropFields", {"Paths": [["column_1"], ["column_2"]]}),
        ("Filter", {"LogicalOperator": "AND", "Filters": [condition]}),
        ("DropDuplicates", {"Columns": [["column_3"]]}),
        ("RenameField", {"SourcePath": ["column_4"], "TargetPath": ["renamed"]}),
    ]
    return steps[number % len(steps)]


if __name__ == "__main__":
    main()
