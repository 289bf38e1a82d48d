from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit code says; the same for every verb, and those of `validation.report`."""

    OK = 0
    """Done; nothing differs, no error found."""
    FOUND = 1
    """Done, and something was found: a check's error, drift, a difference, an outdated file."""
    FAILED = 2
    """Could not be done: unusable input, no AWS, no permission, no such job."""
    USAGE = 3
    """Wrong usage of the command line."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C, SIGTERM or the end of the terminal."""
