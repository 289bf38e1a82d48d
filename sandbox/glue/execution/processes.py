"""What a job run needs of that which runs its script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Outcome:
    """How a script ended.

    Attributes:
        succeeded: Whether it came to its end without an error.
        error_message: Why it did not; None when it did, or was told to stop.
        log_path: Its output; None when there was none.
        data_quality_results: Files with the outcomes of its quality rules, one a quality node.
    """

    succeeded: bool
    error_message: str | None = None
    log_path: Path | None = None
    data_quality_results: Sequence[Path] = ()


class AnyOutcome(Protocol):
    """Whatever has the attributes of `Outcome`."""

    @property
    def succeeded(self) -> bool: ...  # noqa: D102 - see Outcome
    @property
    def error_message(self) -> str | None: ...  # noqa: D102
    @property
    def log_path(self) -> Path | None: ...  # noqa: D102
    @property
    def data_quality_results(self) -> Sequence[Path]: ...  # noqa: D102


class Process(Protocol):
    """One script that runs: start it, wait for its end from one thread, kill it from another."""

    def start(self) -> None:
        """Start it."""

    def wait(self) -> AnyOutcome:
        """Wait for its end, however it came."""

    def kill(self) -> None:
        """End it and all its children at once; harmless when it has ended."""


class ProcessFactory(Protocol):
    """Makes a process, not yet started."""

    def __call__(
        self,
        script: Path,
        arguments: Mapping[str, str],
        work_dir: Path,
        environment: Mapping[str, str],
        command: str,
    ) -> Process:
        """Make one.

        Args:
            script: A local copy of the job's script, unmodified.
            arguments: All job arguments, `--JOB_NAME` and the like among them.
            work_dir: Shared by all runs; each keeps to a part of it that its run id names.
            environment: What AWS clients in the script need to reach the sandbox.
            command: `glueetl` for Spark, `pythonshell` for Python alone.
        """
