"""Whatever is missing or broken has one clear line and the right code, and the rest is reported."""

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from common import aws
from common.project import PROJECT
from tests.validation.fakes import Clock
from tests.validation.lakehouse import BUCKETS, DATABASE, RESULTS, Lakehouse
from validation import pipeline
from validation.athena.wrangler import WranglerAthena
from validation.deadline import Deadline, Limits, Timing
from validation.facts import gather
from validation.facts.gather import Gatherer
from validation.report import main
from validation.settings import Settings

pytestmark = pytest.mark.slow

FLAGS = ["--database", "stedi", "--workgroup", "stedi-test", "--results", "s3://results/athena/"]
FILES = {"report.json", "report.html", "report.md", "junit.xml"}


class Refusing(BaseHTTPRequestHandler):
    """An AWS that answers everything with one error."""

    code = ""
    message = ""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._refuse()

    def do_GET(self) -> None:
        self._refuse()

    do_PUT = do_POST  # noqa: N815  the base class's way of naming

    def log_message(self, *args: Any) -> None:
        pass

    def _refuse(self) -> None:
        target = self.headers.get("X-Amz-Target")
        body = (
            json.dumps({"__type": self.code, "message": self.message})
            if target
            else f"<ErrorResponse><Error><Code>{self.code}</Code><Message>{self.message}"
            "</Message></Error></ErrorResponse>"
        ).encode()
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")

    def refuse(code: str, message: str) -> None:
        Refusing.code, Refusing.message = code, message

    yield refuse
    server.shutdown()
    thread.join()
    server.server_close()


