import io
import threading
from types import SimpleNamespace

import pytest
from rich.console import Console

from common import progress
from common.progress import Line, Step, paced


class _Heard(io.StringIO):
    """Remembers what is written, and tells when a text was."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.event = threading.Event()

    def write(self, text: str) -> int:
        written = super().write(text)
        if self._text in self.getvalue():
            self.event.set()
        return written


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


def test_names_are_not_markup(console: Console) -> None:
    with Step(console, "Checking [bold]data") as step:
        step.now('aws_s3_bucket.this["landing"]')
    assert '✓ Checking [bold]data  aws_s3_bucket.this["landing"]' in _printed(console)


def test_a_long_step_is_heard_of_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PLAIN_INTERVAL", 0.001)
    file = _Heard("  Applying  7 resources")
    with Step(Console(file=file, width=100), "Applying") as step:
        step.now("7 resources")
        assert file.event.wait(60)  # only against a hang


def test_a_terminal_gets_one_moving_line() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with Step(console, "Applying"):
        pass
    assert "Applying …" not in _printed(console)
    assert "✓" in _printed(console)


def test_a_line_is_for_a_terminal_alone(console: Console) -> None:
    with Line(console, "Athena", counted=True) as line:
        line.now("queries", of=3, advance=1)
    assert _printed(console) == ""


def test_progress_is_told_after_two_seconds_and_then_every_five(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([100.0, 101.0, 102.5, 104.0, 107.5, 130.0])
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    told: list[str] = []
    told_of = paced(told.append, "customers written")
    for block in range(1, 6):
        told_of(956 * block, 956 * 5)
    assert told == [
        "1,912 of 4,780 customers written, about 4 s left",
        "3,824 of 4,780 customers written, about 2 s left",
    ]
