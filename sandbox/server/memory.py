"""Little memory: what is freed goes back to the system, and what is never used is not loaded.

glibc keeps what large buffers took for later ones.
"""

import ctypes
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.abc import MetaPathFinder

import pyarrow as pa

# Parameters of glibc's mallopt. Set once, they no longer grow with the largest buffer that was freed.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE = 4 << 20  # bytes; what a scan needs again and again is smaller
_ARENAS = 2
_IN_MEMORY = 128 << 10  # bytes of an S3 object up to which moto keeps it in memory, not in a file
_FILES = 1 << 16  # open files; each such object is one, and systems begin with 256 to 1,024


def keep_objects_in_files() -> None:
    """Have moto keep all but small S3 objects in files, which stay open."""
    os.environ.setdefault("MOTO_S3_DEFAULT_KEY_BUFFER_SIZE", str(_IN_MEMORY))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    with suppress(ValueError, OSError):  # macOS has a limit of its own below the one that it tells
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def give_back() -> None:
    """Have the C library give back what is freed; where it is another one, nothing changes."""
    pa.set_memory_pool(pa.system_memory_pool())  # Arrow's own keeps what it once had
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for parameter, value in (
        (_M_MMAP_THRESHOLD, _LARGE),
        (_M_TRIM_THRESHOLD, _LARGE),
        (_M_ARENA_MAX, _ARENAS),
    ):
        mallopt(parameter, value)


class _Never(MetaPathFinder):
    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)


@contextmanager
def without_pandas() -> Iterator[None]:
    """Let pandas seem not to be installed: 60 MB that a process which only serves never uses.

    Arrow loads it, where it can, with the first Python value that it converts.
    """
    never = _Never()
    sys.meta_path.insert(0, never)
    try:
        yield
    finally:
        sys.meta_path.remove(never)
