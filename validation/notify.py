"""Telling others: an SNS message, and what GitHub Actions shows beside a change."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from common import aws
from validation.errors import UnavailableError
from validation.model import CheckResult, Outcome, Report
from validation.rendering import words

_SUBJECT_LENGTH = 100  # SNS refuses more
_FINDINGS = 20


def publish(sns: Any, topic_arn: str, report: Report, link: str | None) -> None:
    """Send verdict, findings and link to a topic.

    Raises:
        UnavailableError: SNS did not take it.
    """
    try:
        sns.publish(
            TopicArn=topic_arn,
            Subject=subject(report),
            Message=message(report, link),
            MessageAttributes={
                "verdict": {"DataType": "String", "StringValue": report.verdict.value}
            },
        )
    except aws.CALL_ERRORS as error:
        raise UnavailableError(f"Nobody was notified: {aws.explain(error)}") from error


def subject(report: Report) -> str:
    """One ASCII line, as SNS demands."""
    text = f"Lakehouse {report.identity.environment}: {words.VERDICTS[report.verdict].lower()}"
    return text.encode("ascii", "replace").decode()[:_SUBJECT_LENGTH]


def message(report: Report, link: str | None) -> str:
    """The text of the notification: verdict, what failed or warned, where to read on."""
    findings = (*report.with_outcome(Outcome.FAILED), *report.with_outcome(Outcome.WARNED))
    lines = [f"{words.VERDICTS[report.verdict]}. {words.summary(report)}", ""]
    lines += [
        f"- {words.OUTCOMES[check.outcome]}: {check.title}. {check.message}"
        for check in findings[:_FINDINGS]
    ]
    if len(findings) > _FINDINGS:
        lines.append(f"- and {len(findings) - _FINDINGS} more")
    lines += ["", f"Run {report.identity.run_id}, {words.time(report.identity.started)}"]
    if link:
        lines.append(f"Report: {link}")
    return "\n".join(lines)


def github_link(environment: Mapping[str, str]) -> str | None:
    """The page of the workflow run that this process is part of, if it is one."""
    try:
        return (
            f"{environment['GITHUB_SERVER_URL']}/{environment['GITHUB_REPOSITORY']}"
            f"/actions/runs/{environment['GITHUB_RUN_ID']}"
        )
    except KeyError:
        return None


def github_annotations(report: Report) -> Sequence[str]:
    """Workflow commands that GitHub shows as annotations: what failed, is unknown, or warned.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    commands = {
        Outcome.FAILED: "error",
        Outcome.NOT_EVALUATED: "error",
        Outcome.WARNED: "warning",
    }
    return [
        f"::{commands[check.outcome]} title={_property(check.title)}::{_data(_sentence(check))}"
        for outcome in commands
        for check in report.with_outcome(outcome)
        if check.severity != "info"
    ]


def github_summary(path: Path, markdown: str) -> None:
    """Add the Markdown report to the job's summary.

    Raises:
        UnavailableError: the file cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(markdown + "\n")
    except OSError as error:
        raise UnavailableError(
            f"The job summary {path} cannot be written: {error.strerror or error}."
        ) from error


def on_github() -> bool:
    """Whether this process runs in GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _sentence(check: CheckResult) -> str:
    return f"{check.message} {check.remedy or ''}".strip()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
