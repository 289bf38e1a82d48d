"""The server: where it listens, how it starts and stops, what it says to what it cannot do."""

import base64
import hashlib
import json
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.s3.models import S3Backend, s3_backends

from sandbox import aws_json, environment
from sandbox.errors import AwsError, PortInUseError, SandboxError
from sandbox.server.application import Application, Sandbox
from tests.sandbox.conftest import Client


def test_it_serves_on_loopback_alone(sandbox: Sandbox) -> None:
    port = int(sandbox.endpoint_url.rpartition(":")[2])
    lines = Path("/proc/net/tcp").read_text().splitlines()
    listening = {line.split()[1] for line in lines[1:] if line.split()[3] == "0A"}
    assert f"0100007F:{port:04X}" in listening
    assert f"00000000:{port:04X}" not in listening


def test_any_client_works_with_nothing_but_the_environment(sandbox: Sandbox) -> None:
    assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="from-outside")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["from-outside"]


def test_it_starts_empty_and_leaves_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with Sandbox(state_dir=tmp_path / "state") as running:
            s3 = environment.client("s3", running.endpoint_url)
            assert s3.list_buckets()["Buckets"] == []
            s3.create_bucket(Bucket="some-bucket")
            assert running.state_dir.is_dir()
            assert running.state_dir.parent == tmp_path / "state"
        assert list((tmp_path / "state").iterdir()) == []
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", int(running.endpoint_url.rpartition(":")[2])))


def test_stopping_twice_is_harmless(tmp_path: Path) -> None:
    running = Sandbox(state_dir=tmp_path)
    running.start()
    running.stop()
    running.stop()
    with Sandbox(state_dir=tmp_path):
        pass


def test_a_call_whose_answer_was_lost_is_answered_again(sandbox: Sandbox) -> None:
    athena = environment.client("athena", sandbox.endpoint_url)
    attempts = iter([("one", 1), ("one", 2), ("two", 1), ("three", 1), ("three", 2), ("four", 2)])

    def name(request: Any, **_: Any) -> None:
        call, attempt = next(attempts)
        request.headers["amz-sdk-invocation-id"] = call
        request.headers["amz-sdk-request"] = f"attempt={attempt}; max=2"

    athena.meta.events.register("before-send.athena", name)
    athena.create_work_group(Name="asked-twice")
    athena.create_work_group(Name="asked-twice")
    with pytest.raises(ClientError, match="already"):
        athena.create_work_group(Name="asked-twice")
    athena.delete_work_group(WorkGroup="asked-twice")
    athena.delete_work_group(WorkGroup="asked-twice")
    with pytest.raises(ClientError, match="not found"):
        athena.delete_work_group(WorkGroup="asked-twice")


def test_one_sandbox_a_process(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="already"), Sandbox():
        pass
    assert boto3.client("sts").get_caller_identity()["Account"]


def test_a_busy_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"Port {port} .* in use"), Sandbox(port):
            pass
    with Sandbox(port, tmp_path):  # the failure left nothing behind
        pass


def test_a_port_that_is_none() -> None:
    with pytest.raises(SandboxError, match="99999 is not a port"), Sandbox(99999):
        pass


@pytest.mark.parametrize(
    ("service", "call", "arguments", "named"),
    [
        ("glue", "get_usage_profile", {"Name": "x"}, "glue GetUsageProfile"),
        ("athena", "start_session", {"WorkGroup": "w", "EngineConfiguration": {}}, "StartSession"),
        (
            "iam",
            "get_context_keys_for_custom_policy",
            {"PolicyInputList": ["x"]},
            "get_context_keys_for_custom_policy",
        ),
        ("logs", "list_integrations", {}, "logs ListIntegrations"),
    ],
)
def test_a_call_that_is_not_emulated_fails_at_once_and_by_name(
    client: Client, service: str, call: str, arguments: dict[str, Any], named: str
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client(service), call)(**arguments)
    error = caught.value.response
    assert error["ResponseMetadata"]["RetryAttempts"] == 0
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert error["Error"]["Code"] == "NotImplemented"
    assert named in error["Error"]["Message"]


def _ask(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        (b"{", "SerializationException", "not JSON"),
        (b"[]", "SerializationException", "not a JSON object"),
        # Words that are recorded of Athena (aoyagikouhei/athena-local,
        # docs/dev/measurements/errors.md), whose framework is AWS's own.
        (b"{}", "InvalidInputException", "Value null at 'name' failed to satisfy constraint"),
        (b'{"Name": 7}', "InvalidInputException", "Name"),
        (b'{"Name": null}', "InvalidInputException", "Member must not be null"),
        (
            b'{"Name": "t", "Type": "SOMETIMES", "Actions": []}',
            "InvalidInputException",
            "1 validation error detected: Value at 'type' failed to satisfy constraint",
        ),
        (
            b'{"Name": "t", "Type": "ON_DEMAND", "Actions": [{"Timeout": 0}]}',
            "InvalidInputException",
            "at 'actions.1.member.timeout' failed to satisfy constraint: Member must have value",
        ),
    ],
)
def test_input_that_has_not_its_shape(
    sandbox: Sandbox, body: bytes, code: str, reason: str
) -> None:
    status, answer = _ask(sandbox.endpoint_url, body, {"X-Amz-Target": "AWSGlue.CreateTrigger"})
    assert status == 400
    assert answer["__type"] == code
    assert reason in answer["message"]


