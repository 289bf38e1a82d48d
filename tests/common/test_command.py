import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from common import command
from common.command import CommandError, ExitCode, Parser, UsageError, positive, whole
from common.project import PROJECT

pytestmark = pytest.mark.usefixtures("default_signals")


def run(raised: BaseException | None = None, *, terminate: bool = False) -> int:
    def act(_: argparse.Namespace) -> int:
        if terminate:
            os.kill(os.getpid(), signal.SIGTERM)
        if raised:
            raise raised
        return ExitCode.FOUND

    return command.run(
        Parser, act, [], files="A file of the report", interrupted="ERROR Interrupted.", once=True
    )


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (None, 1),
        (UsageError("Wrong."), 3),
        (CommandError("Gone."), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_end_has_its_code_and_one_line(
    raised: BaseException | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(raised) == code
    error = capsys.readouterr().err
    assert error.count("\n") == (1 if raised else 0)
    assert error == "" or error.startswith("ERROR ")


def test_termination_ends_as_ctrl_c_does_and_leaves_the_signal_as_it_was() -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert run(terminate=True) == 130
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_second_signal_does_not_end_the_stopping() -> None:
    before = signal.getsignal(signal.SIGINT)
    stopped = []

    def act(_: argparse.Namespace) -> int:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            stopped.append("all")
        return ExitCode.DONE

    assert (
        command.run(
            Parser,
            act,
            [],
            files="A file of the report",
            interrupted="ERROR Interrupted.",
            once=True,
        )
        == 130
    )
    assert stopped == ["all"]
    assert signal.getsignal(signal.SIGINT) is before


class _SeveralLinesError(CommandError):
    several_lines = True


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (CommandError("No job \x1b[2J\nfound."), "ERROR No job \\x1b[2J\\x0afound.\n"),
        (_SeveralLinesError("It failed:\n  - a\x1b"), "ERROR It failed:\n  - a\\x1b\n"),
        (
            FileNotFoundError(2, "No such file", "a"),
            "ERROR A file of the report cannot be read or written: [Errno 2] No such file: 'a'.\n",
        ),
    ],
)
def test_what_is_shown_steers_no_terminal(
    error: Exception, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(error) == ExitCode.UNABLE
    assert capsys.readouterr().err == line


def test_wrong_usage_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(lambda: Parser(prog="this"), lambda _: 0, ["--what"]) == ExitCode.USAGE
    told = capsys.readouterr().err
    assert told == "ERROR unrecognized arguments: --what (see this --help)\n"


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "²"])
def test_whole_numbers_are_counted_from_1(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number of 1 or more"):
        whole(text)


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "soon"])
def test_limits_are_above_0(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number above 0"):
        positive(text)


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        run(ZeroDivisionError())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_during_the_imports_is_one_line(
    number: signal.Signals, tmp_path: Path
) -> None:
    (tmp_path / "slow.py").write_text(f"import os\nos.kill(os.getpid(), {number})\n")
    done = subprocess.run(
        [sys.executable, "-c", "from common.command import launch; launch('slow')"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")
