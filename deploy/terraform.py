"""Run Terraform with live progress, and turn what goes wrong into one message."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from common.command import ExitCode
from common.interrupts import supervised
from common.project import PROJECT, TOOLS
from deploy.errors import DeployError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DIRECTORY = PROJECT / "terraform"


@dataclass(frozen=True)
class Changes:
    """How many resources a plan or an apply adds, changes and removes."""

    add: int = 0
    change: int = 0
    remove: int = 0

    def __str__(self) -> str:
        """The changes in Terraform's own words."""
        return f"{self.add} to add, {self.change} to change, {self.remove} to destroy"


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """`base` (this process's environment by default) made ready for Terraform.

    `make setup` wrote down which Terraform there is, and how it finds the AWS provider.

    Raises:
        DeployError: there is no Terraform.
    """
    result = dict(os.environ if base is None else base)
    if not Path(result.get("TF_CLI_CONFIG_FILE", "")).is_file():
        result.pop("TF_CLI_CONFIG_FILE", None)  # Terraform warns at every call of a missing one
    result["CHECKPOINT_DISABLE"] = "1"  # Terraform's own "is there a newer version" call
    result["TF_IN_AUTOMATION"] = "1"
    # The AWS provider builds its whole schema at each start: collecting garbage meanwhile takes a
    # quarter of all that Terraform computes here.
    result.setdefault("GOGC", "400")
    found = _found()
    result["PATH"] = os.pathsep.join(
        [*([found.pop("PATH")] if "PATH" in found else []), result.get("PATH", os.defpath)]
    )
    result |= found
    if shutil.which("terraform", path=result["PATH"]) is None:
        raise DeployError(
            "No Terraform found: run `make setup`, which installs one, or put Terraform 1.9 or "
            "newer on PATH.",
            exit_code=ExitCode.UNABLE,
        )
    return result


def _found() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((TOOLS / "environment.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    # What lies in .tools is named from there: the checkout may have been moved.
    places = {name: TOOLS / place for name, place in found.items()}
    return {name: str(place) for name, place in places.items() if place.exists()}


def init(directory: Path = DIRECTORY) -> None:
    """Run `terraform init`.

    Raises:
        DeployError: Terraform is missing, or can't get the provider or the backend.
    """
    command = ["init", "-input=false", "-no-color"]
    done = subprocess.run(
        _command(command, directory),
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        text = " ".join((done.stderr or done.stdout).split())
        raise DeployError(
            f"terraform init failed: {text} If it is the provider that can't be found, "
            "delete .tools and run `make setup`, which looks for it again."
        )


def plan(plan_file: Path, on_event: Callable[[str], None], directory: Path = DIRECTORY) -> Changes:
    """Write a plan to `plan_file` and return what it would change.

    Raises:
        DeployError: Terraform found an error; the message holds Terraform's diagnostics.
    """
    return _stream(["plan", f"-out={plan_file}"], on_event, directory)


def apply(
    on_event: Callable[[str], None],
    plan_file: Path | None = None,
    directory: Path = DIRECTORY,
) -> Changes:
    """Apply `plan_file`, or whatever the configuration asks for, and return what it did.

    Raises:
        DeployError: Terraform failed; what it made until then stays in its state.
    """
    arguments = [str(plan_file)] if plan_file else ["-auto-approve"]
    return _stream(["apply", *arguments], on_event, directory)


def destroy(on_event: Callable[[str], None], directory: Path = DIRECTORY) -> Changes:
    """Destroy all that Terraform's state holds, data included, and return how much that was.

    Raises:
        DeployError: Terraform failed; what it could not destroy stays in its state.
    """
    if _has_buckets(directory):
        # The provider empties a bucket, and deletes a work group that ran queries, only if the
        # last apply said it may; a destroy can't say so.
        targets = ("-target=module.storage", "-target=module.athena")
        forced = ["apply", "-auto-approve", *targets, "-var=force_destroy=true"]
        _stream(forced, on_event, directory)
    return _stream(["apply", "-destroy", "-auto-approve"], on_event, directory)


def _has_buckets(directory: Path) -> bool:
    listed = subprocess.run(
        _command(["state", "list"], directory),
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return "module.storage.aws_s3_bucket.this" in listed.stdout


def _command(arguments: Sequence[str], directory: Path) -> list[str]:
    return ["terraform", f"-chdir={directory}", *arguments]


def _environment() -> dict[str, str]:
    # terraform apply publishes the visual graphs with this Python, which has the packages.
    return {"TF_VAR_python": sys.executable, **environment()}


def _stream(arguments: Sequence[str], on_event: Callable[[str], None], directory: Path) -> Changes:
    """Run a command with `-json` and follow its messages.

    Source: https://developer.hashicorp.com/terraform/internals/machine-readable-ui
    """
    verb, *rest = arguments
    command = _command([verb, "-json", "-input=false", *rest], directory)
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8") as stderr:
        with supervised(
            command,
            _stop,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process:
            changes, problems = _follow(process, on_event)
            process.wait()
        stderr.seek(0)
        if process.returncode != 0:
            problems = problems or [stderr.read().strip() or _end(process.returncode)]
            raise DeployError(
                f"terraform {verb} failed:\n" + "\n".join(f"  - {line}" for line in problems)
            )
    return changes


def _follow(
    process: subprocess.Popen[str], on_event: Callable[[str], None]
) -> tuple[Changes, list[str]]:
    changes, problems = Changes(), []
    stdout: IO[str] = process.stdout  # type: ignore[assignment]  # it is a pipe, above
    for line in stdout:
        try:
            message: dict[str, Any] = json.loads(line)
        except ValueError:
            # Terraform prints what went wrong before it could speak JSON as plain text.
            problems.append(line.strip())
            continue
        kind = message.get("type")
        if kind == "change_summary":
            found = message["changes"]
            changes = Changes(found["add"], found["change"], found["remove"])
        elif kind == "diagnostic" and message["diagnostic"]["severity"] == "error":
            problems.append(_diagnostic(message["diagnostic"]))
        elif kind in {"apply_complete", "apply_errored", "refresh_complete"}:
            on_event(f"{kind.removesuffix('ed')} {message['hook']['resource']['addr']}")
    return changes, problems


def _end(code: int) -> str:
    if code < 0:
        return f"it was killed by {signal.Signals(-code).name}"
    return f"it ended with exit code {code} and gave no reason"


def _diagnostic(diagnostic: dict[str, Any]) -> str:
    where = diagnostic.get("range", {})
    place = f" ({where['filename']}:{where['start']['line']})" if where else ""
    address = f" [{diagnostic['address']}]" if diagnostic.get("address") else ""
    detail = " ".join(str(diagnostic.get("detail", "")).split())
    return f"{diagnostic['summary']}{address}{place}: {detail}"


def _stop(process: subprocess.Popen[str]) -> None:
    """Let Terraform write its state down, as it does on an interrupt, and end it if it does not."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(timeout=60)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
