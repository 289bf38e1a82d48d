"""python -m validation.history: the runs so far, and what changed between two of them.

Each run's report.json is kept as s3://<results bucket>/validation-history/<environment>/<run id>.json.
Exit codes: 0 shown, 2 the history cannot be read, 3 wrong usage, 130 interrupted.
"""

if __name__ == "__main__":
    from common.command import launch, leave

    launch("validation.history", leave)  # before the imports, in which Ctrl-C is heard, too

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from common import aws, command
from common.command import Parser, UsageError, whole
from common.s3 import S3Uri
from validation import settings
from validation.errors import UnavailableError
from validation.model import SCHEMA_VERSION, HistoryEntry, Outcome, Verdict
from validation.rendering import words
from validation.settings import Settings

PREFIX = "validation-history"
# A sparkline of more runs says no more, and each run is one small download.
RUNS_READ = 30
# An id as validation/evaluate.py makes it; other objects are nobody's run.
_KEPT = re.compile(r"(?P<id>\d{8}T\d{6}Z-[0-9a-f]{8})\.json")


@dataclass(frozen=True)
class Store:
    """The history of one environment; its methods raise boto3's errors, too."""

    bucket: str
    environment: str

    @property
    def prefix(self) -> str:
        """What the keys of its runs begin with."""
        return f"{PREFIX}/{self.environment}/"

    def runs(self, s3: Any, limit: int = RUNS_READ) -> tuple[HistoryEntry, ...]:
        """The last runs, oldest first. What is not a run of this schema is passed over."""
        ids = self.run_ids(s3)[-limit:]
        if not ids:
            return ()
        with ThreadPoolExecutor(max_workers=8) as pool:
            texts = list(pool.map(lambda run_id: self._read(s3, run_id), ids))
        return tuple(entry for text in texts if (entry := _entry(text)) is not None)

    def run_ids(self, s3: Any) -> list[str]:
        """The ids of all runs, oldest first: an id begins with its time."""
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        names = (item["Key"] for page in pages for item in page.get("Contents", ()))
        return sorted(
            match["id"] for name in names if (match := _KEPT.fullmatch(name, len(self.prefix)))
        )

    def document(self, s3: Any, run_id: str) -> Mapping[str, Any]:
        """A run's report.json.

        Raises:
            UsageError: no run has this id.
            UnavailableError: what is kept is not a report of this schema.
        """
        try:
            text = self._read(s3, run_id)
        except aws.CALL_ERRORS as error:
            if aws.code(error) in {"NoSuchKey", "404"}:
                raise UsageError(
                    f"There is no run {run_id}: `python -m validation.history` lists them."
                ) from error
            raise
        if _entry(text) is None:
            raise UnavailableError(
                f"The kept run {run_id} is not a report, or one of another version than {SCHEMA_VERSION}."
            )
        document: Mapping[str, Any] = json.loads(text)
        return document

    def keep(self, s3: Any, run_id: str, text: str) -> str:
        """Keep a run's report.json, and return its S3 URI."""
        key = f"{self.prefix}{run_id}.json"
        s3.put_object(
            Bucket=self.bucket, Key=key, Body=text.encode(), ContentType="application/json"
        )
        return str(S3Uri(self.bucket, key))

    def _read(self, s3: Any, run_id: str) -> str:
        key = f"{self.prefix}{run_id}.json"
        body: bytes = s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body.decode("utf-8", errors="replace")


def store(of: Settings) -> Store | None:
    """Where a deployment keeps its history; None without a results bucket."""
    return Store(of.results_bucket, of.environment) if of.results_bucket else None


