"""A pretended AWS on 127.0.0.1: as much of Glue, S3 and STS as publishing and drift ask for.

Unlike the sandbox it can misbehave: throttle, refuse, answer what botocore does not know, write a
script late or never.
"""

import copy
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

import glue_studio

ASSUMED = "ASSUMEDASSUMED"
"""The access key of whoever assumed a role, which is of another account."""

_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    "<GetCallerIdentityResult><Arn>arn:aws:iam::{0}:user/x</Arn><UserId>x</UserId>"
    "<Account>{0}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
_CREDENTIALS = (
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>'
    f"<Credentials><AccessKeyId>{ASSUMED}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
    "<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
    "</AssumeRoleResult></AssumeRoleResponse>"
)


@dataclass
class FakeAws:
    """What the pretended AWS holds, how it misbehaves, and what it was asked.

    Attributes:
        jobs: job's name to its definition, as GetJob answers it.
        tags: job's name to its tags.
        objects: `bucket/key` to content.
        writes_script: whether an update writes the script of its graph, as Glue does.
        script_of: turns the generated script into what is written.
        refusals: operation to the error codes of its next answers; an operation of S3 is `S3`.
        calls: operations asked for, in order.
        callers: access key and region of each call of Glue.
        updates: bodies of UpdateJob.
    """

    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    writes_script: bool = True
    script_of: Callable[[str], str] = str
    refusals: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    callers: list[tuple[str, str]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)

    def add(self, job: glue_studio.Job, **settings: Any) -> dict[str, Any]:
        """Deploy a job as Terraform leaves it: settings of the file, but no graph."""
        location = f"s3://assets/scripts/{job.name}.py"
        self.jobs[job.name] = {
            "Name": job.name,
            "CreatedOn": 1.0,
            "LastModifiedOn": 1.0,
            "Role": "arn:aws:iam::123456789012:role/etl",
            "MaxCapacity": 2.0,
            "AllocatedCapacity": 2,
            **copy.deepcopy(dict(job.settings)),
            "JobMode": "SCRIPT",
            "Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": location},
            "DefaultArguments": {
                **job.settings.get("DefaultArguments", {}),
                "--TempDir": "s3://assets/temp/",
            },
            **settings,
        }
        self.tags[job.name] = {"glue-studio": "managed", "team": "data"}
        self.put(location, "# Terraform's copy")
        return self.jobs[job.name]

    def put(self, uri: str, content: str) -> None:
        """Write an object; its version changes even where its content does not."""
        key = uri.removeprefix("s3://")
        self.objects[key] = content
        self.versions[key] = self.versions.get(key, 0) + 1

    def answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        """The response of one operation of Glue."""
        if operation == "GetJob":
            return {"Job": self.jobs[body["JobName"]]}
        if operation == "GetTags":
            return {"Tags": self.tags[body["ResourceArn"].rpartition("/")[2]]}
        if operation == "TagResource":
            self.tags[body["ResourceArn"].rpartition("/")[2]].update(body["TagsToAdd"])
            return {}
        if operation == "UpdateJob":
            self.updates.append(body)
            self._store(body["JobName"], body["JobUpdate"])
            return {"JobName": body["JobName"]}
        name = body.pop("Name")
        self.tags[name] = body.pop("Tags", {})
        self._store(name, body)
        return {"Name": name}

    def _store(self, name: str, definition: dict[str, Any]) -> None:
        self.jobs[name] = {"Name": name, "CreatedOn": 1.0, "LastModifiedOn": 2.0, **definition}
        if self.writes_script:
            nodes = glue_studio.parse_nodes(definition["CodeGenConfigurationNodes"])
            script = self.script_of(glue_studio.generate_script(nodes))
            self.put(definition["Command"]["ScriptLocation"], script)


class _Handler(BaseHTTPRequestHandler):
    aws: FakeAws

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        scope = self.headers["Authorization"].partition("Credential=")[2].split("/")
        key, region = scope[0], scope[2]
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if not operation:
            self._answer_sts(parse_qs(body.decode()), key)
            return
        self.aws.calls.append(operation)
        self.aws.callers.append((key, region))
        parsed = json.loads(body)
        code = self._refusal(operation)
        if not code and operation == "GetJob" and parsed["JobName"] not in self.aws.jobs:
            code = "EntityNotFoundException"
        if code:
            answer = {"__type": code, "Message": f"{code} it is"}
            self._send(400, json.dumps(answer), "application/x-amz-json-1.1")
            return
        self._send(
            200, json.dumps(self.aws.answer(operation, parsed)), "application/x-amz-json-1.1"
        )

    def _answer_sts(self, request: dict[str, list[str]], key: str) -> None:
        operation = request["Action"][0]
        self.aws.calls.append(operation)
        code = self._refusal(operation)
        if code:
            error = f"<Code>{code}</Code><Message>{code} it is</Message>"
            self._send(403, f"<ErrorResponse><Error>{error}</Error></ErrorResponse>", "text/xml")
        elif operation == "AssumeRole":
            self._send(200, _CREDENTIALS, "text/xml")
        else:
            account = "210987654321" if key == ASSUMED else "123456789012"
            self._send(200, _IDENTITY.format(account), "text/xml")

    def do_GET(self) -> None:
        self.aws.calls.append("S3")
        key = self.path.lstrip("/").partition("?")[0]
        code = self._refusal("S3")
        if not code and key not in self.aws.objects:
            code = "NoSuchKey"
        if code:
            xml = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
            self._send(403 if "Denied" in code else 404, xml, "application/xml")
            return
        self._send(200, self.aws.objects[key], "text/plain", f'"{self.aws.versions[key]}"')

    def _refusal(self, operation: str) -> str:
        codes = self.aws.refusals.get(operation, [])
        return codes.pop(0) if codes else ""

    def _send(self, status: int, text: str, kind: str, etag: str = "") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if etag:
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def aws(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """An empty pretended AWS that every client of the test talks to."""
    fake = FakeAws()
    handler = type("Handler", (_Handler,), {"aws": fake})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one small job, `orders`."""
    folder = tmp_path / "glue_studio_json"
    folder.mkdir()
    (folder / "orders.json").write_text(json.dumps(ORDERS, indent=2), encoding="utf-8")
    return tmp_path


@pytest.fixture
def job() -> glue_studio.Job:
    """The job of the project."""
    return glue_studio.load(json.dumps(ORDERS))


ORDERS: dict[str, Any] = {
    "Name": "orders",
    "JobMode": "VISUAL",
    "GlueVersion": "5.1",
    "WorkerType": "G.1X",
    "NumberOfWorkers": 2,
    "Timeout": 30,
    "DefaultArguments": {"--job-language": "python"},
    "Command": {"Name": "glueetl", "PythonVersion": "3"},
    "CodeGenConfigurationNodes": {
        "node-1": {"CatalogSource": {"Name": "orders", "Database": "shop", "Table": "orders"}},
        "node-2": {
            "SparkSQL": {
                "Name": "clean",
                "Inputs": ["node-1"],
                "SqlAliases": [{"Alias": "orders", "From": "node-1"}],
                "SqlQuery": "SELECT id\nFROM orders",
            }
        },
        "node-3": {
            "CatalogTarget": {
                "Name": "clean_orders",
                "Inputs": ["node-2"],
                "Database": "shop",
                "Table": "clean_orders",
                "PartitionKeys": [],
            }
        },
    },
}
