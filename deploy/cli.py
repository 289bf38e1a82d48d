"""The commands of `python -m deploy`.

Exit codes: 0 all done and the report passed, 1 a step or the report failed, 2 it could not be
started or evaluated (credentials, tools), 3 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from common import command
from common.command import ExitCode, Parser
from common.progress import Step
from common.project import PROJECT
from deploy import account, terraform, upload, workflow
from deploy.errors import DeployError
from deploy.landing_folder import SOURCES, check_landing_folder, data_folder
from deploy.workflow import JobLines
from validation import pipeline, settings, terraform_outputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deploy.landing_folder import LandingFolder
    from validation.terraform_outputs import TerraformOutputs

_DESCRIPTION = """\
Deploy the lakehouse to the AWS account of this environment and prove it: terraform apply,
landing data, the Glue workflow, the validation report. Each step can be run alone.
"""
_EPILOG = """\
examples:
  python -m deploy all --data ~/data      apply, upload, run, report
  python -m deploy run                    run the workflow and the report again
  python -m deploy destroy                remove everything, data included

exit codes: 0 passed, 1 failed, 2 could not be started or evaluated, 3 usage, 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `arguments` are `sys.argv[1:]` by default."""
    return command.run(
        _parser,
        lambda options: options.run(options, Console(soft_wrap=True, highlight=False)),
        arguments,
        files="A file of the deployment",
        interrupted="Interrupted: what was deployed stays. Run the same command again.",
        verdict_stands=True,
    )


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m deploy",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, run: object, text: str) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        return parser

    everything = add("all", _all, "Apply, upload the landing data, run the workflow, report.")
    applying = add("apply", _apply, "Run terraform init and apply.")
    loading = add("load", _load, "Upload landing data, replacing what is there.")
    running = add("run", _run, "Run the workflow, then the report.")
    removing = add("destroy", _destroy, "Destroy all that Terraform made, the data included.")
    for added in (everything, loading):
        added.add_argument(
            "--data",
            type=data_folder,
            required=added is loading,
            metavar="DIR",
            help="folder with one folder of JSON lines for each table that no job makes, named as "
            "the table without _landing"
            + ("" if added is loading else "; without it the data in the landing bucket is used"),
        )
    for added in (everything, applying, removing):
        added.add_argument(
            "--yes", action="store_true", help="do not ask before changing an AWS account"
        )
    for added in (everything, applying, loading, running, removing):
        settings.add_project_argument(added)
    for added in (everything, running):
        added.add_argument(
            "--out",
            type=Path,
            metavar="DIR",
            help="where the report is written (default: build/report in the project)",
        )
        added.add_argument(
            "--expect",
            type=Path,
            metavar="FILE",
            help="expectations for data of your own (default: expectations.toml in the folder of "
            "--data, else the project's)",
        )
    return parser


def _all(options: argparse.Namespace, console: Console) -> int:
    target = account.current_account()
    landing = _check(options, console) if options.data else None
    _apply_to(target, options, console)
    outputs = _outputs(options)
    if landing is not None:
        _upload(landing, _landing(outputs, options), console)
    else:
        empty = [uri for uri in _landing(outputs, options).values() if not upload.has_objects(uri)]
        if empty:
            raise DeployError(
                f"There is no landing data at {', '.join(empty)}: run it again with --data DIR "
                "(make deploy DATA=DIR). The infrastructure is deployed."
            )
    if landing is not None and options.expect is None:
        options.expect = landing.expectations
    return _run_and_report(target, outputs, options, console)


def _apply(options: argparse.Namespace, console: Console) -> int:
    _apply_to(account.current_account(), options, console)
    return 0


def _load(options: argparse.Namespace, console: Console) -> int:
    account.current_account()
    landing, outputs = _check(options, console), _outputs(options)
    _upload(landing, _landing(outputs, options), console)
    return 0


def _run(options: argparse.Namespace, console: Console) -> int:
    return _run_and_report(account.current_account(), _outputs(options), options, console)


def _destroy(options: argparse.Namespace, console: Console) -> int:
    target = account.current_account()
    _confirm(f"Destroy the lakehouse with all its data in {target}?", target, options)
    _init(options, console)
    with Step(console, "terraform destroy") as step:
        changes = terraform.destroy(step.now, _directory(options))
        step.now(f"{changes.remove} resources destroyed")
    return 0


def _apply_to(target: account.Account, options: argparse.Namespace, console: Console) -> None:
    console.print(f"Deploying to {target}")
    _init(options, console)
    if target.is_local or options.yes:
        _apply_plan(None, options, console)
        return
    with tempfile.TemporaryDirectory() as folder:
        planned = Path(folder) / "plan"
        with Step(console, "terraform plan") as step:
            changes = terraform.plan(planned, step.now, _directory(options))
            step.now(str(changes))
        _confirm(f"Apply to {target} ({changes})?", target, options)
        _apply_plan(planned, options, console)


def _apply_plan(planned: Path | None, options: argparse.Namespace, console: Console) -> None:
    with Step(console, "terraform apply") as step:
        changes = terraform.apply(_Counter(step), planned, _directory(options))
        step.now(f"{changes.add} added, {changes.change} changed, {changes.remove} destroyed")


def _init(options: argparse.Namespace, console: Console) -> None:
    with Step(console, "terraform init"):
        terraform.init(_directory(options))


def _directory(options: argparse.Namespace) -> Path:
    directory: Path = options.project / terraform_outputs.DIRECTORY
    return directory.absolute()


def _check(options: argparse.Namespace, console: Console) -> LandingFolder:
    with Step(console, f"Checking {options.data}") as step:
        landing = check_landing_folder(
            options.data,
            sources={name: SOURCES.get(name, ()) for name in _sources(options)},
            progress=lambda read, size: step.now(f"{read / 1e6:.0f} of {size / 1e6:.0f} MB"),
        )
        step.now(", ".join(f"{lines:,} {source}" for source, lines in landing.lines.items()))
    return landing


def _sources(options: argparse.Namespace) -> Mapping[str, str]:
    """The folder of landing data for each table that no job makes, and the table's name."""
    names = pipeline.load(options.project).uploaded
    found = {name.removesuffix("_landing"): name for name in names}
    # Those whose records are known are told in their own order.
    return {source: found[source] for source in (*SOURCES, *found) if source in found}