def test_names_longer_than_their_shape_allows(client: Client) -> None:
    with pytest.raises(ClientError, match="must have length less than or equal to 255"):
        client("glue").create_workflow(Name="w" * 256)


def test_a_handler_that_breaks_is_an_error_that_is_not_retried() -> None:
    def broken(_parameters: dict[str, Any], _context: aws_json.RequestContext) -> dict[str, Any]:
        raise ZeroDivisionError("by zero")

    service = aws_json.Service("glue", "AWSGlue", "Invalid", {"GetJobs": broken})
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "HTTP_X_AMZ_TARGET": "AWSGlue.GetJobs",
        "wsgi.input": __import__("io").BytesIO(),
    }
    body = Application([service], "http://127.0.0.1:1")(environ, lambda *a: told.append(a[0]))
    assert told == ["501 Not Implemented"]
    assert b"ZeroDivisionError: by zero" in b"".join(body)


def test_moto_breaking_is_told_in_the_protocol_of_the_service(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    from moto.s3.models import S3Backend
    from moto.sns.models import SNSBackend

    def broken(*_: Any, **__: Any) -> None:
        raise KeyError("<x>")

    monkeypatch.setattr(S3Backend, "list_buckets", broken)
    monkeypatch.setattr(SNSBackend, "list_topics", broken)
    for api, call in ((client("s3"), "list_buckets"), (client("sns"), "list_topics")):
        with pytest.raises(ClientError) as caught:
            getattr(api, call)()
        assert caught.value.response["Error"]["Code"] == "InternalFailure"
        assert "KeyError: '<x>'" in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("dictionary changed size during iteration"),
        TypeError("'NoneType' object is not iterable"),  # of a version list that is just removed
    ],
)
def test_what_another_request_changed_meanwhile_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, client: Client, error: Exception
) -> None:
    from moto.s3.models import S3Backend

    client("s3").create_bucket(Bucket="some-bucket")
    real = S3Backend.list_buckets
    asked: list[int] = []

    def disturbed(self: Any, *arguments: Any, **named: Any) -> Any:
        asked.append(1)
        if len(asked) == 1:
            raise error
        return real(self, *arguments, **named)

    monkeypatch.setattr(S3Backend, "list_buckets", disturbed)
    answer = client("s3").list_buckets()
    assert len(answer["Buckets"]) == 1
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_an_error_of_a_handler_is_one_of_the_service() -> None:
    response = aws_json.error_response(AwsError("SomeException", "why", 409))
    assert response.status == 409
    assert json.loads(response.body)["__type"] == "SomeException"


def test_answers_have_epoch_seconds_and_no_nulls() -> None:
    from datetime import UTC, date, datetime

    at = datetime(2026, 1, 1, tzinfo=UTC)
    body = aws_json.respond({"a": at, "b": None, "c": [{"d": None}], "e": date(2026, 1, 2)}).body
    assert json.loads(body) == {"a": at.timestamp(), "c": [{}], "e": "2026-01-02"}
    with pytest.raises(TypeError, match="has no JSON form"):
        aws_json.respond({"a": object()})


def test_tables_and_databases_are_still_moto_s(client: Client) -> None:
    glue = client("glue")
    glue.create_database(DatabaseInput={"Name": "db"})
    glue.create_table(DatabaseName="db", TableInput={"Name": "t"})
    assert [table["Name"] for table in glue.get_tables(DatabaseName="db")["TableList"]] == ["t"]


def test_large_objects_come_whole_in_parts_and_while_replaced(
    client: Client, tmp_path: Path
) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="large-bucket")
    content = bytes(range(256)) * (1 << 16) + b"the end"  # 16 MiB and a little
    s3.put_object(Bucket="large-bucket", Key="a/größe 1", Body=content, Metadata={"x": "y"})
    whole = s3.get_object(Bucket="large-bucket", Key="a/größe 1")
    assert whole["Metadata"] == {"x": "y"}
    assert whole["ContentLength"] == len(content)
    first = whole["Body"].read(1000)
    s3.put_object(Bucket="large-bucket", Key="a/größe 1", Body=b"small now")
    assert first + whole["Body"].read() == content
    s3.put_object(Bucket="large-bucket", Key="b", Body=content)
    part = s3.get_object(Bucket="large-bucket", Key="b", Range=f"bytes={1 << 24}-")
    assert part["ContentRange"] == f"bytes {1 << 24}-{len(content) - 1}/{len(content)}"
    assert part["Body"].read() == b"the end"
    with pytest.raises(ClientError, match="InvalidRange"):
        s3.get_object(Bucket="large-bucket", Key="b", Range=f"bytes={1 << 25}-")
    (tmp_path / "a").write_bytes(content)
    s3.upload_file(str(tmp_path / "a"), "large-bucket", "c")  # in parts, each with its checksum
    s3.download_file("large-bucket", "c", str(tmp_path / "c"))
    assert (tmp_path / "c").read_bytes() == content
    assert s3.get_object(Bucket="large-bucket", Key="c")["Body"].read() == content


