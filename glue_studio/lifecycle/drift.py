"""Whether a deployed job is still what its file says: graph, settings and generated script."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from glue_studio.aws import Clients
from glue_studio.lifecycle.deployed import read_deployed, read_script
from glue_studio.lifecycle.diff import JobDiff, diff_nodes, diff_settings
from glue_studio.lifecycle.publish import expected_script, merged, update_members
from glue_studio.model import Job
from glue_studio.script.compare import same_script, script_diff


@dataclass(frozen=True)
class Drift:
    """What differs between a job's file and the job as deployed.

    Attributes:
        job: the job's name.
        missing: the job is not deployed at all.
        diff: what someone did to the deployed job: from the file to what is deployed. Settings
            that the file does not name belong to the deployment and are not compared.
        script: a unified diff from the script that the graph gives to the one deployed, or why
            there is none; empty where they are the same.
        notes: what cannot be compared by anyone, one sentence each.
        unknown: what could not be compared this time and why, one sentence each.
    """

    job: str
    missing: bool
    diff: JobDiff
    script: str = ""
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether anything differs."""
        return self.missing or bool(self.diff) or bool(self.script)


_NONE = JobDiff((), (), (), ())


def find_drift(job: Job, clients: Clients) -> Drift:
    """Compare a job's file with the deployed job.

    Raises:
        AwsError: AWS refused or did not answer.
        GraphError: no script can be generated from the file's graph.
    """
    expected, notes = expected_script(job)
    deployed = read_deployed(clients, job.name)
    if deployed is None:
        return Drift(job.name, missing=True, diff=_NONE)
    wanted = merged(job, deployed.job, update_members(clients))
    wanted.pop("CodeGenConfigurationNodes")
    settings = diff_settings(wanted, _comparable(deployed.job.settings, wanted))
    diff = JobDiff(settings, *diff_nodes(job.nodes, deployed.job.nodes))
    found = Drift(job.name, missing=False, diff=diff, notes=notes)
    if expected is None:
        return found
    script = read_script(clients, deployed.script_location)
    if script.denied:
        return replace(found, unknown=(f"The script was not compared: {script.problem}.",))
    if script.text is None:
        return replace(found, script=script.problem)
    if same_script(expected, script.text):
        return found
    location = deployed.script_location
    return replace(
        found, script=script_diff(expected, script.text, "as the graph gives it", location)
    )


def _comparable(deployed: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The deployed settings that publishing would send: not the sizes that Glue works out."""
    return {key: value for key, value in deployed.items() if key in wanted}
