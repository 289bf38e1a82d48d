from pathlib import Path

import pytest
import sqlglot

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


def test_every_check_of_the_project_is_athena_sql_with_one_column_named_example() -> None:
    for check in load_checks(SQL / "checks"):
        query = sqlglot.parse_one(check.sql, read="athena")
        assert isinstance(query, sqlglot.exp.Query)
        assert query.named_selects == ["example"], check.id
        read = {
            table.name
            for table in query.find_all(sqlglot.exp.Table)
            if table.name not in {cte.alias for cte in query.find_all(sqlglot.exp.CTE)}
        }
        assert read == set(check.tables), check.id
        assert check.of is None or check.of in check.tables, check.id


def test_no_check_shows_a_name_an_address_or_a_phone_number() -> None:
    for check in load_checks(SQL / "checks"):
        query = sqlglot.parse_one(check.sql, read="athena")
        shown = [
            column.name
            for select in query.find_all(sqlglot.exp.Select)
            for item in select.expressions
            if item.alias == "example"
            for column in item.find_all(sqlglot.exp.Column)
        ]
        personal = expectations.load(PROJECT / expectations.FILE).personal_columns
        assert not set(shown) & set(personal), check.id
