"""What the lakehouse must hold: a TOML file, read, checked and learned.

The file's format is told in docs/validation.md and by its first example, athena_sql/expectations.toml.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from common.command import UsageError
from validation.model import Funnel, Lane, Report
from validation.pipeline import is_identifier

FILE = Path("athena_sql") / "expectations.toml"
VERSION = 1
_MEMBERS = {
    "version": int,
    "description": str,
    "counts": dict,
    "accepted": dict,
    "privacy": dict,
    "freshness": dict,
    "groups": dict,
    "funnel": dict,
}


# Sections that are about the pipeline, whatever its data, and what they become.
_RULES = {
    "privacy": ("personal_columns", "tables_without_personal_columns"),
    "freshness": ("max_age_hours",),
    "groups": ("group_titles",),
    "funnel": ("funnel",),
}


class ExpectationsError(UsageError):
    """The expectations file cannot be used; the text names the file and the member."""


@dataclass(frozen=True)
class Expectations:
    """What the lakehouse must hold.

    Attributes:
        description: what these are the expectations of.
        counts: rows by table.
        accepted: known breaches by check id.
        personal_columns: columns that tell who somebody is.
        tables_without_personal_columns: the tables that must have none of them.
        max_age_hours: how old the newest object of a table may be; 0 sets no limit.
        group_titles: the headings of groups of checks, where their names do not say enough.
        funnel: what the report shows of the rows on their way, if anything.
    """

    description: str
    counts: Mapping[str, int]
    accepted: Mapping[str, int] = field(default_factory=dict)
    personal_columns: tuple[str, ...] = ()
    tables_without_personal_columns: tuple[str, ...] = ()
    max_age_hours: float = 0
    group_titles: Mapping[str, str] = field(default_factory=dict)
    funnel: Funnel | None = None

    def require(self, checks: Iterable[str]) -> None:
        """Refuse expectations that accept breaches of a check that does not exist.

        Raises:
            ExpectationsError: they do.
        """
        if unknown := self.accepted.keys() - set(checks):
            raise ExpectationsError(
                f"The expectations accept breaches of {', '.join(sorted(unknown))}, which is not "
                "a check of athena_sql/checks: correct the id under [accepted], or take it out."
            )


def load(path: Path, rules: Expectations | None = None) -> Expectations:
    """Read a file of expectations.

    Args:
        path: the file.
        rules: what holds of the pipeline where the file does not say (privacy, freshness, headings
            and funnel); counts and accepted breaches are of the data, and always the file's own.

    Raises:
        ExpectationsError: the file cannot be read, or is not one of expectations.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ExpectationsError(
            f"There is no expectations file {path}: --learn {path} writes one from a run that you accept."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ExpectationsError(f"The expectations file {path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ExpectationsError(f"The expectations file {path} is not TOML: {error}.") from error
    found = _Reader(path).expectations(values)
    if rules is None:
        return found
    missing = {
        member: getattr(rules, member)
        for section, members in _RULES.items()
        for member in members
        if section not in values
    }
    # In the pipeline's own order, whatever that of the file.
    order = dict.fromkeys((*rules.counts, *found.counts))
    counts = {name: found.counts[name] for name in order if name in found.counts}
    return replace(found, counts=counts, **missing)


def learned(report: Report, before: Expectations) -> Expectations:
    """The expectations that this report would meet: its counts, and its known breaches.

    Raises:
        ExpectationsError: a count could not be evaluated; half a file would expect too little.
    """
    unknown = [
        check.id for check in report.checks if check.group == "count" and check.actual is None
    ]
    if unknown or not report.counts:
        raise ExpectationsError(
            "Nothing was learned: "
            + (
                f"{', '.join(unknown)} could not be evaluated."
                if unknown
                else "no table was counted."
            )
        )
    accepted = {
        check.id: check.actual
        for check in report.checks
        if check.severity == "warning" and isinstance(check.actual, int) and check.actual > 0
    }
    return replace(
        before,
        description=f"Learned from run {report.identity.run_id}",
        counts=dict(report.counts),
        accepted=accepted,
    )


def to_toml(expectations: Expectations) -> str:
    """The file that `load` reads back as the same expectations."""
    counts = "\n".join(f"{name} = {rows}" for name, rows in expectations.counts.items())
    accepted = "\n".join(f'"{name}" = {rows}' for name, rows in expectations.accepted.items())
    titles = "\n".join(
        f"{_toml_text(name)} = {_toml_text(title)}"
        for name, title in expectations.group_titles.items()
    )
    return (
        f"version = {VERSION}\n"
        f"description = {_toml_text(expectations.description)}\n"
        f"\n[counts]\n{counts}\n"
        f"\n[accepted]\n{accepted}\n"
        f"\n[privacy]\n"
        f"personal_columns = {_toml_list(expectations.personal_columns)}\n"
        f"tables = {_toml_list(expectations.tables_without_personal_columns)}\n"
        f"\n[freshness]\nmax_age_hours = {expectations.max_age_hours:g}\n"
        + (f"\n[groups]\n{titles}\n" if titles else "")
        + (_toml_funnel(expectations.funnel) if expectations.funnel else "")
    )


def _toml_funnel(funnel: Funnel) -> str:
    lanes = (
        f"\n[[funnel.lanes]]\ntitle = {_toml_text(lane.title)}\nsteps = [\n"
        + "".join(f"    {_toml_list(step)},\n" for step in lane.steps)
        + "]\n"
        for lane in funnel.lanes
    )
    return f"\n[funnel]\ntitle = {_toml_text(funnel.title)}\n{''.join(lanes)}"


def _toml_list(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_toml_text, texts)) + "]"


def _toml_text(text: str) -> str:
    # A string of JSON is one of TOML, but for DEL.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@dataclass(frozen=True)
class _Reader:
    path: Path

    def expectations(self, values: Mapping[str, Any]) -> Expectations:
        for name, value in values.items():
            if name not in _MEMBERS:
                raise self._error(f"has a member {name!r} that means nothing")
            if not isinstance(value, _MEMBERS[name]):
                raise self._error(f"needs {name} to be a {_MEMBERS[name].__name__}")
        if values.get("version") != VERSION:
            raise self._error(f"must say version = {VERSION}")
        if not values.get("counts"):
            raise self._error("has no [counts]")
        privacy = self._known(values, "privacy", {"personal_columns", "tables"})
        freshness = self._known(values, "freshness", {"max_age_hours"})
        max_age = freshness.get("max_age_hours", 0)
        if isinstance(max_age, bool) or not isinstance(max_age, int | float) or max_age < 0:
            raise self._error("needs freshness.max_age_hours to be a number of hours, 0 or more")
        return Expectations(
            description=values.get("description", self.path.stem),
            counts=self._numbers(values, "counts"),
            accepted=self._numbers(values, "accepted"),
            personal_columns=self._names(privacy, "personal_columns"),
            tables_without_personal_columns=self._names(privacy, "tables"),
            max_age_hours=float(max_age),
            group_titles=self._titles(values),
            funnel=self._funnel(values),
        )

    def _known(self, values: Mapping[str, Any], section: str, names: set[str]) -> dict[str, Any]:
        members: dict[str, Any] = values.get(section, {})
        for name in members.keys() - names:
            raise self._error(f"has a member {section}.{name} that means nothing")
        return members

    def _numbers(self, values: Mapping[str, Any], section: str) -> dict[str, int]:
        numbers = values.get(section, {})
        for name, number in numbers.items():
            if not is_identifier(name.replace(".", "_")):
                raise self._error(
                    f"has {section}.{name}, which is not the name of a table or a check"
                )
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise self._error(f"needs {section}.{name} to be a whole number, 0 or more")
        return dict(numbers)

    def _names(self, members: Mapping[str, Any], name: str) -> tuple[str, ...]:
        names = members.get(name, [])
        if not isinstance(names, list) or not all(
            isinstance(item, str) and is_identifier(item) for item in names
        ):
            raise self._error(f"needs privacy.{name} to be a list of names")
        return tuple(names)

    def _titles(self, values: Mapping[str, Any]) -> dict[str, str]:
        titles: dict[str, Any] = values.get("groups", {})
        for name, title in titles.items():
            if not isinstance(title, str):
                raise self._error(f"needs groups.{name} to be a heading")
        return titles

    def _funnel(self, values: Mapping[str, Any]) -> Funnel | None:
        if "funnel" not in values:
            return None
        funnel = self._known(values, "funnel", {"title", "lanes"})
        match funnel:
            case {"title": str(title), "lanes": [*lanes]} if lanes:
                return Funnel(title, tuple(self._lane(lane) for lane in lanes))
        raise self._error("needs funnel.title, and [[funnel.lanes]] with title and steps")

    def _lane(self, lane: object) -> Lane:
        match lane:
            case {"title": str(title), "steps": [*steps], **rest} if steps and not rest:
                return Lane(title, tuple(self._step(step) for step in steps))
        raise self._error("needs each of funnel.lanes to have a title and steps, and nothing else")

    def _step(self, step: object) -> tuple[str, str]:
        match step:
            case [str(table), str(label)] if is_identifier(table):
                return table, label
        raise self._error(f"needs each step of the funnel to be [table, what its rows are]: {step}")

    def _error(self, what: str) -> ExpectationsError:
        return ExpectationsError(f"The expectations file {self.path} {what}.")
