"""The whole way on one machine: serve an AWS, deploy to it, run the jobs, validate, clean up.

`python -m sandbox demo` does nothing by itself that a user would do otherwise on AWS: it starts
the sandbox and runs `python -m deploy all` in the environment that the sandbox prints.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from common.command import ExitCode, say, whole
from common.interrupts import supervised
from common.progress import Step
from common.project import PROJECT
from deploy import terraform
from deploy.landing_folder import data_folder
from sandbox import environment
from sandbox.errors import SandboxError
from sandbox.glue.execution.installed import find_java
from sandbox.glue.execution.spares import Spares, add_spare_flag
from sandbox.landing_data import generate
from sandbox.server.application import Sandbox
from sandbox.state_file import STATE_DIR

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

_TERRAFORM_STATES = PROJECT / "terraform" / "terraform.tfstate.d"
# Measured at scale 100: 3.7 GB of memory, most of it Athena's for the report, and 2.2 GB on the disk.
_MEMORY, _MEMORY_A_SCALE = 2.0, 0.02  # GB
_DISK, _DISK_A_SCALE = 0.5, 0.025
# How long the deployment may take to stop its workflow and Terraform after Ctrl-C, in seconds.
_GRACE = 60.0


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `demo`."""
    parser = subparsers.add_parser(
        "demo",
        help="deploy, load, run, validate and clean up, all on this machine",
        description="Serve an embedded AWS on 127.0.0.1, apply the Terraform modules to it, load "
        "landing data, run the workflow, validate, write the report, and clean up. The exit code "
        "is the report's: 0 passed, 1 failed, 2 could not be evaluated.",
    )
    parser.add_argument(
        "--data",
        type=data_folder,
        metavar="DIR",
        help="landing data: DIR/customer, DIR/accelerometer, DIR/step_trainer, as JSON lines "
        "(default: generated data with the published counts)",
    )
    parser.add_argument(
        "--scale",
        type=whole,
        default=1,
        metavar="N",
        help="without --data: N times the 956 customers (1)",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="keep serving afterwards, until Ctrl-C, to look around",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where the report is written (default: build/report in the project)",
    )
    parser.add_argument(
        "--expect",
        type=Path,
        metavar="FILE",
        help="expectations for data of your own (default: expectations.toml in the folder of the "
        "data, else the project's)",
    )
    add_spare_flag(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the demo and return its exit code."""
    started = time.monotonic()
    console = Console(soft_wrap=True, highlight=False)
    tools = terraform.environment(_without_aws_settings(os.environ))
    find_java()
    STATE_DIR.mkdir(exist_ok=True)
    if options.data is None:
        require_room(options.scale, STATE_DIR)
    remove_left_overs(STATE_DIR, _TERRAFORM_STATES)
    workspace = f"demo-{os.getpid()}"
    spares = Spares()
    try:
        with (
            tempfile.TemporaryDirectory(prefix=f"{workspace}-", dir=STATE_DIR) as folder,
            Sandbox(port=0, state_dir=Path(folder) / "state", make_process=spares) as sandbox,
            spares.ready(sandbox.state_dir / "glue", sandbox.environment, wanted=options.spare),
        ):
            settings = {
                **sandbox.environment,
                "TF_WORKSPACE": workspace,
                "TF_DATA_DIR": str(Path(folder) / "terraform"),
            }
            data = options.data or _generated(Path(folder) / "landing", options.scale, console)
            code = _deploy(data, options, {**tools, **settings})
            console.print(f"All in {time.monotonic() - started:.0f} s.")
            if options.keep and code != ExitCode.INTERRUPTED:
                _keep(settings, console)
            return code
    except KeyboardInterrupt:
        say("Interrupted: nothing is left running.")
        return ExitCode.INTERRUPTED
    finally:
        # The account that this state describes has just ended.
        shutil.rmtree(_TERRAFORM_STATES / workspace, ignore_errors=True)


def require_room(scale: int, folder: Path) -> None:
    """Refuse a scale that this machine has no memory or disk for; scale 1 is always tried.

    Raises:
        SandboxError: it says what is needed.
    """
    needs = [
        ("of memory", _MEMORY + scale * _MEMORY_A_SCALE, _free_memory()),
        (f"on the disk of {folder}", _DISK + scale * _DISK_A_SCALE, shutil.disk_usage(folder).free),
    ]
    for what, needed, free in needs:
        if scale > 1 and free < needed * 1e9:
            raise SandboxError(
                f"The demo at scale {scale} needs {needed:.1f} GB {what}, and {free / 1e9:.1f} GB are "
                "free; a smaller scale needs less."
            )


def _free_memory() -> int:
    """Bytes that processes may take: of the machine's, and of the container's if it has a limit."""
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with suppress(OSError):  # macOS has no such files
        told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        limits.append(int(told["MemAvailable"].split()[0]) << 10)
    with suppress(OSError, ValueError):
        limits.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(limits)


def remove_left_overs(*folders: Path) -> None:
    """Remove what demos that were killed left in `folders`: `demo-<pid>…` of no process."""
    for folder in folders:
        for left in folder.glob("demo-*"):
            pid = left.name.split("-")[1]
            if pid.isdecimal() and not _is_running(int(pid)):
                shutil.rmtree(left, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _generated(folder: Path, scale: int, console: Console) -> Path:
    with Step(console, "Generating landing data") as step:
        data = generate(folder, scale=scale)
        step.now(f"{data.counts['customer_landing']:,} customers, nobody's real data")
    return folder


def _deploy(data: Path, options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run `python -m deploy all`; on Ctrl-C let it clean up while the sandbox still answers."""
    command = [
        *[sys.executable, "-m", "deploy", "all", "--yes"],
        *["--data", str(data.absolute())],
        *(["--out", str(options.out.absolute())] if options.out else []),
        *(["--expect", str(options.expect.absolute())] if options.expect else []),
    ]
    with supervised(command, _stop, env=environment, cwd=PROJECT) as process:
        code = process.wait()
    if code < 0:
        name = signal.Signals(-code).name
        say(f"ERROR The deployment was killed by {name}.")
        return ExitCode.FOUND
    return code


def _stop(process: subprocess.Popen[Any]) -> None:
    """End the deployment in order, or, when interrupted once more, in haste."""
    # Of a shell's background job SIGINT is ignored, so SIGTERM comes first.
    for number in (signal.SIGTERM, signal.SIGINT):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        with suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
            process.wait(timeout=_GRACE)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _keep(settings: Mapping[str, str], console: Console) -> None:
    console.print("\nThe sandbox goes on serving until Ctrl-C. In another shell:\n")
    print(environment.export_lines(settings), flush=True)
    while True:
        signal.pause()


def _without_aws_settings(base: Mapping[str, str]) -> dict[str, str]:
    """Drop the user's own AWS and Terraform settings: a profile of theirs must not get in."""
    return {
        name: value
        for name, value in base.items()
        if not name.startswith(("AWS_", "TF_")) or name == "TF_CLI_CONFIG_FILE"
    }
