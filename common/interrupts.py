"""Signals that ask a command to end: whoever sends one gets an end in order.

Needs the main thread. Gives `ending_in_order`, `held` for what must not be cut in two, `supervised`
for programs that are ended in their own way, and `handling` for who ends in a way of its own.
"""

import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

# SIGHUP is what a closed terminal sends.
REQUESTS = (signal.SIGTERM, signal.SIGHUP)
_SIGNALS = (signal.SIGINT, *REQUESTS)


_holding = 0
_waiting = False


@contextmanager
def held() -> Iterator[None]:
    """Let an interrupt of `ending_in_order` wait until this is over.

    For what must not be cut in two, such as starting a program and knowing which it is.
    """
    global _holding, _waiting  # noqa: PLW0603 -- signals are the process's own, too
    _holding += 1
    try:
        yield
    finally:
        _holding -= 1
        if _waiting and not _holding:
            _waiting = False
            raise KeyboardInterrupt


@contextmanager
def ending_in_order(*, once: bool = False) -> Iterator[None]:
    """Raise `KeyboardInterrupt` on SIGTERM and on SIGHUP as on Ctrl-C.

    With `once`, whatever else asks for the end, a second Ctrl-C too, changes nothing while it is
    on its way.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        global _waiting  # noqa: PLW0603 -- as in `held`
        # The kernel and the shell both tell of a closed terminal: that is no second request.
        for heard in _SIGNALS if once else {number}.intersection(REQUESTS):
            if signal.getsignal(heard) is interrupt:
                signal.signal(heard, _interrupted)
        if _holding:
            _waiting = True
        else:
            raise KeyboardInterrupt

    with handling(interrupt):
        yield


@contextmanager
def supervised(
    command: Sequence[str], stop: Callable[["subprocess.Popen[Any]"], None], **options: Any
) -> Iterator["subprocess.Popen[Any]"]:
    """A program in a process group of its own, which `stop` ends when anything is raised inside.

    The terminal's Ctrl-C reaches this process alone, which passes it on in the way of `stop`. The
    program is waited for.

    Args:
        command: the program and its arguments.
        stop: ends it.
        options: those of `subprocess.Popen`.
    """
    process = None
    try:
        with held():
            process = subprocess.Popen(command, process_group=0, **options)
        yield process
    except BaseException:
        if process is not None:
            stop(process)
        raise
    finally:
        if process is not None:
            with process:  # which closes its pipes, and waits
                pass


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
