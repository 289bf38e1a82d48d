"""A job as AWS Glue has it: its definition, and the script that Glue generated for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from common.s3 import S3Uri, S3UriError
from glue_studio.aws import AwsError, Clients, plain_errors
from glue_studio.model import Job, parse_nodes, section

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of GetJob's answer, not of the job's definition.
_NOT_SETTINGS = {"Name", "CreatedOn", "LastModifiedOn", "CodeGenConfigurationNodes", "ProfileName"}


@dataclass(frozen=True)
class Deployed:
    """A job as GetJob shows it.

    Attributes:
        job: settings as GetJob gives them, without the times of its creation and last change.
        unknown: what Glue's answer holds and this version of botocore does not know, nested as in
            the answer; to be sent back untouched, since UpdateJob replaces everything.
    """

    job: Job
    unknown: Mapping[str, Any]

    @property
    def script_location(self) -> str:
        """The S3 URI of the job's script, empty where there is none."""
        return str(section(self.job.settings, "Command").get("ScriptLocation") or "")


@dataclass(frozen=True)
class Script:
    """What is at a job's ScriptLocation.

    Attributes:
        text: the script; None where it could not be read.
        version: changes whenever the object is written; empty where there is none.
        problem: why there is no text: one sentence without a full stop.
        denied: whether the reason is a missing permission.
    """

    text: str | None
    version: str = ""
    problem: str = ""
    denied: bool = False


def read_deployed(clients: Clients, name: str) -> Deployed | None:
    """The job as deployed, or None where there is none.

    Raises:
        AwsError: Glue could not be asked.
        GraphError: the deployed graph is broken.
    """
    raw: dict[str, Any] = {}

    def remember(response_dict: Mapping[str, Any], **_: Any) -> None:
        raw.clear()
        raw.update(_parsed(response_dict.get("body")))

    events = clients.glue.meta.events
    events.register("before-parse.glue.GetJob", remember)
    try:
        with plain_errors(f"glue:GetJob of {name}"):
            try:
                answer = clients.glue.get_job(JobName=name)
            except clients.glue.exceptions.EntityNotFoundException:
                return None
    finally:
        events.unregister("before-parse.glue.GetJob", remember)
    definition = cast("dict[str, Any]", answer["Job"])
    settings = {key: value for key, value in definition.items() if key not in _NOT_SETTINGS}
    nodes = parse_nodes(definition.get("CodeGenConfigurationNodes") or {})
    unknown = _unknown(raw.get("Job", {}), definition)
    return Deployed(Job(name, settings, nodes), unknown)


def read_script(clients: Clients, location: str) -> Script:
    """The script at a job's ScriptLocation.

    Raises:
        AwsError: S3 could not be asked; a missing object or permission is not an error here.
    """
    try:
        place = S3Uri.parse_object(location)
    except S3UriError:
        return Script(None, problem=f"the job's ScriptLocation {location!r} is not an S3 object")
    from botocore.exceptions import ClientError  # noqa: PLC0415 - boto3 is loaded on use only

    from common import aws  # noqa: PLC0415 - the same

    with plain_errors(f"s3:GetObject of {location}"):
        try:
            answer = clients.s3.get_object(Bucket=place.bucket, Key=place.key)
            content = answer["Body"].read()
        except ClientError as error:
            if aws.code(error) in ("NoSuchKey", "NoSuchBucket", "404"):
                return Script(None, problem=f"there is no script at {location}")
            if aws.refusal(error) in {aws.Refusal.DENIED, aws.Refusal.KEY}:
                problem = f"this role may not read {location} (s3:GetObject)"
                return Script(None, problem=problem, denied=True)
            raise
    version = f"{answer['ETag']} {answer['LastModified']}"
    try:
        return Script(content.decode(), version)
    except UnicodeDecodeError:
        return Script(None, version, problem=f"{location} is not UTF-8 text")


def update_job(
    clients: Clients, name: str, update: dict[str, Any], unknown: Mapping[str, Any]
) -> None:
    """Replace a job's definition, sending back what `read_deployed` did not know.

    Raises:
        AwsError: Glue refused.
    """

    def add_unknown(params: dict[str, Any], **_: Any) -> None:
        body = json.loads(params["body"])
        _fill(body["JobUpdate"], unknown)
        params["body"] = json.dumps(body).encode()

    events = clients.glue.meta.events
    if unknown:
        events.register("before-call.glue.UpdateJob", add_unknown)
    try:
        with plain_errors(f"glue:UpdateJob of {name}"):
            clients.glue.update_job(JobName=name, JobUpdate=cast("Any", update))
    finally:
        if unknown:
            events.unregister("before-call.glue.UpdateJob", add_unknown)


def _parsed(body: Any) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (TypeError, ValueError) as error:
        raise AwsError("Glue's answer to GetJob is not JSON; check AWS_ENDPOINT_URL.") from error
    return document if isinstance(document, dict) else {}


def _unknown(raw: Any, known: Any) -> dict[str, Any]:
    """The members of `raw` that are not in `known`, nested alike; the graph is left out."""
    found: dict[str, Any] = {}
    for key, value in _members(raw):
        if key == "CodeGenConfigurationNodes" or value is None:
            continue
        if key not in known:
            found[key] = value
        elif isinstance(known[key], Mapping) and (inner := _unknown(value, known[key])):
            found[key] = inner
    return found


def _members(value: Any) -> "Iterator[tuple[str, Any]]":
    return iter(value.items() if isinstance(value, Mapping) else ())


def _fill(target: dict[str, Any], source: Mapping[str, Any]) -> None:
    for key, value in source.items():
        if key not in target:
            target[key] = value
        elif isinstance(target[key], dict) and isinstance(value, Mapping):
            _fill(target[key], value)
