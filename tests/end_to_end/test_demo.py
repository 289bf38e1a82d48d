"""The demo itself, from nothing to the report, and what must hold after it.

One demo is run and kept; each test looks at one promise of it. Rows are compared as multisets
with tests/oracle.py, which computes the tables without Spark, Athena or this project's SQL.
"""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.project import PROJECT
from deploy import terraform

pytestmark = [pytest.mark.end_to_end, pytest.mark.spark, pytest.mark.terraform]

COUNTS = {
    "customer_landing": 956,
    "accelerometer_landing": 81_273,
    "step_trainer_landing": 28_680,
    "customer_trusted": 482,
    "accelerometer_trusted": 40_981,
    "step_trainer_trusted": 14_460,
    "customers_curated": 482,
    "machine_learning_curated": 43_681,
    "machine_learning_curated_by_customer": 40_981,
}


@dataclass(frozen=True)
class Demo:
    """A demo that has done its work and goes on serving."""

    printed: str
    report: Path
    environment: Mapping[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the project as another shell would, with the printed environment."""
        return subprocess.run(
            command,
            env={**terraform.environment(), **self.environment},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    out = tmp_path_factory.mktemp("report")
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", "demo", "--keep", "--out", str(out)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines, exports = [], {}
        try:
            for line in process.stdout:
                lines.append(line)
                if found := re.fullmatch(r"export (\w+)=(.*)\n", line):
                    exports[found[1]] = shlex.split(found[2])[0] if found[2] else ""
                elif exports:
                    break
            printed = "".join(lines)
            assert exports, printed
            yield Demo(printed, out, exports)
        finally:
            process.terminate()
            process.wait()


def _rows(demo: Demo, tables: list[str]) -> dict[str, list[list[str]]]:
    """All rows of tables, sorted, read through Athena in the environment of the demo."""
    code = (
        "import json, sys, awswrangler as wr\n"
        "for table in sys.argv[1:]:\n"
        "    frame = wr.athena.read_sql_query(f'SELECT * FROM {table}', database='stedi',\n"
        "        workgroup='stedi', ctas_approach=False, unload_approach=False)\n"
        "    rows = frame.astype(str).values.tolist()\n"
        "    print(json.dumps([table, sorted(rows)]))\n"
    )
    done = demo.run(sys.executable, "-W", "ignore", "-c", code, *tables)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines())


def test_the_report_has_every_count_and_the_one_warning(demo: Demo) -> None:
    report = json.loads((demo.report / "report.json").read_text())
    checks = {check["id"]: check for check in report["checks"]}
    counts = {table: checks[f"count.{table}"]["actual"] for table in COUNTS}
    assert counts == COUNTS
    assert [
        (check["id"], check["severity"])
        for check in report["checks"]
        if check["outcome"] not in {"passed", "not_evaluated"}
    ] == [("pairs.two_customers", "warning")]
    for number in COUNTS.values():
        assert f"{number:,}" in demo.printed


@pytest.mark.parametrize("name", ["report.json", "report.html", "report.md", "junit.xml"])
def test_the_report_is_written_in_every_form(demo: Demo, name: str) -> None:
    assert (demo.report / name).stat().st_size > 0


def test_a_second_run_leaves_the_same_rows(demo: Demo) -> None:
    tables = [table for table in COUNTS if not table.endswith("_landing")]
    before = _rows(demo, tables)
    done = demo.run(
        *[sys.executable, "-m", "deploy", "run", "--out", str(demo.report / "second")],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    after = _rows(demo, tables)
    assert not [table for table in tables if after[table] != before[table]]
    assert {table: len(rows) for table, rows in before.items()} == {
        table: COUNTS[table] for table in tables
    }


def test_terraform_has_nothing_left_to_change(demo: Demo) -> None:
    done = demo.run(
        *["terraform", "-chdir=terraform", "plan", "-input=false", "-no-color"],
        "-detailed-exitcode",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_listens_but_on_this_machine(demo: Demo) -> None:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            _, local, _, state, *_ = line.split()
            inode = line.split()[9]
            if state == "0A" and inode in _inodes_of_this_project():
                assert local.split(":")[0] in {
                    "0100007F",
                    "00000000000000000000000001000000",
                    "0000000000000000FFFF00000100007F",
                }, line


def _inodes_of_this_project() -> set[str]:
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(PROJECT) not in (process / "cmdline").read_text():
                continue
            for descriptor in (process / "fd").iterdir():
                target = str(descriptor.readlink())
                if target.startswith("socket:["):
                    found.add(target[8:-1])
        except OSError:
            continue  # it ended, or is not ours to look at
    return found
