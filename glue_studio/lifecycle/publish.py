"""Publishing a job: the graph and the settings of its file, merged with what is deployed.

UpdateJob replaces the whole definition, so every field has one owner. The job file owns the graph
and the settings that it names, key by key; the deployment (Terraform) owns the role, the script's
location, tags, and every setting and argument that the file does not name.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from glue_studio.aws import Clients, plain_errors
from glue_studio.errors import GlueStudioError, UnsupportedNodeError
from glue_studio.lifecycle.deployed import Deployed, Script, read_deployed, read_script, update_job
from glue_studio.lifecycle.diff import JobDiff, diff_nodes, diff_settings
from glue_studio.model import Job, dump_nodes, section
from glue_studio.script.compare import same_script, script_diff
from glue_studio.script.generate import generate_script

TAG = "glue-studio"
TAG_VALUE = "managed"
"""The tag of jobs that this tool may change; Terraform sets it on the jobs that it makes."""

SCRIPT_DEADLINE = 60.0
"""Seconds that Glue is given to write the script."""

# Never taken from the file of a job that exists: the deployment's, or not in UpdateJob at all.
_DEPLOYMENTS = ("Role", "Tags", "SourceControlDetails")


class PublishError(GlueStudioError):
    """A job is not published: the message says why and what to do."""


class Action(Enum):
    """What was done."""

    UNCHANGED = "unchanged"
    UPDATED = "updated"
    CREATED = "created"


@dataclass(frozen=True)
class Creation:
    """What a job needs that is not there yet, and that no job file says.

    Attributes:
        role: Name or ARN of the role that the job runs as.
        script_location: S3 URI; one that ends in / gets `<job's name>.py` added.
    """

    role: str
    script_location: str


@dataclass(frozen=True)
class Options:
    """The way to publish.

    Attributes:
        dry_run: say what would be done, and do nothing.
        adopt: take over jobs without our tag, and tag them.
        creation: for jobs that do not exist; without it they are an error.
        deadline: seconds to wait for the script.
    """

    dry_run: bool = False
    adopt: bool = False
    creation: Creation | None = None
    deadline: float = SCRIPT_DEADLINE


@dataclass(frozen=True)
class Published:
    """What publishing one job did.

    Attributes:
        action: what was done, or would be in a dry run.
        diff: what changed in the definition.
        notes: what else a person should know, one sentence each.
        problem: why the script is not the one that the graph gives, with a diff where there is
            one; empty where it is.
    """

    job: str
    action: Action
    diff: JobDiff
    notes: tuple[str, ...]
    problem: str = ""


Progress = Callable[[str], None]


def publish(job: Job, clients: Clients, options: Options, progress: Progress) -> Published:
    """Make the deployed job what its file says, and see that Glue wrote the script we expect.

    Raises:
        PublishError: the job does not exist, or is not ours.
        AwsError: AWS refused or did not answer.
        GraphError: no script can be generated from the graph; nothing was published.
    """
    expected, unknown_text = expected_script(job)
    deployed = read_deployed(clients, job.name)
    if deployed is None:
        return _create(job, expected, unknown_text, clients, options, progress)
    notes = _claim(job.name, clients, options)
    notes += _left_alone(job, deployed) + unknown_text
    update = merged(job, deployed.job, update_members(clients))
    diff = _difference(deployed.job, job, update)
    before = None if expected is None else read_script(clients, deployed.script_location)
    if not diff:
        reason = _stale(before, expected)
        if not reason:
            return Published(job.name, Action.UNCHANGED, diff, (*notes, *_denied_note(before)))
        notes += (f"Same definition, but {reason}: published again, so that Glue rewrites it.",)
    if options.dry_run:
        return Published(job.name, Action.UPDATED, diff, notes)
    update_job(clients, job.name, update, deployed.unknown)
    if expected is None or before is None:
        return Published(job.name, Action.UPDATED, diff, notes)
    problem, more = _await_script(
        clients, deployed.script_location, expected, before, options.deadline, progress
    )
    return Published(job.name, Action.UPDATED, diff, notes + more, problem)


def expected_script(job: Job) -> tuple[str | None, tuple[str, ...]]:
    """The script that Glue should write; None with a note where the text of a node is not known.

    Raises:
        GraphError: the graph is broken, so that Glue would write none either.
    """
    try:
        return generate_script(job), ()
    except UnsupportedNodeError as error:
        return None, (f"The script was not compared: {error}",)


def merged(job: Job, deployed: Job, members: frozenset[str]) -> dict[str, Any]:
    """The JobUpdate that gives a deployed job the graph and settings of its file.

    Args:
        job: as in the file.
        deployed: as GetJob shows it.
        members: what JobUpdate takes.
    """
    update = {key: value for key, value in deployed.settings.items() if key in members}
    for key, value in _wanted(job).items():
        if key in members:
            update[key] = _overlaid(update.get(key), value)
    update["JobMode"] = "VISUAL"
    update["CodeGenConfigurationNodes"] = dump_nodes(job.nodes)
    return _one_capacity(update, job.settings)


def update_members(clients: Clients) -> frozenset[str]:
    """The members of a job's definition that UpdateJob takes, from botocore's own model."""
    return frozenset(clients.glue.meta.service_model.shape_for("JobUpdate").members)  # type: ignore[attr-defined]


def _wanted(job: Job) -> dict[str, Any]:
    """The settings of the file that count for a job that exists."""
    settings = {key: value for key, value in job.settings.items() if key not in _DEPLOYMENTS}
    command = settings.get("Command")
    if isinstance(command, Mapping):
        settings["Command"] = {k: v for k, v in command.items() if k != "ScriptLocation"}
    return {key: value for key, value in settings.items() if value is not None}


def _overlaid(below: Any, above: Any) -> Any:
    """`above` laid over `below`, key by key in objects; lists and values are replaced whole."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **{key: _overlaid(below.get(key), value) for key, value in above.items()}}
    return above


