"""Signals that ask a command to end: whoever sends one gets an end in order.

Needs the main thread. Gives `ending_in_order`, and `handling` for who ends in a way of its own.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# SIGHUP is what a closed terminal sends.
REQUESTS = (signal.SIGTERM, signal.SIGHUP)
_SIGNALS = (signal.SIGINT, *REQUESTS)


@contextmanager
def ending_in_order(*, once: bool = False) -> Iterator[None]:
    """Raise `KeyboardInterrupt` on SIGTERM and on SIGHUP as on Ctrl-C.

    With `once`, whatever else asks for the end, a second Ctrl-C too, changes nothing while it is
    on its way.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        # The kernel and the shell both tell of a closed terminal: that is no second request.
        for heard in _SIGNALS if once else {number}.intersection(REQUESTS):
            if signal.getsignal(heard) is interrupt:
                signal.signal(heard, _interrupted)
        raise KeyboardInterrupt

    with handling(interrupt):
        yield


@contextmanager
def handling(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Call `handler` on Ctrl-C and on the requests, but on no request that `nohup` ignores.

    Ctrl-C counts whatever was: a script's `&` ignores it, also for Terraform and all else that is
    started here and stopped so, and who then sends it means it.
    """
    before = {
        number: signal.signal(number, handler)
        for number in _SIGNALS
        if number is signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    """The end is on its way; a handler and not SIG_IGN, which child processes would inherit."""
