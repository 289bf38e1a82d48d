import io

import pytest
from rich.console import Console

from deploy import progress
from deploy.progress import JobLines, Step
from deploy.workflow import JobProgress


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=100)


def _printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_step_says_what_it_did(console: Console) -> None:
    with Step(console, "Uploading") as step:
        step.now("3 files")
    assert _printed(console).startswith("Uploading …\n✓ Uploading  3 files")


def test_a_step_that_fails_says_so(console: Console) -> None:
    with pytest.raises(ZeroDivisionError), Step(console, "Uploading"):
        raise ZeroDivisionError
    assert "✗ Uploading" in _printed(console)


def test_a_long_step_is_heard_of_without_a_terminal(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_PLAIN_INTERVAL", 0.01)
    with Step(console, "Applying") as step:
        step.now("7 resources")
        while "  Applying  7 resources" not in _printed(console):
            pass


def test_a_terminal_gets_one_moving_line() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with Step(console, "Applying"):
        pass
    assert "Applying …" not in _printed(console)
    assert "✓" in _printed(console)


def test_job_lines_print_each_change_once(console: Console) -> None:
    with Step(console, "Running") as step:
        lines = JobLines(step)
        lines([JobProgress("a", "RUNNING", 1), JobProgress("b")])
        lines([JobProgress("a", "RUNNING", 2), JobProgress("b")])
        lines([JobProgress("a", "SUCCEEDED", 3), JobProgress("b", "FAILED", 1, "killed")])
    printed = _printed(console)
    assert [line.split() for line in printed.splitlines()[1:4]] == [
        ["a", "running"],
        ["a", "succeeded", "3", "s"],
        ["b", "failed"],
    ]
    assert "1 of 2 jobs done" in printed