def test_only_small_objects_stay_in_memory(client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="many")
    for name, size in {"small": 1 << 10, "medium": 1 << 18, "large": 1 << 20}.items():
        s3.put_object(Bucket="many", Key=name, Body=bytes(size))
        assert s3.get_object(Bucket="many", Key=name)["Body"].read() == bytes(size)
    kept = s3_backends[environment.ACCOUNT_ID]["aws"].buckets["many"].keys
    on_disk = {name: kept[name]._value_buffer._rolled for name in kept}
    assert on_disk == {"small": False, "medium": True, "large": True}


@pytest.mark.parametrize("checksum", [{}, {"ChecksumAlgorithm": "SHA256"}])
def test_a_large_object_sent_at_once_goes_to_a_file(
    client: Client, checksum: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    s3, held = client("s3"), list[int]()
    s3.create_bucket(Bucket="large-bucket")
    put = S3Backend.put_object

    def told(backend: Any, bucket: str, key: str, value: bytes, **others: Any) -> Any:
        held.append(len(value))
        return put(backend, bucket, key, value, **others)

    monkeypatch.setattr(S3Backend, "put_object", told)
    content = bytes(range(256)) * (1 << 13)  # 2 MiB
    where = {"Bucket": "large-bucket", "Key": "a"}

    answer = s3.put_object(**where, Body=content, Tagging="x=y", **checksum)

    assert held == [0]
    assert answer["ETag"] == f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
    got = s3.get_object(**where, ChecksumMode="ENABLED")
    assert got["Body"].read() == content
    assert [got[name] for name in checksum and ["ChecksumSHA256"]] == (
        [base64.b64encode(hashlib.sha256(content).digest()).decode()] if checksum else []
    )
    assert s3.get_object_tagging(**where)["TagSet"] == [{"Key": "x", "Value": "y"}]
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(**where, Body=content[1:], IfNoneMatch="*")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.put_object(Bucket="no-such-bucket", Key="a", Body=content)
    assert s3.head_object(**where)["ContentLength"] == len(content)


@pytest.mark.parametrize("checksum", [{}, {"ChecksumAlgorithm": "SHA256"}])
def test_an_upload_in_parts_is_the_parts_one_after_another(
    client: Client, checksum: dict[str, Any]
) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="parts-bucket")
    where: dict[str, Any] = {"Bucket": "parts-bucket", "Key": "joined"}
    upload = s3.create_multipart_upload(**where, **checksum)["UploadId"]
    contents = [b"a" * (5 << 20), b"b" * (5 << 20), b"", b"c"]
    parts: list[Any] = []
    for number, content in enumerate(contents, 1):
        tag = s3.upload_part(**where, UploadId=upload, PartNumber=number, Body=content)["ETag"]
        parts.append({"PartNumber": number, "ETag": tag})
    wrong = [{**parts[0], "ETag": parts[1]["ETag"]}]
    for named, error in ((parts, "EntityTooSmall"), (wrong, "InvalidPart")):
        with pytest.raises(ClientError, match=error):
            s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": named})
    whole = [parts[0], parts[1], parts[3]]
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": whole})
    digests = b"".join(bytes.fromhex(part["ETag"].strip('"')) for part in whole)
    found = s3.get_object(**where, ChecksumMode="ENABLED")
    assert found["ETag"] == f'"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-3"'
    assert found["Body"].read() == contents[0] + contents[1] + contents[3]
    with pytest.raises(ClientError, match="NoSuchUpload"):
        s3.list_parts(**where, UploadId=upload)


def test_many_clients_at_once(sandbox: Sandbox, client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="busy-bucket")
    failures: list[Exception] = []

    def put(number: int) -> None:
        try:
            for i in range(20):
                s3.put_object(Bucket="busy-bucket", Key=f"{number}/{i}", Body=b"x")
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=put, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert s3.list_objects_v2(Bucket="busy-bucket")["KeyCount"] == 160


def test_log_groups_change_their_key(client: Client) -> None:
    logs = client("logs")
    logs.create_log_group(logGroupName="/g")
    logs.associate_kms_key(logGroupName="/g", kmsKeyId="arn:aws:kms:us-east-1:1:key/k")
    assert logs.describe_log_groups()["logGroups"][0]["kmsKeyId"].endswith("key/k")
    logs.disassociate_kms_key(logGroupName="/g")
    assert "kmsKeyId" not in logs.describe_log_groups()["logGroups"][0]
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.disassociate_kms_key(logGroupName="/none")


def test_a_versioned_bucket_with_delete_markers_empties(client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="versions", Key="k", Body=b"x")
    s3.delete_object(Bucket="versions", Key="k")
    listed = s3.list_object_versions(Bucket="versions")
    for version in (*listed["Versions"], *listed["DeleteMarkers"]):
        s3.delete_object(Bucket="versions", Key="k", VersionId=version["VersionId"])
    s3.delete_bucket(Bucket="versions")
    assert s3.list_buckets()["Buckets"] == []
