"""What the command lines of all packages share: whoever asks one to end gets an end in order.

Needs the main thread. Gives `ending_in_order`.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Raise `KeyboardInterrupt` also on SIGTERM, and on SIGHUP, which a closed terminal sends.

    A signal that is ignored, as `nohup` does, stays ignored.
    """
    before = {
        number: signal.signal(number, _interrupt)
        for number in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    # The kernel and the shell both tell of a closed terminal: that is no second request.
    signal.signal(number, _interrupted)
    raise KeyboardInterrupt


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    """The end is on its way."""
