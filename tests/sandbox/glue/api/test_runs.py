"""Job runs: states, reasons, retries, time-outs, limits, logs."""

import json
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox import environment
from sandbox.glue.api.run_logs import PREFIX_ARGUMENT
from sandbox.glue.service import _slots
from tests.sandbox.glue.api.conftest import BUCKET, Glue


def test_a_run_that_ends_well(glue: Glue) -> None:
    glue.make_job("good", WorkerType="G.1X", NumberOfWorkers=2, GlueVersion="5.1")
    run = glue.run("good")
    assert run["JobRunState"] == "SUCCEEDED"
    assert "ErrorMessage" not in run
    assert run["Attempt"] == 0
    assert run["StartedOn"] <= run["CompletedOn"]
    assert run["MaxCapacity"] == 2.0
    assert run["NumberOfWorkers"] == 2
    assert run["WorkerType"] == "G.1X"
    assert run["Timeout"] == 480
    assert run["GlueVersion"] == "5.1"
    assert run["ExecutionClass"] == "STANDARD"
    assert run["JobMode"] == "SCRIPT"
    assert run["DPUSeconds"] >= 0
    assert run["LogGroupName"] == "/aws-glue/jobs"


def test_a_run_that_fails_tells_why(glue: Glue) -> None:
    glue.make_job("bad", "fail ValueError: no such column")
    run = glue.run("bad")
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"] == "ValueError: no such column"


def test_a_process_that_cannot_start_is_a_failed_run(glue: Glue) -> None:
    glue.make_job("broken", "explode no memory")
    run = glue.run("broken")
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"] == "RuntimeError: no memory"


def test_a_script_that_is_not_there_is_a_failed_run(glue: Glue) -> None:
    glue.make_job("gone")
    glue.s3.delete_object(Bucket=BUCKET, Key="gone.py")
    run = glue.run("gone")
    assert run["JobRunState"] == "FAILED"
    assert f"s3://{BUCKET}/gone.py cannot be read" in run["ErrorMessage"]


@pytest.mark.parametrize("location", ["", "/tmp/x.py", "s3://bucket-only"])  # noqa: S108
def test_a_script_location_that_is_not_in_s3_is_a_failed_run(glue: Glue, location: str) -> None:
    command = {"Name": "glueetl", "ScriptLocation": location}
    glue.api.create_job(Name="odd", Role="role", Command=command)
    run = glue.run("odd")
    assert run["JobRunState"] == "FAILED"
    assert "is not an S3 URI" in run["ErrorMessage"]


def test_arguments_of_job_and_run(glue: Glue) -> None:
    glue.make_job(
        "args",
        DefaultArguments={"--a": "job", "--b": "job", "--c": "job", "--TempDir": "s3://t/"},
        NonOverridableArguments={"--c": "fixed"},
    )
    run = glue.run("args", Arguments={"--a": "run", "--c": "run"})
    assert run["Arguments"] == {"--a": "run", "--c": "run"}
    assert glue.scripts.started == [
        {
            "--a": "run",
            "--b": "job",
            "--c": "fixed",
            "--TempDir": "s3://t/",
            "--JOB_NAME": "args",
            "--JOB_RUN_ID": run["Id"],
        }
    ]
    assert glue.scripts.environments[0]["AWS_ENDPOINT_URL"] == glue.sandbox.endpoint_url
    assert glue.scripts.commands == ["glueetl"]


def test_what_a_run_is_given_replaces_what_the_job_says(glue: Glue) -> None:
    glue.make_job("sized", WorkerType="G.1X", NumberOfWorkers=2)
    run = glue.run("sized", WorkerType="G.2X", NumberOfWorkers=3, Timeout=5)
    assert (run["WorkerType"], run["NumberOfWorkers"], run["MaxCapacity"]) == ("G.2X", 3, 6.0)
    assert run["Timeout"] == 5
    assert glue.run("sized", MaxCapacity=4.0)["MaxCapacity"] == 4.0


