"""What every command does when its output, its user or its checkout is not as it would like."""

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

import pytest

from common.project import PROJECT
from sandbox import state_file
from sandbox.environment import client
from sandbox.server.application import Sandbox

pytestmark = pytest.mark.slow

_OUTPUTS = {
    "region": "us-east-1",
    "account_id": "123456789012",
    "environment": "sandbox",
    "database": "stedi",
    "workgroup": "stedi",
    "workflow": "stedi",
    "buckets": {"landing": "landing"},
    "tables": {},
    "landing_prefixes": {
        source: f"s3://landing/{source}_landing/"
        for source in ("customer", "accelerometer", "step_trainer")
    },
    "athena_results_location": "s3://results/",
    "jobs": ["customer_trusted"],
    "notifications_topic_arn": "",
}
_RECORDS = {
    "customer": {"email": "a@b.example", "serialNumber": "1"},
    "accelerometer": {"user": "a@b.example", "timestamp": 1},
    "step_trainer": {"sensorReadingTime": 1, "serialNumber": "1"},
}
_NAMED = ["--database", "stedi", "--workgroup", "stedi", "--results", "s3://results/"]
_TWO_JOBS = [f"glue_studio_json/customer{name}.json" for name in ("_trusted", "s_curated")]
# Runs the demo with a deployment that only prints, as its own would.
_DEMO = (
    "import sys; sys.executable = sys.argv[1]; from sandbox.cli import main; "
    "sys.exit(main(['demo', '--data', sys.argv[2]]))"
)


@dataclass(frozen=True)
class World:
    """An AWS on this machine with empty buckets, landing data, and a Terraform that only talks."""

    folder: Path
    environment: Mapping[str, str]

    def command(self, name: str, new: Path) -> list[str]:
        """The command line of a row of the table below; `new` is where it may write."""
        data = str(self.folder / "data")
        return [sys.executable] + {
            "diff": ["-m", "glue_studio", "diff", *_TWO_JOBS],
            "report": ["-m", "validation.report", *_NAMED, "--no-history", "--out", str(new)],
            "history": ["-m", "validation.history", *_NAMED],
            "load": ["-m", "deploy", "load", "--data", data],
            "demo": ["-c", _DEMO, str(self.folder / "python"), data],
            "env": ["-m", "sandbox", "env", "--state-dir", str(self.folder)],
            "landing-data": ["-m", "sandbox", "landing-data", str(new)],
            "toolchain": ["-m", "toolchain"],
        }[name]