def _entry(text: str) -> HistoryEntry | None:
    try:
        document = json.loads(text)
        if document["schema_version"].split(".")[0] != SCHEMA_VERSION.split(".")[0]:
            return None
        run = document["run"]
        return HistoryEntry(
            run_id=run["run_id"],
            started=datetime.fromisoformat(run["started"]),
            verdict=Verdict(document["verdict"]),
            counts={
                table["name"]: table["rows"]
                for table in document["tables"]
                if table["rows"] is not None
            },
            outcomes={check["id"]: Outcome(check["outcome"]) for check in document["checks"]},
            seconds=float(run["seconds"]),
            bytes_scanned=int(document["summary"]["bytes_scanned"]),
            git_commit=run["git_commit"],
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@dataclass(frozen=True)
class Change:
    """One thing that differs between two runs."""

    what: str
    before: str
    after: str


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two reports: rows of tables, then checks that ended otherwise."""
    return (
        *_differences(_rows(before), _rows(after), "rows of {}"),
        *_differences(_outcomes(before), _outcomes(after), "{}"),
    )


def _rows(document: Mapping[str, Any]) -> dict[str, str]:
    return {table["name"]: words.value(table["rows"]) for table in document.get("tables", ())}


def _outcomes(document: Mapping[str, Any]) -> dict[str, str]:
    return {
        check["id"]: f"{check['outcome'].replace('_', ' ')}: {check['message']}"
        if check["outcome"] != "passed"
        else "passed"
        for check in document.get("checks", ())
    }


def _differences(
    before: Mapping[str, str], after: Mapping[str, str], pattern: str
) -> tuple[Change, ...]:
    return tuple(
        Change(pattern.format(name), before.get(name, "absent"), after.get(name, "absent"))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return its exit code."""
    return command.run(_parser, _history, arguments, once=True)


def _history(options: argparse.Namespace) -> int:
    resolved = settings.resolve(options)
    kept = store(resolved)
    if kept is None:
        raise UsageError("The history is in the results bucket: name it with --results S3-URI.")
    s3 = aws.client(aws.session(resolved.region), "s3")
    try:
        shown = (
            _compared(kept, s3, options.compare)
            if options.compare
            else _listed(kept, s3, options.limit)
        )
    except aws.CALL_ERRORS as error:
        raise UnavailableError(aws.explain(error)) from error
    Console(highlight=False).print(shown)
    return 0


def _listed(kept: Store, s3: Any, limit: int) -> RenderableType:
    entries = kept.runs(s3, limit)
    if not entries:
        return Text(f"No run is kept under s3://{kept.bucket}/{kept.prefix} yet.")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Run", "Verdict", "Commit"):
        # Where it is narrow the verdict is broken, never a number or an id cut.
        table.add_column(title, no_wrap=title != "Verdict")
    for title in ("Rows", "Change", "Took"):
        table.add_column(title, justify="right", no_wrap=True)
    for before, entry in zip((None, *entries), entries, strict=False):
        table.add_row(
            Text(entry.run_id),
            words.VERDICTS[entry.verdict],
            (entry.git_commit or "-")[:10],
            words.value(sum(entry.counts.values()) if entry.counts else None),
            words.signed(_change(before, entry)),
            words.seconds(entry.seconds),
        )
    return table


def _change(before: HistoryEntry | None, after: HistoryEntry) -> int | None:
    """More or fewer rows, in the tables that both runs could count."""
    both = before.counts.keys() & after.counts.keys() if before else ()
    if before is None or not both:
        return None
    return sum(after.counts[name] - before.counts[name] for name in both)


def _compared(kept: Store, s3: Any, names: Sequence[str]) -> RenderableType:
    ids = kept.run_ids(s3)
    before, after = (_named(name, ids) for name in names)
    found = changes(kept.document(s3, before), kept.document(s3, after))
    title = Text(f"{before} -> {after}", style="bold")
    if not found:
        return Group(title, "The same rows in every table, the same outcome of every check.")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("What", "Before", "After"):
        table.add_column(heading, overflow="fold")
    for change in found:
        table.add_row(Text(change.what), Text(change.before), Text(change.after))
    return Group(title, table)


def _named(name: str, ids: Sequence[str]) -> str:
    """The run that a user means: `last`, `previous`, or an id or the beginning of one."""
    try:
        if name in {"last", "previous"}:
            return ids[{"last": -1, "previous": -2}[name]]
    except IndexError as error:
        raise UsageError(f"There is no {name} run: {words.count(len(ids), 'run')} kept.") from error
    matches = [run_id for run_id in ids if run_id.startswith(name)]
    if not matches:
        raise UsageError(f"No run begins with {name!r}: `python -m validation.history` lists them.")
    if len(matches) > 1:
        raise UsageError(f"{len(matches)} runs begin with {name!r}: write more of the id.")
    return matches[0]


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m validation.history",
        description="Lists the kept validation runs, or compares two of them.",
        epilog="Exit codes: 0 shown, 2 the history cannot be read, 3 usage, 130 interrupted.",
    )
    parser.add_argument(
        "--compare",
        nargs=2,
        metavar=("BEFORE", "AFTER"),
        help="two runs: ids or beginnings of ids, or `previous` and `last`",
    )
    parser.add_argument(
        "--limit", type=whole, default=RUNS_READ, metavar="N", help=f"runs to list ({RUNS_READ})"
    )
    settings.add_arguments(parser)
    return parser