def test_each_failed_attempt_is_a_run_of_its_own(glue: Glue) -> None:
    glue.make_job("flaky", "fail again", MaxRetries=2)
    first = glue.api.start_job_run(JobName="flaky")["JobRunId"]
    last = glue.until(
        lambda: glue.api.get_job_runs(JobName="flaky"),
        lambda runs: [r["JobRunState"] for r in runs["JobRuns"]] == ["FAILED"] * 3,
    )["JobRuns"]
    assert [run["Attempt"] for run in last] == [2, 1, 0]
    assert [run["Id"] for run in last] == [f"{first}_attempt_2", f"{first}_attempt_1", first]
    assert last[0]["PreviousRunId"] == f"{first}_attempt_1"


def test_a_run_is_stopped(glue: Glue) -> None:
    glue.make_job("long", "wait", MaxRetries=3)
    run_id = glue.api.start_job_run(JobName="long")["JobRunId"]
    glue.state_is("long", run_id, "RUNNING")
    answer = glue.api.batch_stop_job_run(JobName="long", JobRunIds=[run_id, "jr_unknown"])
    assert answer["SuccessfulSubmissions"] == [{"JobName": "long", "JobRunId": run_id}]
    assert answer["Errors"][0]["ErrorDetail"]["ErrorCode"] == "EntityNotFoundException"
    assert glue.ended("long", run_id)["JobRunState"] == "STOPPED"
    assert len(glue.api.get_job_runs(JobName="long")["JobRuns"]) == 1
    again = glue.api.batch_stop_job_run(JobName="long", JobRunIds=[run_id])
    assert again["Errors"][0]["ErrorDetail"]["ErrorCode"] == "InvalidInputException"


def test_one_run_at_a_time_by_default(glue: Glue) -> None:
    glue.make_job("single", "hold door")
    run_id = glue.api.start_job_run(JobName="single")["JobRunId"]
    with pytest.raises(glue.api.exceptions.ConcurrentRunsExceededException):
        glue.api.start_job_run(JobName="single")
    glue.scripts.gate("door").set()
    assert glue.ended("single", run_id)["JobRunState"] == "SUCCEEDED"
    assert glue.run("single")["JobRunState"] == "SUCCEEDED"


def test_a_queued_run_waits_for_its_turn(glue: Glue) -> None:
    glue.make_job("queued", "hold queue", JobRunQueuingEnabled=True)
    first = glue.api.start_job_run(JobName="queued")["JobRunId"]
    glue.state_is("queued", first, "RUNNING")
    second = glue.api.start_job_run(JobName="queued")["JobRunId"]
    third = glue.api.start_job_run(JobName="queued")["JobRunId"]
    assert glue.get_run("queued", second)["JobRunState"] == "WAITING"
    glue.api.batch_stop_job_run(JobName="queued", JobRunIds=[third])
    assert glue.ended("queued", third)["JobRunState"] == "STOPPED"
    glue.scripts.gate("queue").set()
    assert glue.ended("queued", second)["JobRunState"] == "SUCCEEDED"
    assert len(glue.scripts.started) == 2


@pytest.mark.parametrize(
    ("arguments", "prefix"),
    [({}, "/aws-glue/jobs"), ({PREFIX_ARGUMENT: "/aws-glue/lake"}, "/aws-glue/lake")],
    ids=["default", "custom"],
)
def test_output_goes_to_cloudwatch(glue: Glue, arguments: dict[str, str], prefix: str) -> None:
    glue.make_job("loud", "fail it broke\non two lines", DefaultArguments=arguments)
    run = glue.run("loud")
    logs = environment.client("logs", glue.sandbox.endpoint_url)

    def messages(group: str) -> list[str]:
        events = logs.get_log_events(
            logGroupName=group, logStreamName=run["Id"], startFromHead=True
        )
        return [event["message"] for event in events["events"]]

    assert messages(f"{prefix}/output") == ["hello from loud", " ", "bye"]
    assert messages(f"{prefix}/error") == ["it broke", "on two lines"]


