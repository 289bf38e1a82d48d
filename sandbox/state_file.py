"""The file by which `python -m sandbox env` finds the sandbox that `up` serves."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common.files import write_whole
from common.project import PROJECT
from sandbox.environment import require_loopback
from sandbox.errors import NoSandboxError, SandboxError

STATE_DIR = PROJECT / ".sandbox"
HEALTH_PATH = "/_sandbox"

_NAME = "sandbox.json"
_PATIENCE = 30.0  # seconds until a sandbox that does not answer is taken for gone


@dataclass(frozen=True)
class Serving:
    """A sandbox that serves.

    Attributes:
        pid: Its process.
        endpoint_url: where it answers.
        environment: what to export.
    """

    pid: int
    endpoint_url: str
    environment: Mapping[str, str]


def write(state_dir: Path, serving: Serving) -> None:
    """Tell others of a sandbox that now serves."""
    write_whole(state_dir / _NAME, json.dumps(asdict(serving), indent=2) + "\n")


def remove(state_dir: Path) -> None:
    """Tell that it serves no more."""
    (state_dir / _NAME).unlink(missing_ok=True)


def find(state_dir: Path) -> Serving:
    """The sandbox that serves with this state directory; it was asked, and answered.

    Raises:
        NoSandboxError: none does.
        SandboxError: the file is not one that `up` writes.
    """
    path = state_dir / _NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise NoSandboxError(
            "No sandbox is running: start one with `python -m sandbox up`."
        ) from None
    try:
        serving = _parse(text)
    except (ValueError, KeyError, TypeError, AttributeError, SandboxError) as error:
        raise SandboxError(
            f"{path} is not what a sandbox writes ({error}): remove it and start one with "
            "`python -m sandbox up`."
        ) from error
    if not _answers(serving):
        raise NoSandboxError(
            f"The sandbox of process {serving.pid} does not answer at {serving.endpoint_url}: it "
            "was killed, or hangs. Start one with `python -m sandbox up`."
        )
    return serving


def _parse(text: str) -> Serving:
    content: dict[str, Any] = json.loads(text)
    return Serving(
        int(content["pid"]),
        require_loopback(content["endpoint_url"]),
        {str(name): str(value) for name, value in content["environment"].items()},
    )


def _answers(serving: Serving) -> bool:
    # No proxy of the user's: this is for 127.0.0.1 alone.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(serving.endpoint_url + HEALTH_PATH, timeout=_PATIENCE) as answer:
            return bool(json.load(answer).get("pid") == serving.pid)
    except (OSError, ValueError, AttributeError):
        return False
