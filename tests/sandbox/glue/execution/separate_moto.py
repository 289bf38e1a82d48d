"""An emulated AWS in a process of its own.

moto keeps one state a process, and other tests of this process reset it.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SERVE = """
import sys
from moto import backends
from moto.server import ThreadedMotoServer
modules = tuple(backends.list_of_moto_modules())
backends.list_of_moto_modules = lambda: modules  # it lists a directory for each request
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
sys.stdin.read()  # until the tests are done with it
"""


@contextmanager
def moto_process() -> Iterator[str]:
    """Its endpoint URL."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()
