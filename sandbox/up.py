"""`python -m sandbox up`: serve until Ctrl-C, SIGTERM or the end of the terminal."""

import argparse
import os
import shlex
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.interrupts import handling
from common.project import PROJECT
from sandbox import state_file
from sandbox.environment import DEFAULT_PORT, TERRAFORM_WORKSPACE, export_lines
from sandbox.errors import NoSandboxError, SandboxError
from sandbox.glue.execution.spares import Spares, add_spare_flag
from sandbox.server import memory
from sandbox.server.application import STATE_PREFIX, Sandbox

_TERRAFORM_STATE = PROJECT / "terraform" / "terraform.tfstate.d" / TERRAFORM_WORKSPACE


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command `up`."""
    parser = subparsers.add_parser(
        "up",
        help="serve the embedded AWS until Ctrl-C",
        description="Serve the embedded AWS on 127.0.0.1 until Ctrl-C, SIGTERM or the "
        "end of the terminal. It starts empty, and what is in it is gone when it stops.",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help=f"port to listen on, 0 for any free one (default: {DEFAULT_PORT})",
    )
    parser.add_argument(
        "--state-dir",
        type=Path,
        default=state_file.STATE_DIR,
        metavar="DIR",
        help="where its files go while it serves (default: .sandbox in the project)",
    )
    add_spare_flag(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop.

    Raises:
        SandboxError: it cannot start, for example because the port is in use.
    """
    state_dir: Path = options.state_dir
    _refuse_second(state_dir)
    for left in state_dir.glob(f"{STATE_PREFIX}*/"):  # by one that was killed
        shutil.rmtree(left, ignore_errors=True)
    with (
        memory.without_pandas(),
        _told_to_stop() as stop,
        _serving(options.port, state_dir, spare=options.spare) as sandbox,
    ):
        print(_welcome(sandbox, state_dir), flush=True)
        stop.wait()
        print("Stopping: what still runs is ended.", flush=True)
    return 0


@contextmanager
def _serving(port: int, state_dir: Path, *, spare: bool = False) -> Iterator[Sandbox]:
    spares = Spares()
    with (
        Sandbox(port, state_dir, spares) as sandbox,
        spares.ready(sandbox.state_dir / "glue", sandbox.environment, wanted=spare),
    ):
        _forget_terraform_state(state_dir)
        serving = state_file.Serving(os.getpid(), sandbox.endpoint_url, sandbox.environment)
        state_file.write(state_dir, serving)
        try:
            yield sandbox
        finally:
            state_file.remove(state_dir)
            _forget_terraform_state(state_dir)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that a signal to end sets; a second one changes nothing while things end."""
    stop = threading.Event()
    with handling(lambda *_: stop.set()):
        yield stop


def _refuse_second(state_dir: Path) -> None:
    try:
        other = state_file.find(state_dir)
    except NoSandboxError:
        return
    raise SandboxError(
        f"A sandbox is running already at {other.endpoint_url} (process {other.pid}): use it "
        'with eval "$(python -m sandbox env)", stop it, or start another with --state-dir.'
    )


def _forget_terraform_state(state_dir: Path) -> None:
    """Remove Terraform's state of an account that is no more; a real account's is elsewhere.

    That workspace is the default sandbox's: one with a state directory of its own, which may run
    beside it, leaves it alone.
    """
    if state_dir.resolve() == state_file.STATE_DIR:
        shutil.rmtree(_TERRAFORM_STATE, ignore_errors=True)


def _welcome(sandbox: Sandbox, state_dir: Path) -> str:
    own = state_dir.resolve() != state_file.STATE_DIR
    option = f" --state-dir {shlex.quote(str(state_dir.absolute()))}" if own else ""
    return (
        f"The sandbox serves at {sandbox.endpoint_url} until Ctrl-C. In another shell:\n\n"
        f'    eval "$(python -m sandbox env{option})"\n\n'
        "or export by hand:\n\n"
        f"{export_lines(sandbox.environment)}\n"
        "Then, for example: make deploy DATA=DIR, terraform -chdir=terraform apply, "
        "aws s3 ls, boto3.client('glue')."
    )
