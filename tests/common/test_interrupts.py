import os
import signal

import pytest

from common.interrupts import REQUESTS, ending_in_order

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
