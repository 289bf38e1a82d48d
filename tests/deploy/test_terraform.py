import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from common.project import PROJECT
from deploy import terraform
from deploy.errors import DeployError
from deploy.terraform import Changes


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for Terraform: prints the file `says`, and exits with the file `exits`."""
    path = tmp_path / "bin" / "terraform"
    path.parent.mkdir()
    path.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\ncat {tmp_path}/says\n'
        f"exit $(cat {tmp_path}/exits 2>/dev/null || echo 0)\n"
    )
    path.chmod(0o755)
    (tmp_path / "says").write_text("")
    monkeypatch.setenv("PATH", str(path.parent), prepend=os.pathsep)
    monkeypatch.setattr(terraform, "TOOLS", tmp_path / "tools")
    return tmp_path


def _says(program: Path, *messages: dict[str, object] | str, exits: int = 0) -> None:
    (program / "says").write_text(
        "".join(
            (message if isinstance(message, str) else json.dumps(message)) + "\n"
            for message in messages
        )
    )
    (program / "exits").write_text(str(exits))


def test_apply_counts_and_tells(program: Path) -> None:
    _says(
        program,
        {"type": "version"},
        {"type": "apply_complete", "hook": {"resource": {"addr": "aws_s3_bucket.this"}}},
        {"type": "change_summary", "changes": {"add": 1, "change": 2, "remove": 3}},
    )
    events: list[str] = []
    assert terraform.apply(events.append) == Changes(1, 2, 3)
    assert events == ["apply_complete aws_s3_bucket.this"]
    assert "apply -json -input=false -auto-approve" in (program / "calls").read_text()


def test_destroy_is_an_apply_that_destroys(program: Path) -> None:
    _says(program, {"type": "change_summary", "changes": {"add": 0, "change": 0, "remove": 9}})
    assert str(terraform.destroy(lambda _: None)) == "0 to add, 0 to change, 9 to destroy"
    assert "-destroy" in (program / "calls").read_text()


def test_destroy_lets_full_buckets_and_used_work_groups_go(program: Path) -> None:
    # The stand-in prints the same for every call, `state list` included.
    _says(program, 'module.storage.aws_s3_bucket.this["landing"]', exits=0)
    terraform.destroy(lambda _: None)
    calls = [line.split(maxsplit=1)[1] for line in (program / "calls").read_text().splitlines()]
    assert calls[0] == "state list"
    assert "-target=module.storage -target=module.athena -var=force_destroy=true" in calls[1]
    assert "-destroy" not in calls[1]
    assert "-destroy" in calls[2]


def test_destroy_of_nothing_makes_nothing(program: Path) -> None:
    _says(program)
    terraform.destroy(lambda _: None)
    assert "force_destroy" not in (program / "calls").read_text()


def test_diagnostics_become_the_message(program: Path) -> None:
    _says(
        program,
        {
            "type": "diagnostic",
            "diagnostic": {
                "severity": "error",
                "summary": "creating S3 Bucket",
                "detail": "BucketAlreadyExists:\n  taken",
                "address": "module.storage.aws_s3_bucket.this",
                "range": {"filename": "main.tf", "start": {"line": 4}},
            },
        },
        {"type": "diagnostic", "diagnostic": {"severity": "warning", "summary": "old"}},
        exits=1,
    )
    with pytest.raises(DeployError) as error:
        terraform.apply(lambda _: None)
    assert "creating S3 Bucket [module.storage.aws_s3_bucket.this] (main.tf:4)" in str(error.value)
    assert "BucketAlreadyExists: taken" in str(error.value)
    assert "old" not in str(error.value)


def test_plain_text_of_a_failure_is_told(program: Path) -> None:
    _says(program, "Error: state is locked", exits=1)
    with pytest.raises(DeployError, match="state is locked"):
        terraform.plan(program / "plan", lambda _: None)


def test_a_terraform_that_was_killed_is_told(program: Path) -> None:
    (program / "bin" / "terraform").write_text("#!/bin/sh\nkill -9 $$\n")
    with pytest.raises(DeployError, match="it was killed by SIGKILL"):
        terraform.apply(lambda _: None)
    (program / "bin" / "terraform").write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(DeployError, match="exit code 3 and gave no reason"):
        terraform.apply(lambda _: None)


def test_a_failed_init_is_told(program: Path) -> None:
    _says(program, "no such provider", exits=1)
    with pytest.raises(DeployError, match="no such provider.*make setup"):
        terraform.init()


def test_no_terraform_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terraform, "TOOLS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeployError, match="No Terraform found: run `make setup`") as error:
        terraform.apply(lambda _: None)
    assert error.value.exit_code == 2


@pytest.mark.usefixtures("default_signals")
def test_an_interrupt_lets_terraform_end_in_good_order(tmp_path: Path) -> None:
    """Terraform gets one interrupt, may write its state, and is waited for."""
    program = tmp_path / "terraform"
    program.write_text(
        "#!/bin/sh\n"
        f"trap 'echo saved > {tmp_path}/state; exit 1' INT\n"
        """echo '{"type": "apply_complete", "hook": {"resource": {"addr": "a"}}}'\n"""
        "while :; do sleep 0.1; done\n"
    )
    program.chmod(0o755)
    code = (
        "from pathlib import Path\n"
        "from deploy import terraform\n"
        f"terraform.TOOLS = Path({str(tmp_path)!r})\n"
        "terraform.apply(lambda event: print(event, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"apply_complete a\n"
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate()
    assert b"KeyboardInterrupt" in stderr
    assert (tmp_path / "state").read_text() == "saved\n"


def test_the_environment_is_what_setup_found(tmp_path: Path, program: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "terraform.rc").touch()
    found = {
        "PATH": str(program / "bin"),
        "TF_CLI_CONFIG_FILE": str(tmp_path / "tools" / "terraform.rc"),
        "TF_PLUGIN_CACHE_DIR": str(tmp_path / "gone"),
    }
    (tmp_path / "tools" / "environment.json").write_text(json.dumps(found))
    environment = terraform.environment({"PATH": "/usr/bin", "TF_CLI_CONFIG_FILE": "/dev/null"})
    assert environment["PATH"] == f"{program / 'bin'}{os.pathsep}/usr/bin"
    assert environment["TF_CLI_CONFIG_FILE"] == str(tmp_path / "tools" / "terraform.rc")
    assert "TF_PLUGIN_CACHE_DIR" not in environment  # which has been removed since


def test_a_configuration_that_does_not_exist_is_dropped(tmp_path: Path, program: Path) -> None:
    base = {"PATH": str(program / "bin"), "TF_CLI_CONFIG_FILE": str(tmp_path / "missing")}
    environment = terraform.environment(base)
    assert "TF_CLI_CONFIG_FILE" not in environment
    assert environment["CHECKPOINT_DISABLE"] == "1"
