import json
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from validation.errors import UnavailableError
from validation.terraform_outputs import DeployedTable, TerraformOutputsError, parse, read

OUTPUTS = {
    "region": "us-east-1",
    "account_id": "123456789012",
    "environment": "dev",
    "database": "stedi",
    "workgroup": "stedi-dev",
    "workflow": "stedi-dev",
    "buckets": {"landing": "stedi-landing", "athena_results": "stedi-results"},
    "tables": {
        "customer_landing": {
            "zone": "landing",
            "location": "s3://stedi-landing/customer_landing/",
            "format": "json",
        }
    },
    "landing_prefixes": {"customer": "s3://stedi-landing/customer_landing/"},
    "athena_results_location": "s3://stedi-results/athena/",
    "jobs": ["customer_trusted"],
    "notifications_topic_arn": "arn:aws:sns:us-east-1:123456789012:stedi-dev",
}


def wrapped(values: Mapping[str, object]) -> str:
    return json.dumps({name: {"sensitive": False, "value": v} for name, v in values.items()})


@pytest.fixture
def terraform(tmp_path: Path) -> Path:
    """A stand-in for the program: prints OUT, then ERR to standard error, exits with CODE."""
    program = tmp_path / "terraform"
    program.write_text(
        '#!/bin/sh\necho "$@" > "$(dirname "$0")/arguments"\necho "$TF_WORKSPACE" >> "$(dirname "$0")/arguments"\n'
        'cat "$(dirname "$0")/out"\ncat "$(dirname "$0")/err" >&2\nexit "$(cat "$(dirname "$0")/code")"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "out").write_text(wrapped(OUTPUTS))
    (tmp_path / "err").write_text("")
    (tmp_path / "code").write_text("0")
    return program


def test_reads_every_output(terraform: Path, tmp_path: Path) -> None:
    outputs = read(tmp_path, executable=str(terraform))

    assert outputs.database == "stedi"
    assert outputs.tables["customer_landing"] == DeployedTable(
        "landing", "s3://stedi-landing/customer_landing/", "json"
    )
    assert outputs.jobs == ("customer_trusted",)
    assert outputs.notifications_topic_arn == OUTPUTS["notifications_topic_arn"]


def test_terraform_gets_only_output_json_and_this_environment(
    terraform: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_WORKSPACE", "sandbox")

    read(tmp_path, executable=str(terraform))

    assert (tmp_path / "arguments").read_text() == "output -json -no-color\nsandbox\n"


def test_no_notifications_topic_is_none() -> None:
    assert (
        parse(
            wrapped({**OUTPUTS, "notifications_topic_arn": ""}), where="x"
        ).notifications_topic_arn
        is None
    )


def test_a_failure_carries_terraforms_own_reason(terraform: Path, tmp_path: Path) -> None:
    (tmp_path / "code").write_text("1")
    (tmp_path / "err").write_text("╷\n│ Error: Backend initialization required\n╵\n")

    with pytest.raises(TerraformOutputsError, match="Error: Backend initialization required"):
        read(tmp_path, executable=str(terraform))


def test_no_state_says_to_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_WORKSPACE", "sandbox")
    with pytest.raises(TerraformOutputsError, match=r"workspace sandbox.*terraform apply"):
        parse("{}", where="terraform")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not json", "is not its JSON"),
        ("[]", "is not its JSON"),
        ('{"region": 3}', "is not its JSON"),
        (wrapped({"region": "us-east-1"}), "no output 'account_id'"),
        (wrapped({**OUTPUTS, "region": 3}), "region is int, not a string"),
        (wrapped({**OUTPUTS, "buckets": []}), "unexpected shape"),
        (wrapped({**OUTPUTS, "tables": {"t": {"zone": "landing"}}}), "no output 'location'"),
    ],
)
def test_other_outputs_are_one_clear_error(text: str, reason: str) -> None:
    with pytest.raises(TerraformOutputsError, match=reason):
        parse(text, where="terraform")


def test_no_directory_no_program_and_a_broken_state_are_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="no Terraform directory"):
        read(tmp_path / "missing")
    with pytest.raises(UnavailableError, match="was not found"):
        read(tmp_path, executable="no-such-terraform")
    (tmp_path / "terraform.tfstate").write_text("{")
    with pytest.raises(UnavailableError, match=r"state in .* cannot be read"):
        read(tmp_path)
