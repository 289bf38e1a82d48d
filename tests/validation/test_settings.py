import argparse
from pathlib import Path

import pytest

from common.command import UsageError
from tests.validation.test_terraform_outputs import OUTPUTS, wrapped
from validation import settings, terraform_outputs
from validation.settings import Settings


def resolved(*flags: str) -> Settings:
    parser = argparse.ArgumentParser()
    settings.add_arguments(parser)
    return settings.resolve(parser.parse_args(flags))


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Terraform answers with OUTPUTS; the list tells where it was asked."""
    asked: list[Path] = []

    def read(directory: Path) -> terraform_outputs.TerraformOutputs:
        asked.append(directory)
        return terraform_outputs.parse(wrapped(OUTPUTS), where="terraform")

    monkeypatch.setattr(terraform_outputs, "read", read)
    return asked


def test_terraform_tells_all(outputs: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    found = resolved("--terraform-dir", "elsewhere")

    assert found == Settings(
        region="us-east-1",
        database="stedi",
        workgroup="stedi-dev",
        environment="dev",
        results_bucket="stedi-results",
        topic_arn="arn:aws:sns:us-east-1:123456789012:stedi-dev",
        locations={"customer_landing": "s3://stedi-landing/customer_landing/"},
    )
    assert outputs == [Path("elsewhere")]


def test_flags_win_over_the_environment_and_that_over_terraform(
    outputs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEDI_ENVIRONMENT", "from_environment")
    monkeypatch.setenv("LAKEHOUSE_WORKGROUP", "from_environment")

    found = resolved("--environment", "from_flag")

    assert (found.environment, found.workgroup) == ("from_flag", "from_environment")
    assert found.database == "stedi"


def test_terraform_is_not_asked_for_what_is_told(
    outputs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEDI_DATABASE", "other")

    found = resolved("--workgroup", "group", "--results", "s3://bucket/x/")

    assert outputs == []
    assert (found.database, found.results_bucket, found.locations) == ("other", "bucket", {})


@pytest.mark.parametrize("name", ["Stedi", "a b", "x;y", "x" * 300])
def test_a_database_that_is_no_name_is_refused(name: str, outputs: list[Path]) -> None:
    with pytest.raises(UsageError, match="not the name of a database"):
        resolved("--database", name)


def test_a_results_location_that_is_no_uri_is_refused(outputs: list[Path]) -> None:
    with pytest.raises(UsageError, match="is not an S3 URI"):
        resolved("--results", "bucket/x")
