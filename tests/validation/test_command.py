import argparse
import os
import signal

import pytest

from validation.command import ExitCode, run_command
from validation.errors import UnavailableError, UsageError


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


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        run(ZeroDivisionError())