# The exit code of each command, and whether that stands when standard output fails.
_COMMANDS = {
    "diff": (1, False),
    "report": (1, True),
    "history": (0, False),
    "load": (0, True),
    "demo": (7, True),
    "env": (0, False),
    "landing-data": (0, False),
    "toolchain": (0, True),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    for source, record in _RECORDS.items():
        (folder / "data" / source).mkdir(parents=True)
        (folder / "data" / source / "one.json").write_text(json.dumps(record) + "\n")
    outputs = json.dumps({name: {"value": value} for name, value in _OUTPUTS.items()})
    (folder / "outputs.json").write_text(outputs)
    (folder / "version.json").write_text(json.dumps({"terraform_version": "1.11.4"}))
    _program(
        folder / "bin" / "terraform",
        f"for a; do case $a in output|version) cat '{folder}'/$a*.json;; esac; done",
    )
    _program(folder / "python", "trap '' PIPE; (echo Deploying) 2>/dev/null; exit 7")
    with Sandbox(0, folder / "aws") as sandbox:
        for bucket in ("landing", "results"):
            client("s3", sandbox.endpoint_url).create_bucket(Bucket=bucket)
        state_file.write(
            folder, state_file.Serving(os.getpid(), sandbox.endpoint_url, sandbox.environment)
        )
        yield World(
            folder,
            {
                **sandbox.environment,
                "AWS_MAX_ATTEMPTS": "1",
                "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            },
        )


def _program(path: Path, script: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout, in which all of this runs: its path needs quoting, and has umlauts."""
    copy = tmp_path_factory.mktemp("copies") / "Söhne & 'Töchter' $HOME" / "my  lake"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if not name.startswith(("tests/", "docs/")) and (PROJECT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, copy / name)
    (copy / ".venv").symlink_to((PROJECT / ".venv").resolve())
    (copy / ".tools").mkdir()
    return copy


@pytest.fixture
def environment(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    return world


@contextmanager
def _left() -> Iterator[int]:
    """A pipe whose reader has gone before the first line."""
    read, write = os.pipe()
    os.close(read)
    try:
        yield write
    finally:
        os.close(write)


def _told(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was told on standard error, but for the progress of the report's queries."""
    return [line for line in done.stderr.splitlines() if not line.startswith("Athena: ")]


@pytest.mark.parametrize("name", _COMMANDS)
def test_a_reader_who_leaves_changes_nothing(
    name: str, environment: World, checkout: Path, tmp_path: Path
) -> None:
    with _left() as output:
        done = subprocess.run(
            environment.command(name, tmp_path / "new"),
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=checkout,
        )
    assert (done.returncode, _told(done)) == (_COMMANDS[name][0], [])
    _is_done(name, tmp_path)


@pytest.mark.parametrize("name", _COMMANDS)
def test_a_closed_output_changes_nothing(
    name: str, environment: World, checkout: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *environment.command(name, tmp_path / "new")],
        capture_output=True,
        text=True,
        check=False,
        cwd=checkout,
    )
    assert (done.returncode, _told(done), done.stdout) == (_COMMANDS[name][0], [], "")
    _is_done(name, tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("name", _COMMANDS)
def test_a_full_output_is_one_line(
    name: str, environment: World, checkout: Path, tmp_path: Path
) -> None:
    code, stands = _COMMANDS[name]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            environment.command(name, tmp_path / "new"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=checkout,
        )
    level = "WARNING" if stands else "ERROR"
    line = f"{level} Standard output cannot be used: No space left on device."
    assert (done.returncode, _told(done)) == (code if stands else 2, [line])
    _is_done(name, tmp_path)


def _is_done(name: str, folder: Path) -> None:
    """Whether what the command is for was done to its end."""
    if name == "load":
        listed = client("s3").list_objects_v2(Bucket="landing")["Contents"]
        assert len(listed) == len(_RECORDS)
        for item in listed:
            client("s3").delete_object(Bucket="landing", Key=item["Key"])
    if name == "landing-data":
        assert {path.name for path in (folder / "new").iterdir()} >= set(_RECORDS)
    if name == "report":
        assert (folder / "new" / "report.html").is_file()


@contextmanager
def _reading(pipe: Path, process: "subprocess.Popen[str]") -> Iterator[None]:
    """The time in which the process reads the pipe."""
    while process.poll() is None:
        try:
            writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            time.sleep(0.01)
            continue
        yield
        os.close(writer)
        return
    raise ChildProcessError


@pytest.mark.usefixtures("default_signals", "environment")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "glue_studio", "generate", "@"],
        ["-m", "glue_studio", "recover", "@"],
        ["-m", "validation.report", *_NAMED, "--expect", "@"],
        ["-m", "validation.history", "--results", "s3://results/"],
        ["-m", "deploy", "apply"],
        ["-m", "toolchain"],
    ],
    ids=lambda arguments: " ".join(arguments[1:3]),
)
def test_who_ends_a_command_gets_one_line_and_130(
    arguments: list[str],
    number: signal.Signals,
    checkout: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each command waits for the other end of a pipe: as a file that it reads, or in Terraform."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    _program(tmp_path / "bin" / "terraform", f"exec cat '{pipe}'")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}", prepend=os.pathsep)
    with subprocess.Popen(
        [sys.executable, *(str(pipe) if text == "@" else text for text in arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=checkout,
    ) as process:
        with suppress(ChildProcessError), _reading(pipe, process):
            process.send_signal(number)
        _, told = process.communicate()
    assert process.returncode == 130
    assert re.fullmatch(r"(ERROR )?Interrupted[.:].*\n", told), told


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_ends_a_report_that_waits_for_aws_gets_130(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with create_server(("127.0.0.1", 0)) as deaf:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{deaf.getsockname()[1]}")
        with subprocess.Popen(
            [*[sys.executable, "-m", "validation.report"], *_NAMED, "--out", str(tmp_path / "out")],
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        ) as process:
            connection, _ = deaf.accept()
            process.send_signal(number)
            _, told = process.communicate()
            connection.close()
    assert process.returncode == 130
    assert told.splitlines()[-1].startswith("ERROR Interrupted: running queries were stopped")
    assert not (tmp_path / "out").exists()


def _obey_permissions() -> None:
    """Let root, too, write only where the permissions allow it (CAP_DAC_OVERRIDE is dropped)."""
    if os.geteuid() == 0 and ctypes.CDLL(None).prctl(24, 1, 0, 0, 0) != 0:
        raise PermissionError


@pytest.mark.skipif(sys.platform != "linux", reason="root must be made to obey permissions")
@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["-m", "glue_studio", "check"], 0, ""),
        (["-m", "glue_studio", "generate", "--write"], 2, "ERROR .*customer_trusted.py cannot be"),
        (["-m", "glue_studio", "graph", "--write", "new"], 2, "ERROR new/.* cannot be written"),
        (["-m", "validation.counts"], 2, "ERROR .*counts.sql cannot be written"),
        (
            ["-m", "validation.report", *_NAMED, "--no-history"],
            2,
            "ERROR build/report cannot be written: Permission denied. Name another",
        ),
        (["-m", "sandbox", "up", "--port", "0"], 2, "ERROR A file of the sandbox cannot be"),
        (["-m", "sandbox", "demo"], 2, "ERROR A file of the sandbox cannot be"),
        (
            ["-m", "sandbox", "landing-data", "new"],
            2,
            "ERROR Landing data cannot be written to new: Perm",
        ),
        (["-m", "toolchain"], 2, "ERROR .* cannot be written: .*Permission denied"),
    ],
    ids=lambda value: " ".join(value[1:3]) if isinstance(value, list) else None,
)
def test_a_checkout_that_is_read_only(
    arguments: list[str], code: int, line: str, environment: World, checkout: Path
) -> None:
    (checkout / "glue_scripts" / "customer_trusted.py").write_text("outdated\n")
    shutil.rmtree(checkout / ".tools")
    folders = [folder for folder in (checkout, *checkout.rglob("*/")) if not folder.is_symlink()]
    for folder in folders:
        folder.chmod(0o555)
    before = sorted(checkout.rglob("*"))
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=checkout,
            preexec_fn=_obey_permissions,
        )
        assert sorted(checkout.rglob("*")) == before
    finally:
        for folder in folders:
            folder.chmod(0o755)
        (checkout / ".tools").mkdir(exist_ok=True)
    told = _told(done)
    assert done.returncode == code, told
    assert len(told) == bool(line)
    assert re.match(line, "".join(told))
