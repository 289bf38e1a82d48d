"""docs/validation.md tells of everything that there is, and the package keeps its borders."""

import ast
from pathlib import Path

import pytest

from common.command import ExitCode
from common.project import PROJECT
from validation import history, report
from validation.checks import load_checks

PAGE = (PROJECT / "docs" / "validation.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("main", [report.main, history.main])
def test_every_flag_is_documented(main: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(main)
    main(["--help"])
    text = capsys.readouterr().out
    flags = {
        word.strip("[],").split("=")[0] for word in text.split() if word.strip("[],")[:2] == "--"
    }
    flags -= {"--help", "--limit", "--out", "--project"}
    assert flags
    assert not {flag for flag in flags if flag not in PAGE}


def test_every_exit_code_and_every_group_is_documented() -> None:
    assert all(f"| {code.value} |" in PAGE for code in ExitCode)
    groups = {check.id.split(".")[0] for check in load_checks(PROJECT / "athena_sql" / "checks")}
    assert not {group for group in groups if f"`{group}.*`" not in PAGE}


def imported(package: str) -> set[str]:
    names: set[str] = set()
    for path in (PROJECT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return names


def test_the_report_does_not_know_whether_it_talks_to_aws() -> None:
    assert not [name for name in imported("validation") if name.split(".")[0] == "sandbox"]


def test_renderers_know_nothing_of_aws() -> None:
    aws = {
        "boto3",
        "botocore",
        "awswrangler",
        "common.aws",
        "validation.athena.queries",
        "validation.athena.wrangler",
    }
    assert not aws & imported("validation/rendering")
    assert not aws & imported("validation/judging")


def test_checks_know_nothing_of_rendering() -> None:
    for part in ("judging", "facts"):
        assert not [name for name in imported(f"validation/{part}") if "rendering" in name]


def test_one_module_speaks_to_terraform() -> None:
    users = [
        path.name
        for path in (Path(PROJECT) / "validation").rglob("*.py")
        if "python_terraform import" in path.read_text(encoding="utf-8")
    ]
    assert users == ["terraform_outputs.py"]
