from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from validation import expectations
from validation.checks import CheckFileError, load_checks
from validation.model import Severity

PROJECT = Path(__file__).parents[2]
SQL = PROJECT / "athena_sql"
GOOD = """-- id: keys.thing
-- title: Things have a key
-- severity: error
-- why: Without a key
--      nothing joins.
-- remedy: Mend it.
-- tables: thing, other
-- of: thing
SELECT name AS example FROM "thing" WHERE id IS NULL;
"""


def written(folder: Path, text: str, name: str = "check.sql") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_check_is_a_file(tmp_path: Path) -> None:
    (check,) = load_checks(written(tmp_path, GOOD))

    assert check.id == "keys.thing"
    assert check.severity is Severity.ERROR
    assert check.why == "Without a key nothing joins."
    assert check.tables == ("thing", "other")
    assert check.of == "thing"
    assert check.sql == 'SELECT name AS example FROM "thing" WHERE id IS NULL'


SHARED = """-- id: keys.thing
-- title: Things have a key
-- severity: warning
-- why: It joins.
-- remedy: Mend it.
-- tables: thing
-- of: thing
-- id: missing.thing
-- title: No thing is missing
-- severity: error
-- why: It was lost
--      on the way.
-- remedy: Run it again.
-- What both are told from.
SELECT IF(x, 'keys.thing', 'missing.thing') AS check_id, y AS example, 1 AS breaches FROM thing
"""


def test_checks_of_the_same_rows_share_a_file(tmp_path: Path) -> None:
    keys, missing = load_checks(written(tmp_path, SHARED))

    assert (
        (keys.id, missing.id) == keys.sharing == missing.sharing == ("keys.thing", "missing.thing")
    )
    assert keys.sql == missing.sql
    assert keys.sql.startswith("-- What both are told from.\nSELECT")
    assert (keys.severity, missing.severity) == (Severity.WARNING, Severity.ERROR)
    assert (keys.of, missing.of) == ("thing", None)
    assert missing.why == "It was lost on the way."
    assert keys.tables == missing.tables == ("thing",)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("IF(x, 'keys.thing', 'missing.thing')", "'keys.thing'", "differ in 'missing.thing'"),
        ("IF(x, 'keys.thing'", "IF(z, 'keys.other', IF(x, 'keys.thing'", "differ in 'keys.other'"),
        ("-- remedy: Run it again.", "-- remedy: x\n-- tables: other", "tables more than once"),
        ("-- title: No thing is missing\n", "", "has no title"),
        ("-- tables: thing\n", "", "has no tables"),
        ("-- id: missing.thing", "-- id: keys.thing", "the id keys.thing"),
    ],
)
def test_a_bad_file_of_several_checks_is_one_clear_error(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    with pytest.raises(CheckFileError, match=reason):
        load_checks(written(tmp_path, SHARED.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("-- id: keys.thing\n", "", "has no id"),
        ("severity: error", "severity: fatal", "error, warning or info"),
        ("id: keys.thing", "id: keys", "group.name"),
        ("id: keys.thing", "id: keys.thing'; DROP TABLE x", "group.name"),
        ("tables: thing, other", "tables: Thing; x", "not names"),
        ("-- of: thing", "-- off: thing", "says off"),
        (
            'SELECT name AS example FROM "thing" WHERE id IS NULL;',
            "SELECT 1; SELECT 2",
            "one SELECT",
        ),
        ('SELECT name AS example FROM "thing" WHERE id IS NULL;', "", "one SELECT"),
    ],
)
def test_a_bad_check_is_one_clear_error(tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(CheckFileError, match=reason):
        load_checks(written(tmp_path, GOOD.replace(old, new)))


def test_no_check_two_of_one_id_and_unreadable_text_are_errors(tmp_path: Path) -> None:
    with pytest.raises(CheckFileError, match="no checks"):
        load_checks(tmp_path)
    written(tmp_path, GOOD)
    written(tmp_path, GOOD, "again.sql")
    with pytest.raises(CheckFileError, match=r"the id keys\.thing"):
        load_checks(tmp_path)
    (tmp_path / "again.sql").write_bytes(b"\xff\xfe")
    with pytest.raises(CheckFileError, match="cannot be read"):
        load_checks(tmp_path)


def test_every_check_of_the_project_is_athena_sql_with_its_columns() -> None:
    for check in load_checks(SQL / "checks"):
        query = sqlglot.parse_one(check.sql, read="athena")
        assert isinstance(query, sqlglot.exp.Query)
        columns = ["check_id", "example", "breaches"] if check.sharing else ["example"]
        assert query.named_selects == columns, check.id
        read = {
            table.name
            for table in query.find_all(sqlglot.exp.Table)
            if table.name not in {cte.alias for cte in query.find_all(sqlglot.exp.CTE)}
        }
        assert read == set(check.tables), check.id
        assert check.of is None or check.of in check.tables, check.id


def test_no_check_shows_a_name_an_address_or_a_phone_number() -> None:
    personal = set(expectations.load(PROJECT / expectations.FILE).personal_columns)
    for check in load_checks(SQL / "checks"):
        query = sqlglot.parse_one(check.sql, read="athena")
        shown, before = {"example"}, set[str]()
        while shown != before:  # what is shown under another name
            before = set(shown)
            for item in query.find_all(exp.Alias):
                shown |= _values(item.this) if item.alias in shown else set()
            for unnest in query.find_all(exp.Unnest):
                names = [column.name for column in unnest.args["alias"].columns]
                for name, array in zip(names, unnest.expressions, strict=True):
                    shown |= _values(array) if name in shown else set()
        assert not shown & personal, check.id


def _values(node: exp.Expr) -> set[str]:
    """The columns whose values an expression may give: not what it only compares."""
    return {
        column.name
        for column in node.find_all(exp.Column)
        if not isinstance(column.parent, exp.Is | exp.Predicate)
    }


def test_a_personal_column_is_found_under_another_name() -> None:
    assert _values(sqlglot.parse_one("IF(a IS NULL, b, c || 'x')", read="athena")) == {"b", "c"}
