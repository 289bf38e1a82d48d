import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from common.interrupts import REQUESTS, ending_in_order, held, supervised

pytestmark = pytest.mark.usefixtures("default_signals")


@pytest.mark.parametrize("number", REQUESTS)
def test_a_request_to_end_is_an_interrupt_once(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    cleaned_up = False
    with pytest.raises(KeyboardInterrupt), ending_in_order():  # noqa: PT012 -- the signal is in it
        try:
            os.kill(os.getpid(), number)
        finally:
            os.kill(os.getpid(), number)  # the kernel's, after the shell's
            cleaned_up = True
    assert cleaned_up
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", REQUESTS)
def test_an_ignored_request_stays_ignored(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with ending_in_order():
            os.kill(os.getpid(), number)
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("once", [False, True])
def test_who_sends_an_ignored_ctrl_c_means_it(once: bool) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), ending_in_order(once=once):
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", [signal.SIGINT, *REQUESTS])
def test_what_is_held_is_not_cut_in_two(number: signal.Signals) -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), ending_in_order():  # noqa: PT012 -- the signal is in it
        with held():
            with held():
                os.kill(os.getpid(), number)
                done.append("inner")
            done.append("outer")
        done.append("never")
    assert done == ["inner", "outer"]
    with ending_in_order(), held():
        done.append("again")
    assert done[-1] == "again"


def test_a_program_is_ended_in_its_own_way_when_its_start_is_interrupted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class _Interrupted(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            os.kill(os.getpid(), signal.SIGINT)  # before anybody knows that it runs

    stopped: list[int] = []

    def stop(process: subprocess.Popen[bytes]) -> None:
        process.kill()
        stopped.append(process.wait())

    monkeypatch.setattr(subprocess, "Popen", _Interrupted)
    command = [sys.executable, "-c", "import time; time.sleep(1000)"]
    with pytest.raises(KeyboardInterrupt), ending_in_order(), supervised(command, stop):
        raise AssertionError
    assert stopped == [-signal.SIGKILL]
