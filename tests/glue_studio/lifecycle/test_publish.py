import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import glue_studio
from glue_studio.cli import ExitCode, main
from glue_studio.lifecycle import publish
from tests.glue_studio.lifecycle.conftest import ASSUMED


def _run(project: Path, *arguments: str) -> int:
    return main(["publish", "--project", str(project), *arguments])


def test_the_first_publish_sends_graph_and_settings_and_the_second_nothing(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.add(job)
    assert _run(project) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert shown.startswith('orders: updated\n  JobMode: "SCRIPT" → "VISUAL"\n  + CatalogSource')
    assert "Timeout" not in shown
    (update,) = aws.updates
    assert update["JobUpdate"]["JobMode"] == "VISUAL"
    assert list(update["JobUpdate"]["CodeGenConfigurationNodes"]) == ["node-1", "node-2", "node-3"]
    assert aws.objects["assets/scripts/orders.py"] == glue_studio.generate_script(job)

    assert _run(project, "orders") == ExitCode.DONE
    assert capsys.readouterr().out == "orders: unchanged\n"
    assert len(aws.updates) == 1


def test_what_the_deployment_owns_stays_and_the_file_s_keys_win(
    aws: Any, project: Path, job: glue_studio.Job
) -> None:
    aws.add(
        job,
        Timeout=5,
        MaintenanceWindow="Sun:1",
        Connections={"Connections": ["warehouse"]},
        SecurityConfiguration="kms",
        SourceControlDetails={"Provider": "GITHUB", "Repository": "x"},
        NotificationProperty={"NotifyDelayAfter": 3},
        DefaultArguments={"--job-language": "scala", "--TempDir": "s3://assets/temp/"},
    )
    assert _run(project) == ExitCode.DONE
    update = aws.updates[0]["JobUpdate"]
    assert update["Timeout"] == 30
    assert update["MaintenanceWindow"] == "Sun:1"
    assert update["Connections"] == {"Connections": ["warehouse"]}
    assert update["SecurityConfiguration"] == "kms"
    assert update["SourceControlDetails"] == {"Provider": "GITHUB", "Repository": "x"}
    assert update["NotificationProperty"] == {"NotifyDelayAfter": 3}
    assert update["Role"] == "arn:aws:iam::123456789012:role/etl"
    assert update["Command"]["ScriptLocation"] == "s3://assets/scripts/orders.py"
    assert update["DefaultArguments"] == {
        "--job-language": "python",
        "--TempDir": "s3://assets/temp/",
    }
    assert not {"Name", "CreatedOn", "MaxCapacity", "AllocatedCapacity"} & update.keys()


def test_fields_that_botocore_does_not_know_are_sent_back(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.add(job, Novelty={"Level": 3})["Command"]["Shell"] = "fish"
    assert _run(project) == ExitCode.DONE
    update = aws.updates[0]["JobUpdate"]
    assert update["Novelty"] == {"Level": 3}
    assert update["Command"]["Shell"] == "fish"
    assert "Sent back as they were, being newer than this botocore: Command, Novelty." in (
        capsys.readouterr().out
    )
    assert _run(project) == ExitCode.DONE
    assert len(aws.updates) == 1


def test_role_and_location_in_the_file_are_left_as_deployed(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "glue_studio_json" / "orders.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["Role"] = "arn:aws:iam::999999999999:role/other"
    document["Command"]["ScriptLocation"] = "s3://other/x.py"
    path.write_text(json.dumps(document), encoding="utf-8")
    aws.add(job)
    assert _run(project) == ExitCode.DONE
    assert aws.updates[0]["JobUpdate"]["Role"] == "arn:aws:iam::123456789012:role/etl"
    assert aws.updates[0]["JobUpdate"]["Command"]["ScriptLocation"].startswith("s3://assets/")
    assert "Left as deployed, though the file names it: Role, Command.ScriptLocation." in (
        capsys.readouterr().out
    )


def test_a_size_in_dpus_replaces_workers(aws: Any, project: Path, job: glue_studio.Job) -> None:
    path = project / "glue_studio_json" / "orders.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["WorkerType"], document["NumberOfWorkers"]
    document["MaxCapacity"] = 4.0
    path.write_text(json.dumps(document), encoding="utf-8")
    aws.add(job)
    assert _run(project) == ExitCode.DONE
    update = aws.updates[0]["JobUpdate"]
    assert update["MaxCapacity"] == 4.0
    assert not {"WorkerType", "NumberOfWorkers", "AllocatedCapacity"} & update.keys()


def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.add(job)
    del aws.tags["orders"]["glue-studio"]
    assert _run(project, "--dry-run", "--adopt") == ExitCode.DONE
    assert capsys.readouterr().out.startswith("orders: would be updated\n")
    assert set(aws.calls) <= {"GetJob", "GetCallerIdentity", "GetTags", "S3"}


def test_a_job_of_someone_else_is_refused_until_adopted(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.add(job)
    aws.tags["orders"] = {"glue-studio": "other"}
    assert _run(project) == ExitCode.UNABLE
    error = capsys.readouterr().err
    assert error.startswith("ERROR orders is deployed but has no tag glue-studio=managed")
    assert error.count("\n") == 1
    assert aws.updates == []

    assert _run(project, "--adopt") == ExitCode.DONE
    assert "NOTE Taken over: tagged glue-studio=managed." in capsys.readouterr().out
    assert aws.tags["orders"] == {"glue-studio": "managed"}
    assert _run(project) == ExitCode.DONE


def test_a_missing_job_is_an_error_that_says_how_to_create_it(
    aws: Any, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(project) == ExitCode.UNABLE
    assert capsys.readouterr().err == (
        "ERROR orders is not deployed in us-east-1; create it with Terraform, or publish with "
        "--role and --script-location to create it here.\n"
    )


def test_a_missing_job_is_created_when_role_and_location_are_given(
    aws: Any, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--role", "etl", "--script-location", "s3://assets/scripts/")
    assert _run(project, *given, "--dry-run") == ExitCode.DONE
    assert capsys.readouterr().out.startswith("orders: would be created\n")
    assert "CreateJob" not in aws.calls

    assert _run(project, *given) == ExitCode.DONE
    assert capsys.readouterr().out.startswith("orders: created\n")
    created = aws.jobs["orders"]
    assert created["Role"] == "etl"
    assert created["Command"]["ScriptLocation"] == "s3://assets/scripts/orders.py"
    assert created["JobMode"] == "VISUAL"
    assert aws.tags["orders"] == {"glue-studio": "managed"}

    assert _run(project, *given) == ExitCode.DONE
    assert capsys.readouterr().out == "orders: unchanged\n"


def test_role_and_location_go_together(
    aws: Any, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(project, "--role", "etl") == ExitCode.USAGE
    assert "go together" in capsys.readouterr().err


def test_the_counter_of_queries_is_no_difference(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.script_of = lambda script: script.replace("SqlQuery0", "SqlQuery3817") + "\n"
    aws.add(job)
    assert _run(project) == ExitCode.DONE
    assert _run(project) == ExitCode.DONE
    assert "unchanged" in capsys.readouterr().out


def test_another_script_than_expected_is_shown(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.script_of = lambda script: script.replace("job.commit()", "job.commit()  # new era")
    aws.add(job)
    assert _run(project) == ExitCode.FOUND
    error = capsys.readouterr().err
    assert "ERROR orders: Glue wrote another script than the graph gives here:" in error
    assert "-job.commit()  # new era" in error


def test_another_script_is_a_warning_to_who_takes_any(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.script_of = lambda script: script.replace("job.commit()", "job.commit()  # new era")
    aws.add(job)
    assert _run(project, "--any-script") == ExitCode.DONE
    shown = capsys.readouterr()
    assert shown.out.startswith("orders: updated\n")
    assert "WARNING orders: Glue wrote another script than the graph gives here:" in shown.err
    # Only the script is taken as it is: a job that can't be published is still an error.
    aws.jobs.clear()
    assert _run(project, "--any-script") == ExitCode.UNABLE


def test_a_script_that_never_comes_is_told_at_the_deadline(
    aws: Any,
    project: Path,
    job: glue_studio.Job,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws.add(job)
    aws.writes_script = False
    slept: list[float] = []
    clock = SimpleNamespace(sleep=slept.append, monotonic=lambda: sum(slept))
    monkeypatch.setattr(publish, "time", clock)
    assert _run(project, "--deadline", "30") == ExitCode.FOUND
    assert sum(slept) <= 30
    error = capsys.readouterr().err
    assert "waiting for Glue to write s3://assets/scripts/orders.py (at most 30 s)" in error
    assert "ERROR orders: Glue did not rewrite the script in 30 s" in error


def test_no_script_at_all_is_told_at_the_deadline(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.add(job)
    aws.writes_script = False
    aws.objects.clear()
    assert _run(project, "--deadline", "0") == ExitCode.FOUND
    assert "there is no script at s3://assets/scripts/orders.py" in capsys.readouterr().err


def test_a_script_that_was_edited_is_written_again(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.add(job)
    assert _run(project) == ExitCode.DONE
    aws.put("s3://assets/scripts/orders.py", "print('edited')")
    capsys.readouterr()
    assert _run(project) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "Same definition, but the script there is not the one that the graph gives" in shown
    assert len(aws.updates) == 2
    assert _run(project) == ExitCode.DONE
    assert len(aws.updates) == 2


def test_a_script_that_may_not_be_read_is_a_note(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.add(job)
    aws.refusals["S3"] = ["AccessDenied"] * 3
    assert _run(project) == ExitCode.DONE
    assert "NOTE The script was not compared: this role may not read" in capsys.readouterr().out
    assert _run(project) == ExitCode.DONE
    assert "NOTE The script was not compared" in capsys.readouterr().out
    assert len(aws.updates) == 1


def test_throttling_is_retried_up_to_the_limit(
    aws: Any, project: Path, job: glue_studio.Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.add(job)
    aws.refusals["GetJob"] = ["ThrottlingException"]
    aws.refusals["UpdateJob"] = ["ThrottlingException"]
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert _run(project) == ExitCode.DONE
    assert aws.calls.count("UpdateJob") == 2


def test_throttling_without_end_is_told(
    aws: Any,
    project: Path,
    job: glue_studio.Job,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws.add(job)
    aws.refusals["GetJob"] = ["ThrottlingException"] * 9
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert _run(project) == ExitCode.UNABLE
    assert "AWS throttled the call for too long" in capsys.readouterr().err
    assert aws.calls.count("GetJob") == 2


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        ("GetJob", "AccessDeniedException", "glue:GetJob of orders: AWS denied the call"),
        ("GetTags", "AccessDeniedException", "glue:GetTags of orders: AWS denied the call"),
        ("UpdateJob", "AccessDeniedException", "glue:UpdateJob of orders: AWS denied the call"),
        ("GetJob", "ExpiredTokenException", "The AWS credentials have expired: sign in again."),
        ("GetJob", "UnrecognizedClientException", "The AWS credentials are not valid"),
        ("UpdateJob", "ConcurrentModificationException", "run the command again."),
        ("UpdateJob", "InvalidInputException", "InvalidInputException: InvalidInputException it"),
        ("S3", "InvalidAccessKeyId", "The AWS credentials are not valid"),
    ],
)
def test_each_refusal_is_one_line(
    aws: Any,
    project: Path,
    job: glue_studio.Job,
    operation: str,
    code: str,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws.add(job)
    aws.refusals[operation] = [code]
    assert _run(project) == ExitCode.UNABLE
    error = capsys.readouterr().err
    assert error.startswith("ERROR ")
    assert error.count("\n") == 1
    assert message in error


def test_without_credentials_or_network_it_says_so(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(project) == ExitCode.UNABLE
    assert "AWS cannot be reached" in capsys.readouterr().err
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    assert _run(project) == ExitCode.UNABLE
    assert "No AWS credentials were found" in capsys.readouterr().err
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    assert _run(project) == ExitCode.UNABLE
    assert "No AWS region is set" in capsys.readouterr().err


def test_a_wrong_number_of_attempts_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "many")
    assert _run(project) == ExitCode.USAGE
    assert "AWS_MAX_ATTEMPTS is 'many'" in capsys.readouterr().err


def test_one_job_that_fails_does_not_keep_the_next_from_being_published(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.add(job)
    path = project / "glue_studio_json" / "orders.json"
    text = path.read_text(encoding="utf-8").replace(
        '"Name": "orders",\n  "JobMode"', '"Name": "a",\n  "JobMode"'
    )
    (path.parent / "a.json").write_text(text, encoding="utf-8")
    assert _run(project) == ExitCode.UNABLE
    captured = capsys.readouterr()
    assert "ERROR a is not deployed" in captured.err
    assert captured.out.startswith("orders: updated")


def test_a_job_whose_text_is_not_known_is_published_without_comparing(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "glue_studio_json" / "orders.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["CodeGenConfigurationNodes"]["node-1"] = {
        "SnowflakeSource": {"Name": "orders", "Data": {"SourceType": "table"}}
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    aws.add(job)
    aws.writes_script = False
    assert _run(project) == ExitCode.DONE
    assert (
        "NOTE The script was not compared: node node-1 (SnowflakeSource" in capsys.readouterr().out
    )
    assert _run(project) == ExitCode.DONE
    assert len(aws.updates) == 1


def test_a_graph_without_a_script_is_not_published(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "glue_studio_json" / "orders.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["CodeGenConfigurationNodes"]["node-2"]["SparkSQL"]["Inputs"] = ["node-7"]
    path.write_text(json.dumps(document), encoding="utf-8")
    aws.add(job)
    assert _run(project) == ExitCode.UNABLE
    assert aws.updates == []
    assert "node-7" in capsys.readouterr().err


def test_what_holds_for_every_job_is_told_once(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "glue_studio_json" / "orders.json"
    text = path.read_text(encoding="utf-8").replace(
        '"Name": "orders",\n  "JobMode"', '"Name": "a",\n  "JobMode"'
    )
    (path.parent / "a.json").write_text(text, encoding="utf-8")
    for verb in ("publish", "drift"):
        aws.refusals["GetJob"] = ["ExpiredTokenException"] * 2
        assert main([verb, "--project", str(project)]) == ExitCode.UNABLE
        assert capsys.readouterr().err == (
            "ERROR glue:GetJob of a: The AWS credentials have expired: sign in again.\n"
        )


@pytest.mark.parametrize("verb", ["publish", "drift"])
def test_credentials_of_another_account_send_nothing(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    aws.add(job)
    command = [verb, "--project", str(project), "--account", "999999999999"]
    assert main(command) == ExitCode.UNABLE
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "are of account 123456789012 (arn:aws:iam::123456789012:user/x)" in error
    assert "account 999999999999 is meant: nothing was sent" in error
    assert aws.calls == ["GetCallerIdentity"]


def test_the_account_and_region_that_are_meant_are_used(
    aws: Any, project: Path, job: glue_studio.Job
) -> None:
    aws.add(job)
    assert _run(project, "--account", "123456789012", "--region", "eu-west-1") == ExitCode.DONE
    assert aws.calls[0] == "GetCallerIdentity"
    assert {region for _, region in aws.callers} == {"eu-west-1"}
    assert "UpdateJob" in aws.calls


def test_a_role_is_assumed_and_its_account_is_what_counts(
    aws: Any, project: Path, job: glue_studio.Job, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.add(job)
    role = "arn:aws:iam::210987654321:role/publisher"
    assert _run(project, "--assume-role", role, "--account", "210987654321") == ExitCode.DONE
    assert aws.calls[:2] == ["AssumeRole", "GetCallerIdentity"]
    assert {key for key, _ in aws.callers} == {ASSUMED}
    aws.calls.clear()
    assert _run(project, "--assume-role", role, "--account", "123456789012") == ExitCode.UNABLE
    assert "are of account 210987654321" in capsys.readouterr().err
    assert aws.calls == ["AssumeRole", "GetCallerIdentity"]
    aws.refusals["AssumeRole"] = ["AccessDenied"]
    assert _run(project, "--assume-role", role) == ExitCode.UNABLE
    assert f"sts:AssumeRole of {role}" in capsys.readouterr().err


def test_the_credentials_are_those_of_a_profile(
    aws: Any,
    project: Path,
    job: glue_studio.Job,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws.add(job)
    credentials = tmp_path / "credentials"
    credentials.write_text("[etl]\naws_access_key_id = PROFILEKEY\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    assert _run(project, "--profile", "etl") == ExitCode.DONE
    assert {key for key, _ in aws.callers} == {"PROFILEKEY"}
    assert _run(project, "--profile", "other") == ExitCode.UNABLE
    assert "other" in capsys.readouterr().err
    assert _run(project, "--account", "12") == ExitCode.USAGE
    assert "'12' is not an account id of 12 digits" in capsys.readouterr().err