def test_the_end_of_a_run_is_an_event(glue: Glue) -> None:
    events = environment.client("events", glue.sandbox.endpoint_url)
    sqs = environment.client("sqs", glue.sandbox.endpoint_url)
    queue = sqs.create_queue(QueueName="failures")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(
        Name="failed",
        EventPattern='{"source": ["aws.glue"], "detail": {"state": ["FAILED"]}}',
    )
    events.put_targets(Rule="failed", Targets=[{"Id": "q", "Arn": arn["QueueArn"]}])
    glue.make_job("good")
    glue.make_job("bad", "fail reason")
    glue.run("good")
    glue.run("bad")
    answer = glue.until(
        lambda: sqs.receive_message(QueueUrl=queue), lambda seen: "Messages" in seen
    )
    assert len(answer["Messages"]) == 1
    assert '"jobName": "bad"' in answer["Messages"][0]["Body"]


def test_a_failure_reaches_the_subscribers_of_a_topic(glue: Glue) -> None:
    events, sns, sqs = (
        environment.client(name, glue.sandbox.endpoint_url) for name in ("events", "sns", "sqs")
    )
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    inbox = "arn:aws:sqs:us-east-1:123456789012:inbox"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox)
    # Nothing answers there, and nothing may be asked there.
    sns.subscribe(TopicArn=topic, Protocol="https", Endpoint="https://example.com/hook")
    events.put_rule(Name="r", EventPattern='{"source": ["aws.glue"]}')
    transformer = {
        "InputPathsMap": {"job": "$.detail.jobName", "at": "$.time"},
        "InputTemplate": '{"title": "Job: <job>, \\"x\\"", "at": <at>, "none": <none>}',
    }
    events.put_targets(
        Rule="r",
        Targets=[
            {"Id": "plain", "Arn": topic},
            {"Id": "told", "Arn": topic, "InputTransformer": transformer},
            {"Id": "fixed", "Arn": topic, "Input": '"something failed"'},
        ],
    )
    glue.make_job("bad", "fail reason")
    glue.run("bad")
    texts: list[str] = []
    while len(texts) < 3:
        got = glue.until(lambda: sqs.receive_message(QueueUrl=queue), lambda m: "Messages" in m)
        texts += [json.loads(message["Body"])["Message"] for message in got["Messages"]]
        for message in got["Messages"]:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert '"something failed"' in texts
    told, whole = sorted(
        (json.loads(text) for text in texts if text.startswith("{")),
        key=lambda it: "title" not in it,
    )
    assert told == {"title": 'Job: bad, "x"', "at": whole["time"], "none": None}
    assert whole["detail"]["message"] == "reason"
    assert whole["time"].endswith("Z")