def report(out: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((out / "report.json").read_text())
    return document


def outcomes(document: dict[str, Any]) -> set[str]:
    return {check["outcome"] for check in document["checks"]}


@pytest.mark.parametrize(
    ("code", "message", "line"),
    [
        ("ExpiredTokenException", "The security token has expired", "have expired: sign in again"),
        ("UnrecognizedClientException", "The token is invalid", "are not valid"),
        ("AccessDeniedException", "not authorized to perform x", "AWS denied the call"),
        (
            "AccessDeniedException",
            "User is not authorized to use the KMS key",
            "The KMS key of the data may not be used",
        ),
    ],
)
def test_a_refusal_of_everything_is_one_line_and_code_2(
    refusing: Callable[[str, str], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    code: str,
    message: str,
    line: str,
) -> None:
    refusing(code, message)

    assert main([*FLAGS, "--out", str(tmp_path)]) == 2

    printed = capsys.readouterr()
    # The terminal wraps lines.
    assert line in " ".join(printed.out.replace("│", " ").split())
    assert "Traceback" not in printed.out + printed.err
    assert {file.name for file in tmp_path.iterdir()} == FILES
    assert outcomes(report(tmp_path)) == {"not_evaluated"}


def test_throttling_for_minutes_ends_with_the_deadline(
    refusing: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing("ThrottlingException", "Rate exceeded")
    clock = Clock()
    monkeypatch.setattr("validation.report.Timing", clock.timing)

    assert main([*FLAGS, "--out", str(tmp_path), "--timeout", "10"]) == 2

    assert clock.now >= 1010

    document = report(tmp_path)
    assert outcomes(document) == {"not_evaluated"}
    assert "throttled" in next(c for c in document["checks"] if c["group"] == "count")["message"]


def test_no_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)

    assert main([*FLAGS, "--out", str(tmp_path)]) == 2

    assert "No AWS credentials were found" in " ".join(capsys.readouterr().out.split())
    assert outcomes(report(tmp_path)) == {"not_evaluated"}


def test_no_region(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    assert main([*FLAGS, "--out", str(tmp_path)]) == 2

    assert "give --region" in capsys.readouterr().err


def test_nobody_at_the_endpoint(tmp_path: Path) -> None:
    assert main([*FLAGS, "--out", str(tmp_path)]) == 2
    assert "AWS cannot be reached" in report(tmp_path)["checks"][0]["message"]


def test_no_terraform_and_no_flags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--terraform-dir", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("ERROR There is no Terraform directory")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "flags",
    [
        ["--no-such-flag"],
        ["--timeout", "0"],
        ["--query-timeout", "soon"],
        ["--at-once", "0"],
        [*FLAGS, "--expect", "missing.toml"],
        [*FLAGS[2:], "--database", "x; DROP TABLE y"],
        [*FLAGS[:4], "--results", "results"],
        [*FLAGS, "--notify"],
        [*FLAGS, "--project", "/nonexistent"],
    ],
)
def test_wrong_usage_is_code_3_and_writes_nothing(
    flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*flags, "--out", str(tmp_path / "out")]) == 3
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "130" in capsys.readouterr().out


def run(lake: Lakehouse, out: Path, *flags: str) -> int:
    return main([*lake.flags(), "--expect", str(lake.expectations(out)), "--out", str(out), *flags])


def test_no_database(lake: Lakehouse, tmp_path: Path) -> None:
    assert run(lake, tmp_path, "--database", "other") == 2
    messages = {check["id"]: check["message"] for check in report(tmp_path)["checks"]}
    assert "has no database other" in messages["catalog.customer_trusted"]
    assert messages["count.customer_trusted"] == messages["catalog.customer_trusted"]
    assert messages["freshness.customer_trusted"] == messages["catalog.customer_trusted"]
    # There is nothing to ask Athena.
    assert report(tmp_path)["queries"] == []


def test_no_work_group(lake: Lakehouse, tmp_path: Path) -> None:
    assert run(lake, tmp_path, "--workgroup", "nobodys") == 2
    document = report(tmp_path)
    messages = {check["id"]: check["message"] for check in document["checks"]}
    assert "work group nobodys does not exist" in messages["count.customer_landing"]
    # What needs no Athena is still reported.
    assert "passed" in outcomes(document)


def test_a_missing_table_fails_and_all_others_are_looked_at(
    lake: Lakehouse, tmp_path: Path
) -> None:
    lake.glue.delete_table(DatabaseName=DATABASE, Name="step_trainer_trusted")
    try:
        assert run(lake, tmp_path) == 1
    finally:
        lake.glue.create_table(
            DatabaseName=DATABASE, TableInput=lake.table_input("step_trainer_trusted")
        )
    found = {check["id"]: check for check in report(tmp_path)["checks"]}
    assert found["catalog.step_trainer_trusted"]["outcome"] == "failed"
    assert found["count.step_trainer_trusted"]["outcome"] == "not_evaluated"
    assert "step_trainer_trusted does not exist" in found["count.step_trainer_trusted"]["message"]
    assert found["count.customer_trusted"]["outcome"] == "passed"
    assert found["consent.customer_trusted"]["outcome"] == "passed"


def test_the_results_bucket_is_gone(
    lake: Lakehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket = BUCKETS["athena-results"]
    lake.empty_bucket(bucket)
    lake.s3.delete_bucket(Bucket=bucket)
    try:
        code = run(lake, tmp_path, "--results", RESULTS)
    finally:
        lake.s3.create_bucket(Bucket=bucket)
    assert code == 2
    message = report(tmp_path)["checks"][0]["message"]
    assert "bucket" in message.lower()
    assert "This run was not kept" in capsys.readouterr().err


def test_markup_in_a_table_stays_text(lake: Lakehouse, tmp_path: Path) -> None:
    first, *others = lake.rows("customers_curated")
    evil = '<script>alert("x")</script>'
    lake.replace_rows("customers_curated", [(*first[:4], evil, *first[5:]), *others])

    assert run(lake, tmp_path) == 1

    page = (tmp_path / "report.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_ctrl_c_stops_the_queries_and_writes_nothing(
    lake: Lakehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stopped: list[str] = []

    def interrupted(self: WranglerAthena, query_id: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(WranglerAthena, "status", interrupted)
    monkeypatch.setattr(WranglerAthena, "stop", lambda self, query_id: stopped.append(query_id))
    out = tmp_path / "out"

    assert main([*lake.flags(), "--out", str(out), "--results", RESULTS]) == 130

    assert len(stopped) == 5
    assert not out.exists()
    assert capsys.readouterr().err.splitlines()[-1].startswith("ERROR Interrupted")


def test_a_full_disk_leaves_the_old_report_whole(
    lake: Lakehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    expect = str(lake.expectations(tmp_path))
    out = tmp_path / "out"
    out.mkdir()
    for name in FILES:
        (out / name).write_text("before")
    synced = 0

    def full(_: int) -> None:
        nonlocal synced
        synced += 1
        if synced == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    assert main([*lake.flags(), "--no-history", "--expect", expect, "--out", str(out)]) == 2

    printed = capsys.readouterr()
    assert "No space left on device. Name another directory with --out." in printed.err
    # What was found out is told all the same.
    assert "PASSED" in printed.out
    assert "Report:" not in printed.out
    assert {file.name: file.read_text() for file in out.iterdir()} == dict.fromkeys(FILES, "before")


@pytest.mark.parametrize("error", [subprocess.PIPE, subprocess.STDOUT])
def test_a_reader_who_leaves_changes_no_verdict(
    lake: Lakehouse, tmp_path: Path, error: int
) -> None:
    command = [sys.executable, "-m", "validation.report", "--project", str(PROJECT), *lake.flags()]
    command += ["--expect", str(lake.expectations(tmp_path)), "--results", RESULTS]
    command += ["--environment", f"piped{error}", "--out", str(tmp_path / "out")]

    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=error) as process:
        assert process.stdout
        process.stdout.close()
        said = process.stderr.read().decode() if process.stderr else ""

    assert process.returncode == 0, said
    assert "Traceback" not in said
    # What comes after the terminal is done all the same.
    kept = lake.s3.list_objects_v2(
        Bucket=BUCKETS["athena-results"], Prefix=f"validation-history/piped{error}/"
    )
    assert kept["KeyCount"] == 1


def test_an_aws_that_never_answers_is_not_waited_for_past_the_time_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = threading.Event()
    monkeypatch.setattr(gather, "_GRACE", 0.05)
    monkeypatch.setattr(aws, "client", lambda *_: answer.wait())
    plan = Settings("us-east-1", "stedi", "stedi-test", "test")
    try:
        with Gatherer(plan, Deadline(Limits(total_seconds=0.05), Timing())) as gatherer:
            tables = gatherer.catalog()
            known = gatherer.start(tables, pipeline.load(PROJECT), lambda _: ())()
    finally:
        answer.set()

    for reason in (tables.reason, known.account.reason, known.runs["customer_trusted"].reason):
        assert reason == "AWS did not answer in time; 0.05 s are for all (--timeout)."
