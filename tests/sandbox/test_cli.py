"""`python -m sandbox`: up serves until it is told to stop, env finds it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox import cli, state_file, up
from sandbox.environment import client, environment_of
from sandbox.errors import NoSandboxError, SandboxError
from sandbox.server.application import Sandbox

pytestmark = pytest.mark.slow


@contextmanager
def _up(state_dir: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "sandbox", "up", "--state-dir", str(state_dir), *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _endpoint(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.match(r"export AWS_ENDPOINT_URL=(\S+)", line):
            return found[1]
    raise AssertionError(process.stderr.read() if process.stderr else "no output")


def test_up_tells_how_to_find_it(tmp_path: Path) -> None:
    with Sandbox(0, tmp_path) as sandbox:
        at_home = up._welcome(sandbox, state_file.STATE_DIR)
        elsewhere = up._welcome(sandbox, Path("/my data"))
    assert '    eval "$(python -m sandbox env)"\n' in at_home
    assert "    eval \"$(python -m sandbox env --state-dir '/my data')\"\n" in elsewhere


def _drain(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    process.stdout.read()


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_up_serves_until_it_is_told_to_stop(
    tmp_path: Path, number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    with _up(tmp_path, "--port", "0") as process:
        endpoint = _endpoint(process)
        reader = threading.Thread(target=_drain, args=[process])
        reader.start()
        assert client("sts", endpoint).get_caller_identity()["Account"] == "123456789012"
        assert cli.main(["env", "--state-dir", str(tmp_path)]) == 0
        assert f"export AWS_ENDPOINT_URL={endpoint}\n" in capsys.readouterr().out
        assert cli.main(["up", "--port", "0", "--state-dir", str(tmp_path)]) == 2
        assert f"running already at {endpoint}" in capsys.readouterr().err
        process.send_signal(number)
        assert process.wait() == 0
        reader.join()
    assert list(tmp_path.iterdir()) == []
    assert cli.main(["env", "--state-dir", str(tmp_path)]) == 2
    assert "No sandbox is running" in capsys.readouterr().err


def test_after_a_kill_env_says_so_and_up_starts_afresh(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # No job process started ahead, which would be at work on its files until it sees the end.
    with _up(tmp_path, "--port", "0", "--no-spare") as process:
        _endpoint(process)
        process.kill()
        process.wait()
    assert cli.main(["env", "--state-dir", str(tmp_path)]) == 2
    assert "does not answer" in capsys.readouterr().err
    with _up(tmp_path, "--port", "0") as process:
        endpoint = _endpoint(process)
        assert state_file.find(tmp_path).endpoint_url == endpoint
        assert len([entry for entry in tmp_path.iterdir() if entry.is_dir()]) == 1


def test_a_busy_port_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert cli.main(["up", "--port", port, "--state-dir", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"ERROR Port {port} on 127.0.0.1 is in use")
    assert error.count("\n") == 1


@pytest.mark.parametrize("folder", ["/dev/null", "/proc/none"])
def test_a_folder_that_cannot_be_is_one_line(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["up", "--port", "0", "--state-dir", folder]) == 2
    error = capsys.readouterr().err
    assert error.startswith("ERROR A file of the sandbox cannot be read or written: ")
    assert error.count("\n") == 1
    assert folder in error


def test_help_and_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    shown = capsys.readouterr().out
    for command in ("up", "env", "demo", "landing-data"):
        assert f"\n    {command} " in shown or f"\n    {command}\n" in shown
    assert cli.main(["down"]) == 3


def test_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("sandbox.env.run", interrupted)
    assert cli.main(["env"]) == 130


def test_the_signals_are_as_before_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with up._told_to_stop() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_end_clears_up(number: signal.Signals, tmp_path: Path) -> None:
    arguments = ["landing-data", str(tmp_path / "out"), "--scale", "100"]
    with subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            assert "customers written" in process.stderr.readline()
            process.send_signal(number)
            _, told = process.communicate()
        finally:
            process.kill()  # else it writes until the disk is full
    assert told.endswith("out was not written.\n")
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_stale_terraform_state_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "terraform.tfstate.d" / "sandbox"
    state.mkdir(parents=True)
    monkeypatch.setattr(up, "_TERRAFORM_STATE", state)
    with up._serving(0, tmp_path / "another"):
        pass
    assert state.exists()
    monkeypatch.setattr(state_file, "STATE_DIR", tmp_path / "state")
    with up._serving(0, tmp_path / "state") as running:
        assert not state.exists()
        state.mkdir()
        assert state_file.find(tmp_path / "state").endpoint_url == running.endpoint_url
    assert not state.exists()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        json.dumps({"pid": 1, "endpoint_url": "https://aws.amazon.com", "environment": {}}),
        json.dumps({"pid": 1, "endpoint_url": "http://127.0.0.1:9", "environment": []}),
    ],
)
def test_a_file_that_no_sandbox_wrote(tmp_path: Path, text: str) -> None:
    (tmp_path / "sandbox.json").write_text(text)
    with pytest.raises(SandboxError, match="is not what a sandbox writes"):
        state_file.find(tmp_path)


def test_another_program_on_the_port_is_no_sandbox(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        endpoint = f"http://127.0.0.1:{other.getsockname()[1]}"

        def greet() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n{}")

        greeter = threading.Thread(target=greet)
        greeter.start()
        serving = state_file.Serving(os.getpid(), endpoint, environment_of(endpoint))
        state_file.write(tmp_path, serving)
        with pytest.raises(NoSandboxError, match="does not answer"):
            state_file.find(tmp_path)
        greeter.join()
