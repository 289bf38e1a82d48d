from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber

from tests.validation import sample
from validation import notify
from validation.errors import UnavailableError
from validation.model import Outcome, Report

TOPIC = "arn:aws:sns:us-east-1:123456789012:stedi"


def test_the_topic_gets_verdict_findings_and_link() -> None:
    sns = boto3.client("sns", region_name="us-east-1")
    report = sample.failed()
    with Stubber(sns) as stub:
        stub.add_response(
            "publish",
            {"MessageId": "1"},
            {
                "TopicArn": TOPIC,
                "Subject": "Lakehouse dev: failed",
                "Message": notify.message(report, "https://ci/1"),
                "MessageAttributes": {"verdict": {"DataType": "String", "StringValue": "failed"}},
            },
        )
        notify.publish(sns, TOPIC, report, "https://ci/1")
        stub.assert_no_pending_responses()


def test_the_message_is_short_and_says_where_to_read_on() -> None:
    text = notify.message(sample.failed(), "https://ci/1")
    assert text.startswith("Failed. 12 checks: 3 failed")
    assert "- failed: Rows of machine_learning_curated. 87,362 rows" in text
    assert text.endswith("Report: https://ci/1")
    many = tuple(sample.check(f"a.c{number}", Outcome.FAILED) for number in range(25))
    assert "- and 5 more" in notify.message(Report(sample.identity(), many), None)


def test_a_refused_message_is_one_sentence() -> None:
    sns = boto3.client("sns", region_name="us-east-1")
    with Stubber(sns) as stub:
        stub.add_client_error("publish", "NotFound", "Topic does not exist")
        with pytest.raises(UnavailableError, match=r"Nobody was notified.*Topic does not exist"):
            notify.publish(sns, TOPIC, sample.passed(), None)


def test_annotations_tell_errors_from_warnings_and_escape_what_github_reads() -> None:
    lines = notify.github_annotations(sample.failed())
    assert lines[0].startswith("::error title=Rows of machine_learning_curated::87,362 rows")
    assert any("%0A" not in line and line.startswith("::error title=Every row") for line in lines)
    evil = sample.check("a.b", Outcome.FAILED, title="a:b,c%", message="one\n::error::two\r")
    (line,) = notify.github_annotations(Report(sample.identity(), (evil,)))
    assert line.startswith("::error title=a%3Ab%2Cc%25::one%0A::error::two%0D")
    assert "\n" not in line
    (warning,) = notify.github_annotations(sample.passed())
    assert warning.startswith("::warning ")


def test_the_link_is_the_run_in_github() -> None:
    environment = {
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "stedi/lakehouse",
        "GITHUB_RUN_ID": "7",
    }
    assert notify.github_link(environment) == "https://github.com/stedi/lakehouse/actions/runs/7"
    assert notify.github_link({}) is None


def test_the_summary_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    notify.github_summary(path, "report")
    assert path.read_text() == "before\nreport\n"
    with pytest.raises(UnavailableError, match="cannot be written"):
        notify.github_summary(tmp_path, "report")
