"""Whether a deployed job is still what its file says: graph, settings and generated script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glue_studio.aws import Clients
from glue_studio.deployed import read_deployed, read_script
from glue_studio.diff import JobDiff, diff_nodes, diff_settings
from glue_studio.generate import generate_script
from glue_studio.model import Job
from glue_studio.publish import merged, update_members
from glue_studio.scripts import same_script, script_diff


@dataclass(frozen=True)
class Drift:
    """What differs between a job's file and the job as deployed.

    Attributes:
        job: The job's name.
        missing: The job is not deployed at all.
        diff: What someone did to the deployed job: from the file to what is deployed. Settings
            that the file does not name belong to the deployment and are not compared.
        script: A unified diff from the script that the graph gives to the one deployed, or why
            there is none; empty where they are the same.
        unknown: What could not be compared and why, one sentence each.
    """

    job: str
    missing: bool
    diff: JobDiff
    script: str
    unknown: tuple[str, ...]

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
    expected = generate_script(job)
    deployed = read_deployed(clients, job.name)
    if deployed is None:
        return Drift(job.name, missing=True, diff=_NONE, script="", unknown=())
    wanted = merged(job, deployed.job, update_members(clients))
    wanted.pop("CodeGenConfigurationNodes")
    settings = diff_settings(wanted, _comparable(deployed.job.settings, wanted))
    diff = JobDiff(settings, *diff_nodes(job.nodes, deployed.job.nodes))
    location = deployed.script_location
    script = read_script(clients, location)
    if script.denied:
        unknown = (f"The script was not compared: {script.problem}.",)
        return Drift(job.name, missing=False, diff=diff, script="", unknown=unknown)
    if script.text is None:
        difference = script.problem
    elif same_script(expected, script.text):
        difference = ""
    else:
        difference = script_diff(expected, script.text, "as the graph gives it", location)
    return Drift(job.name, missing=False, diff=diff, script=difference, unknown=())


def _comparable(deployed: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The deployed settings that publishing would send: not the sizes that Glue works out."""
    return {key: value for key, value in deployed.items() if key in wanted}
