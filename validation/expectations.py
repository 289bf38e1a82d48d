"""What the lakehouse must hold: a small TOML file, read, checked and learned.

The file's format is told in docs/validation.md and by its first example, athena_sql/expectations.toml.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from validation.errors import UsageError
from validation.identifiers import is_identifier
from validation.model import Outcome, Report

FILE = Path("athena_sql") / "expectations.toml"
VERSION = 1
_MEMBERS = {
    "version": int,
    "description": str,
    "counts": dict,
    "accepted": dict,
    "privacy": dict,
    "freshness": dict,
}


class ExpectationsError(UsageError):
    """The expectations file cannot be used; the text names the file and the member."""


@dataclass(frozen=True)
class Expectations:
    """Rows by table, accepted breaches by check id, and the two rules that take names.

    `max_age_hours` of 0 sets no limit.
    """

    description: str
    counts: Mapping[str, int]
    accepted: Mapping[str, int] = field(default_factory=dict)
    personal_columns: tuple[str, ...] = ()
    tables_without_personal_columns: tuple[str, ...] = ()
    max_age_hours: float = 0

    def require(self, checks: Iterable[str]) -> None:
        """Raises ExpectationsError if a breach is accepted of a check that there is not."""
        if unknown := self.accepted.keys() - set(checks):
            raise ExpectationsError(
                f"The expectations accept breaches of {', '.join(sorted(unknown))}, which is no "
                "check of athena_sql/checks: correct the id under [accepted], or take it out."
            )


def load(path: Path) -> Expectations:
    """Reads a file of expectations. Raises ExpectationsError."""
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
    return _Reader(path).expectations(values)


def learned(report: Report, before: Expectations) -> Expectations:
    """The expectations that this report would meet: its counts, and its known breaches.

    Raises ExpectationsError when a count could not be evaluated: half a file is no expectation.
    """
    unknown = [
        check.id
        for check in report.checks
        if check.group == "count" and check.outcome is Outcome.NOT_EVALUATED
    ]
    if unknown or not report.counts:
        raise ExpectationsError(
            "Nothing was learned: "
            + (f"{', '.join(unknown)} could not be evaluated." if unknown else "no table counted.")
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
    return (
        f"version = {VERSION}\n"
        f'description = "{expectations.description}"\n'
        f"\n[counts]\n{counts}\n"
        f"\n[accepted]\n{accepted}\n"
        f"\n[privacy]\n"
        f"personal_columns = {_toml_list(expectations.personal_columns)}\n"
        f"tables = {_toml_list(expectations.tables_without_personal_columns)}\n"
        f"\n[freshness]\nmax_age_hours = {expectations.max_age_hours:g}\n"
    )


def _toml_list(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


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
            description=values.get("description", self.path.stem).replace('"', "'"),
            counts=self._numbers(values, "counts"),
            accepted=self._numbers(values, "accepted"),
            personal_columns=self._names(privacy, "personal_columns"),
            tables_without_personal_columns=self._names(privacy, "tables"),
            max_age_hours=float(max_age),
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
                raise self._error(f"has {section}.{name}, which is no name of a table or a check")
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

    def _error(self, what: str) -> ExpectationsError:
        return ExpectationsError(f"The expectations file {self.path} {what}.")
