import errno
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from common.project import PROJECT
from deploy import account, cli, terraform, upload, workflow
from deploy.account import Account
from deploy.errors import DeployError
from deploy.landing_folder import data_folder
from deploy.terraform import Changes
from deploy.workflow import JobProgress
from validation import terraform_outputs

_AWS = Account("111122223333", "eu-west-1", None)
_LOCAL = Account("123456789012", "us-east-1", "http://127.0.0.1:4566")


class _Deployment:
    """Stands in for everything outside the command line, and remembers what was called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        self.landing_is_there = True
        self.report_exit = 0
        monkeypatch.setattr(account, "current_account", lambda: _LOCAL)
        monkeypatch.setattr(terraform, "init", self._call("init", None))
        monkeypatch.setattr(terraform, "plan", self._call("plan", Changes(3, 2, 1)))
        monkeypatch.setattr(terraform, "apply", self._call("apply", Changes(3, 2, 1)))
        monkeypatch.setattr(terraform, "destroy", self._call("destroy", Changes(0, 0, 6)))
        monkeypatch.setattr(terraform_outputs, "read", lambda _: _outputs())
        monkeypatch.setattr(upload, "has_objects", lambda _: self.landing_is_there)
        monkeypatch.setattr(upload, "upload", self._call("upload", upload.Uploaded(3, 40, 2)))
        monkeypatch.setattr(
            workflow, "run", self._call("run", [JobProgress("customer_trusted", "SUCCEEDED", 4)])
        )
        monkeypatch.setattr(cli, "_validate", lambda options: self.report_exit)

    def _call(self, name: str, result: object) -> Callable[..., object]:
        def call(*_args: object, **_kwargs: object) -> object:
            self.calls.append(name)
            return result

        return call


def _outputs() -> terraform_outputs.TerraformOutputs:
    values: dict[str, Any] = {
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
    text = json.dumps({name: {"value": value} for name, value in values.items()})
    return terraform_outputs.parse(text, where="a test")


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> _Deployment:
    return _Deployment(monkeypatch)


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    for source, record in {
        "customer": {"email": "a@b.example", "serialNumber": "1"},
        "accelerometer": {"user": "a@b.example", "timestamp": 1},
        "step_trainer": {"sensorReadingTime": 1, "serialNumber": "1"},
    }.items():
        (tmp_path / source).mkdir()
        (tmp_path / source / "one.json").write_text(json.dumps(record) + "\n")
    return tmp_path


def test_all_goes_the_whole_way(
    deployment: _Deployment, landing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["all", "--data", str(landing)]) == 0
    assert deployment.calls == ["init", "apply", "upload", "run"]
    printed = capsys.readouterr().out
    assert "1 customer, 1 accelerometer, 1 step_trainer" in printed
    assert "3 files" in printed


def test_another_pipeline_is_its_folder(
    deployment: _Deployment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shop = PROJECT / "tests" / "validation" / "shop"
    tables = {
        name: {"zone": "raw", "location": f"s3://shop/{name}/", "format": "json"}
        for name in ("orders_raw", "payments_raw", "refunds_raw")
    }
    outputs = {"region": "us-east-1", "account_id": "1", "database": "shop", "workgroup": "shop"}
    values = {**outputs, "workflow": "shop", "tables": tables}
    text = json.dumps({name: {"value": value} for name, value in values.items()})
    asked: list[Path] = []

    def read(directory: Path) -> terraform_outputs.TerraformOutputs:
        asked.append(directory)
        return terraform_outputs.parse(text, where="a test")

    sent: dict[str, str] = {}

    def upload_to(_: object, prefixes: dict[str, str], __: object) -> upload.Uploaded:
        sent.update(prefixes)
        return upload.Uploaded(3, 30, 0)

    monkeypatch.setattr(terraform_outputs, "read", read)
    monkeypatch.setattr(upload, "upload", upload_to)
    for name in tables:
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.json").write_text('{"order_id": "o1"}\n')

    assert cli.main(["all", "--project", str(shop), "--data", str(tmp_path)]) == 0

    assert asked == [shop / "terraform"]
    assert sent == {name: f"s3://shop/{name}/" for name in tables}
    printed = capsys.readouterr()
    assert "1 orders_raw, 1 payments_raw, 1 refunds_raw" in printed.out
    assert "stedi" not in (printed.out + printed.err).lower()


def test_all_ends_as_the_report_ends(deployment: _Deployment) -> None:
    deployment.report_exit = 1
    assert cli.main(["all"]) == 1


def test_all_without_any_landing_data_runs_no_job(
    deployment: _Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.landing_is_there = False
    assert cli.main(["all"]) == 1
    assert deployment.calls == ["init", "apply"]
    assert "no landing data at s3://landing/customer_landing/" in capsys.readouterr().err


def test_bad_landing_data_touches_nothing(
    deployment: _Deployment, landing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (landing / "customer" / "one.json").write_text("not json\n")
    assert cli.main(["all", "--data", str(landing)]) != 0
    assert deployment.calls == []
    assert capsys.readouterr().err.startswith("ERROR ")


@pytest.mark.parametrize(
    ("command", "calls"),
    [
        (["apply"], ["init", "apply"]),
        (["run"], ["run"]),
        (["destroy"], ["init", "destroy"]),
    ],
)
def test_each_step_can_be_run_alone(
    deployment: _Deployment, command: list[str], calls: list[str]
) -> None:
    assert cli.main(command) == 0
    assert deployment.calls == calls


def test_make_hands_the_name_of_a_folder_over_as_it_is() -> None:
    name = '/data/Bob\'s "data"  und Söhne'
    for target in ("demo", "deploy"):
        made = subprocess.run(
            ["make", target, "PYTHON=true", "VENV_PYTHON=printf '[%s]'", f"DATA={name}"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"[--data][{name}]" in made.stdout


def test_the_home_folder_may_be_a_tilde(
    deployment: _Deployment, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(landing.parent))
    assert cli.main(["load", "--data", f"~/{landing.name}"]) == 0
    assert deployment.calls == ["upload"]
    assert data_folder("~no-such-user/data") == Path("~no-such-user/data")


def test_load_uploads_only(deployment: _Deployment, landing: Path) -> None:
    assert cli.main(["load", "--data", str(landing)]) == 0
    assert deployment.calls == ["upload"]


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_an_aws_account_is_not_changed_unasked(
    deployment: _Deployment,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    monkeypatch.setattr(account, "current_account", lambda: _AWS)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert cli.main([command]) == 3
    assert not {"apply", "destroy"} & set(deployment.calls)
    assert "--yes" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 130), ("no", 130)])
def test_an_aws_account_is_changed_after_a_yes(
    deployment: _Deployment, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr(account, "current_account", lambda: _AWS)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    asked: list[str] = []

    def answering(question: str) -> str:
        asked.append(question)
        return answer

    monkeypatch.setattr("builtins.input", answering)
    assert cli.main(["apply"]) == code
    assert deployment.calls == (["init", "plan", "apply"] if code == 0 else ["init", "plan"])
    assert (
        "account 111122223333, region eu-west-1 (3 to add, 2 to change, 1 to destroy)" in (asked[0])
    )


@pytest.mark.parametrize("arguments", [[], ["load"], ["fly"], ["all", "--data"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 3
    assert "ERROR" in capsys.readouterr().err


def test_a_full_disk_is_one_message(
    deployment: _Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "plan")

    monkeypatch.setattr(terraform, "apply", full)
    assert cli.main(["apply"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(
        "ERROR A file of the deployment cannot be read or written: [Errno 28] No space"
    )


def test_a_report_that_was_killed_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(account, "current_account", lambda: _LOCAL)
    monkeypatch.setattr(terraform_outputs, "read", lambda _: _outputs())
    monkeypatch.setattr(workflow, "run", lambda *_args, **_kwargs: [])
    killed = subprocess.CompletedProcess[str]([], -9)
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_kwargs: killed)
    monkeypatch.setattr(terraform, "environment", dict)
    assert cli.main(["run"]) == 2
    assert capsys.readouterr().err.startswith("ERROR The report was killed by SIGKILL")


def test_an_interrupt_says_what_is_left(
    deployment: _Deployment,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(terraform, "init", interrupted)
    assert cli.main(["apply"]) == 130
    assert "Run the same command again" in capsys.readouterr().err


def test_a_failed_step_is_one_message(
    deployment: _Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(*_args: object, **_kwargs: object) -> None:
        raise DeployError("The workflow stedi failed")

    monkeypatch.setattr(workflow, "run", failing)
    assert cli.main(["run"]) == 1
    captured = capsys.readouterr()
    assert captured.err == "ERROR The workflow stedi failed\n"
    assert "✗ Running the workflow stedi" in captured.out


def test_without_credentials_nothing_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    done = subprocess.run(
        [sys.executable, "-m", "deploy", "all"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("ERROR Missing: AWS credentials. Nothing was touched.")
    assert "Traceback" not in done.stderr
