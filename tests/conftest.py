"""Every test runs with fake credentials, with no way to reach AWS, and in the same terminal.

The environment below holds for the test process and for all that it starts. A test that
needs an AWS starts the sandbox (or moto) on 127.0.0.1 and sets its endpoint.
"""

import os
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from pathlib import Path

    from xdist.remote import Producer

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
# CI's (.ci/run): the same examples every time.
settings.register_profile("repeatable", settings.get_profile("untimed"), derandomize=True)

# Port 9 (discard) answers nobody: a call whose test named no endpoint fails at once.
_NO_AWS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_MAX_ATTEMPTS": "1",
}
# What people and CI set for themselves, such as where the summary of the CI job is.
_OTHERS = ("AWS_", "TF_", "STEDI_", "SANDBOX_", "GITHUB_")
# As wide as it is where there is no terminal; output has no colour but where a test wants one.
_TERMINAL = {"COLUMNS": "80", "LINES": "25", "TERM": "xterm"}
_COLOURS = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
# Marks of what takes longest, the longest first.
_LONG = ("end_to_end", "terraform", "spark", "slow")
_ONE_SPARK = "tests/sandbox/glue/runtime"  # its tests share the Spark of their process


@pytest.hookimpl(trylast=True)  # after what sets marks, and what shuffles
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: one that begins last is waited for by all workers."""
    ranks: dict[Path, int] = {}
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        rank = next((place for place, name in enumerate(_LONG) if name in marks), len(_LONG))
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
    items.sort(key=lambda item: ranks[item.path])


class _Scheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """The tests of a file in one process, and in one process all that share a Spark."""

    def _split_scope(self, nodeid: str) -> str:
        return _ONE_SPARK if nodeid.startswith(_ONE_SPARK) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> LoadFileScheduling:
    return _Scheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """More than there are processors: a test waits for the processes that it starts."""
    return (os.cpu_count() or 2) * 3 // 2


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(_OTHERS) or name in _COLOURS:
            monkeypatch.delenv(name)
    for name, value in (_NO_AWS | _TERMINAL).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def default_signals() -> Iterator[None]:
    """Signals as in a terminal, also where `nohup` or a shell's `&` has them ignored."""
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler),
        signal.SIGTERM: signal.signal(signal.SIGTERM, signal.SIG_DFL),
        signal.SIGHUP: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    }
    yield
    for number, former in before.items():
        signal.signal(number, former)
