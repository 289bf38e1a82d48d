import argparse
import os
import signal
import sys
from pathlib import Path

import pytest

from validation.command import ExitCode, run_command, standard_output
from validation.errors import UnavailableError, UsageError

pytestmark = pytest.mark.usefixtures("default_signals")


def run(raised: BaseException | None = None, *, terminate: bool = False) -> int:
    def command(_: argparse.Namespace) -> int:
        if terminate:
            os.kill(os.getpid(), signal.SIGTERM)
        if raised:
            raise raised
        return ExitCode.FAILED

    return run_command(argparse.ArgumentParser(), [], command)


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (None, 1),
        (UsageError("Wrong."), 3),
        (UnavailableError("Gone."), 2),
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

    def command(_: argparse.Namespace) -> int:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGTERM)
            stopped.append("all")
        return ExitCode.PASSED

    assert run_command(argparse.ArgumentParser(), [], command) == 130
    assert stopped == ["all"]
    assert signal.getsignal(signal.SIGINT) is before


def test_an_output_that_is_full_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with (
            pytest.raises(UnavailableError, match="Standard output cannot be written: No space"),
            standard_output() as console,
        ):
            console.print("text")
        # What is printed later is lost, and no second error.
        print("more", flush=True)


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        run(ZeroDivisionError())