def _one_capacity(update: dict[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The update with one of the three ways in which GetJob shows a job's size; it takes one."""
    without = {"AllocatedCapacity"}
    if "MaxCapacity" in wanted and "WorkerType" not in wanted:
        without |= {"WorkerType", "NumberOfWorkers"}
    elif update.get("WorkerType"):
        without.add("MaxCapacity")
    return {key: value for key, value in update.items() if key not in without}


def _difference(deployed: Job, job: Job, update: Mapping[str, Any]) -> JobDiff:
    before = _one_capacity(dict(deployed.settings), job.settings)
    before = {key: value for key, value in before.items() if key in update or key == "JobMode"}
    after = {key: value for key, value in update.items() if key != "CodeGenConfigurationNodes"}
    return JobDiff(diff_settings(before, after), *diff_nodes(deployed.nodes, job.nodes))


def _claim(name: str, clients: Clients, options: Options) -> tuple[str, ...]:
    """See that the job is ours, or make it so.

    Raises:
        PublishError: it is not, and nobody said to adopt it.
    """
    arn = clients.job_arn(name)
    with plain_errors(f"glue:GetTags of {name}"):
        tags = clients.glue.get_tags(ResourceArn=arn).get("Tags", {})
    if tags.get(TAG) == TAG_VALUE:
        return ()
    if not options.adopt:
        raise PublishError(
            f"{name} is deployed but has no tag {TAG}={TAG_VALUE}, so this project did not make it; "
            "nothing was changed. Tag it, or publish with --adopt to take it over."
        )
    if not options.dry_run:
        with plain_errors(f"glue:TagResource of {name}"):
            clients.glue.tag_resource(ResourceArn=arn, TagsToAdd={TAG: TAG_VALUE})
    return (f"Taken over: tagged {TAG}={TAG_VALUE}.",)


def _left_alone(job: Job, deployed: Deployed) -> tuple[str, ...]:
    named = [key for key in _DEPLOYMENTS if job.settings.get(key)]
    if section(job.settings, "Command").get("ScriptLocation"):
        named.append("Command.ScriptLocation")
    notes: tuple[str, ...] = ()
    if named:
        notes += (f"Left as deployed, though the file names it: {', '.join(named)}.",)
    if deployed.unknown:
        names = ", ".join(sorted(deployed.unknown))
        notes += (f"Sent back as they were, being newer than this botocore: {names}.",)
    return notes


def _stale(script: Script | None, expected: str | None) -> str:
    """Why a script must be written again, empty if it need not or cannot be told."""
    if script is None or expected is None or script.denied:
        return ""
    if script.text is None:
        return script.problem
    if same_script(script.text, expected):
        return ""
    return "the script there is not the one that the graph gives"


def _denied_note(script: Script | None) -> tuple[str, ...]:
    if script is None or not script.denied:
        return ()
    return (f"The script was not compared: {script.problem}.",)


def _create(
    job: Job,
    expected: str | None,
    notes: tuple[str, ...],
    clients: Clients,
    options: Options,
    progress: Progress,
) -> Published:
    if options.creation is None:
        raise PublishError(
            f"{job.name} is not deployed in {clients.glue.meta.region_name}; create it with Terraform, "
            "or publish with --role and --script-location to create it here."
        )
    location = options.creation.script_location
    if location.endswith("/"):
        location += f"{job.name}.py"
    definition = {
        **_wanted(job),
        "Name": job.name,
        "Role": options.creation.role,
        "Command": {
            "Name": "glueetl",
            "PythonVersion": "3",
            **section(job.settings, "Command"),
            "ScriptLocation": location,
        },
        "JobMode": "VISUAL",
        "Tags": {**section(job.settings, "Tags"), TAG: TAG_VALUE},
        "CodeGenConfigurationNodes": dump_nodes(job.nodes),
    }
    definition = _one_capacity(definition, job.settings)
    settings = {
        k: v for k, v in definition.items() if k not in ("Name", "CodeGenConfigurationNodes")
    }
    diff = JobDiff(diff_settings({}, settings), *diff_nodes({}, job.nodes))
    if options.dry_run:
        return Published(job.name, Action.CREATED, diff, notes)
    before = None if expected is None else read_script(clients, location)
    with plain_errors(f"glue:CreateJob of {job.name}"):
        clients.glue.create_job(**cast("Any", definition))
    if expected is None or before is None:
        return Published(job.name, Action.CREATED, diff, notes)
    problem, more = _await_script(clients, location, expected, before, options.deadline, progress)
    return Published(job.name, Action.CREATED, diff, notes + more, problem)


def _await_script(
    clients: Clients,
    location: str,
    expected: str,
    before: Script,
    deadline: float,
    progress: Progress,
) -> tuple[str, tuple[str, ...]]:
    """Wait until Glue has written the script: what is wrong with it, and notes.

    Glue writes it some time after it has answered. An object that is there and is not ours may be
    the old one, so only a new version that differs ends the waiting early.
    """
    give_up = time.monotonic() + deadline
    pause = 0.2
    told = False
    while True:
        script = read_script(clients, location)
        if script.denied:
            return "", _denied_note(script)
        if script.text is not None and same_script(script.text, expected):
            return "", ()
        rewritten = script.text is not None and script.version != before.version
        if rewritten or time.monotonic() + pause > give_up:
            break
        if not told:
            progress(f"waiting for Glue to write {location} (at most {deadline:.0f} s)")
            told = True
        time.sleep(pause)
        pause = min(pause * 2, 5.0)
    if script.text is None:
        return f"{script.problem} {deadline:.0f} s after publishing", ()
    how = "wrote another script" if rewritten else f"did not rewrite the script in {deadline:.0f} s"
    comparison = script_diff(script.text, expected, location, "as generate makes it")
    return f"Glue {how} than the graph gives here:\n{comparison}", ()