def _landing(outputs: TerraformOutputs, options: argparse.Namespace) -> Mapping[str, str]:
    """Where Terraform wants each source of landing data."""
    return outputs.landing_prefixes or {
        source: outputs.tables[name].location for source, name in _sources(options).items()
    }


def _upload(landing: LandingFolder, prefixes: Mapping[str, str], console: Console) -> None:
    sent = 0

    with Step(console, "Uploading the landing data") as step:

        def count(bytes_sent: int) -> None:
            nonlocal sent
            sent += bytes_sent
            step.now(f"{sent / 1e6:.1f} of {landing.bytes / 1e6:.1f} MB")

        done = upload.upload(landing, prefixes, count)
        replaced = f", {done.removed} older removed" if done.removed else ""
        step.now(f"{done.files} files, {done.bytes / 1e6:.1f} MB{replaced}")


def _run_and_report(
    target: account.Account,
    outputs: TerraformOutputs,
    options: argparse.Namespace,
    console: Console,
) -> int:
    with Step(console, f"Running the workflow {outputs.workflow}") as step:
        workflow.run(
            outputs.workflow,
            JobLines(step),
            region=outputs.region,
            poll_seconds=0.5 if target.is_local else 5.0,
        )
    return _validate(options)


def _validate(options: argparse.Namespace) -> int:
    """Run the report as the command that everyone else runs; it prints its own verdict."""
    done = subprocess.run(
        [
            *[sys.executable, "-m", "validation.report"],
            *["--project", str(options.project.absolute())],
            *(["--out", str(options.out.absolute())] if options.out else []),
            *(["--expect", str(options.expect.absolute())] if options.expect else []),
        ],
        env=terraform.environment(),
        cwd=PROJECT,
        check=False,
    )
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        raise DeployError(
            f"The report was killed by {name}: run `make report`.", exit_code=ExitCode.UNABLE
        )
    return done.returncode


def _outputs(options: argparse.Namespace) -> TerraformOutputs:
    # python-terraform finds the program on PATH, and Terraform its configuration, by these.
    os.environ.update(terraform.environment())
    return terraform_outputs.read(_directory(options))


def _confirm(question: str, target: account.Account, options: argparse.Namespace) -> None:
    if target.is_local or options.yes:
        return
    if not sys.stdin.isatty():
        raise DeployError(
            f"{question} Nobody is there to answer: say --yes (make … YES=1).",
            exit_code=ExitCode.USAGE,
        )
    if input(f"{question} [y/N] ").strip().lower() not in {"y", "yes"}:
        raise DeployError("Nothing was changed.", exit_code=ExitCode.INTERRUPTED)


class _Counter:
    """Counts the resources that Terraform has finished with."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._done = 0

    def __call__(self, event: str) -> None:
        verb, _, address = event.partition(" ")
        if verb == "apply_complete":
            self._done += 1
            self._step.now(f"{self._done} resources, {address}")
