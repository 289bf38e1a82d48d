"""What the command lines of all packages share: whoever asks one to end gets an end in order.

Needs the main thread. Gives `ending_in_order`.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ending_in_order(*, once: bool = False) -> Iterator[None]:
    """Raise `KeyboardInterrupt` also on SIGTERM, and on SIGHUP, which a closed terminal sends.

    A signal that is ignored, as `nohup` does, stays ignored. With `once`, whatever else asks for
    the end, Ctrl-C too, changes nothing while it is on its way.
    """
    numbers = (signal.SIGTERM, signal.SIGHUP, *((signal.SIGINT,) if once else ()))

    def interrupt(number: int, _frame: FrameType | None) -> None:
        # The kernel and the shell both tell of a closed terminal: that is no second request.
        for other in before if once else (number,):
            signal.signal(other, _interrupted)
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, interrupt)
        for number in numbers
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    """The end is on its way; a handler and not SIG_IGN, which child processes would inherit."""
