"""What the command lines of all packages share: whoever asks one to end gets an end in order.

Needs the main thread. Gives `ending_in_order`, and `handling` for who ends in a way of its own.
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

# SIGHUP is what a closed terminal sends.
REQUESTS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_in_order(*, once: bool = False) -> Iterator[None]:
    """Raise `KeyboardInterrupt` also on SIGTERM, and on SIGHUP.

    With `once`, whatever else asks for the end, Ctrl-C too, changes nothing while it is on its
    way.
    """
    numbers = (*REQUESTS, signal.SIGINT) if once else REQUESTS

    def interrupt(number: int, _frame: FrameType | None) -> None:
        # The kernel and the shell both tell of a closed terminal: that is no second request.
        for other in numbers if once else (number,):
            if signal.getsignal(other) is interrupt:
                signal.signal(other, _interrupted)
        raise KeyboardInterrupt

    with handling(numbers, interrupt):
        yield


@contextmanager
def handling(
    numbers: Sequence[signal.Signals], handler: Callable[[int, FrameType | None], None]
) -> Iterator[None]:
    """Call `handler` on signals, but on no request that is ignored, as `nohup` does.

    SIGINT is called for whatever was: a script's `&` ignores it, and who then sends it means it.
    """
    before = {
        number: signal.signal(number, handler)
        for number in numbers
        if number is signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    """The end is on its way; a handler and not SIG_IGN, which child processes would inherit."""