def test_a_run_that_takes_too_long(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> None:
    glue.make_job("slow", "wait", Timeout=2)
    monkeypatch.setattr(threading, "Timer", _soon)
    run = glue.run("slow")
    assert run["JobRunState"] == "TIMEOUT"
    assert run["ErrorMessage"] == "The run was not done within its 2 min timeout."
    assert glue.scripts.killed == 1


def _soon(seconds: float, *arguments: Any) -> threading.Timer:
    assert seconds == 120
    return _TIMER(0.1, *arguments)


_TIMER = threading.Timer


def test_a_run_that_waits_for_a_slot_is_stopped(glue: Glue) -> None:
    slots = _slots()
    glue.make_job("busy", "hold slots", ExecutionProperty={"MaxConcurrentRuns": slots})
    glue.make_job("late")
    busy = [glue.api.start_job_run(JobName="busy")["JobRunId"] for _ in range(slots)]
    for run_id in busy:
        glue.state_is("busy", run_id, "RUNNING")
    late = glue.api.start_job_run(JobName="late")["JobRunId"]
    glue.api.batch_stop_job_run(JobName="late", JobRunIds=[late])
    assert glue.ended("late", late)["JobRunState"] == "STOPPED"
    glue.scripts.gate("slots").set()
    assert {glue.ended("busy", run_id)["JobRunState"] for run_id in busy} == {"SUCCEEDED"}
    assert "late" not in [arguments["--JOB_NAME"] for arguments in glue.scripts.started]


@pytest.mark.parametrize(
    ("where", "settings"),
    [
        ("job", {"DefaultArguments": {"--job-language": "Scala", "--class": "GlueApp"}}),
        ("run", {"Arguments": {"--job-language": "scala"}}),
        (
            "job",
            {"Command": {"Name": "glueetl", "ScriptLocation": "s3://scripts-bucket/App.scala"}},
        ),
    ],
)
def test_a_scala_job_is_refused_by_name(glue: Glue, where: str, settings: Any) -> None:
    glue.make_job("app")
    if where == "job":
        command = glue.api.get_job(JobName="app")["Job"]["Command"]
        update = {"Role": "r", "Command": command, **settings}
        glue.api.update_job(JobName="app", JobUpdate=update)
    with pytest.raises(
        ClientError, match="(?i)running a job in scala is not implemented"
    ) as caught:
        glue.api.start_job_run(JobName="app", **(settings if where == "run" else {}))
    assert caught.value.response["Error"]["Code"] == "NotImplemented"


@pytest.mark.parametrize("call", ["start_crawler", "start_crawler_schedule"])
def test_a_crawler_is_refused_by_name(glue: Glue, call: str) -> None:
    given = {"Name": "c"} if call == "start_crawler" else {"CrawlerName": "c"}
    with pytest.raises(ClientError, match="Running the crawler c is not implemented"):
        getattr(glue.api, call)(**given)


def test_errors(glue: Glue) -> None:
    glue.make_job("job")
    glue.make_job("ray", Timeout=10)
    glue.api.update_job(
        JobName="ray", JobUpdate={"Role": "r", "Command": {"Name": "glueray"}, "Timeout": 10}
    )
    api: Any = glue.api
    with pytest.raises(api.exceptions.EntityNotFoundException, match="Job nothing not found"):
        api.start_job_run(JobName="nothing")
    with pytest.raises(api.exceptions.EntityNotFoundException):
        api.get_job_run(JobName="job", RunId="jr_0")
    with pytest.raises(api.exceptions.EntityNotFoundException):
        api.get_job_runs(JobName="nothing")
    with pytest.raises(api.exceptions.InvalidInputException, match="NextToken"):
        api.get_job_runs(JobName="job", NextToken="x")
    with pytest.raises(ClientError, match="NotImplemented"):
        api.start_job_run(JobName="ray")


def test_runs_are_listed_newest_first_in_pages(glue: Glue) -> None:
    glue.make_job("often")
    ids = [glue.run("often")["Id"] for _ in range(3)]
    page = glue.api.get_job_runs(JobName="often", MaxResults=2)
    assert [run["Id"] for run in page["JobRuns"]] == [ids[2], ids[1]]
    rest = glue.api.get_job_runs(JobName="often", NextToken=page["NextToken"])
    assert [run["Id"] for run in rest["JobRuns"]] == [ids[0]]
    assert "NextToken" not in rest


def test_a_deleted_job_takes_its_runs_along(glue: Glue) -> None:
    glue.make_job("short")
    glue.run("short")
    glue.api.delete_job(JobName="short")
    glue.make_job("short")
    assert glue.api.get_job_runs(JobName="short")["JobRuns"] == []


def test_stopping_the_sandbox_kills_what_runs(glue: Glue) -> None:
    glue.make_job("long", "wait")
    run_id = glue.api.start_job_run(JobName="long")["JobRunId"]
    glue.state_is("long", run_id, "RUNNING")
    glue.sandbox.stop()
    assert glue.scripts.killed == 1
