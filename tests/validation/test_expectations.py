from dataclasses import replace
from pathlib import Path

import pytest

from common.project import PROJECT
from tests.validation import sample
from validation.expectations import FILE, ExpectationsError, learned, load, to_toml
from validation.model import Outcome, Report

FUNNEL = """version = 1
counts = {a = 1}
funnel = {title = 'x', lanes = [{title = 'y', steps = [['a', 'rows']]}]}
"""


def test_the_published_numbers_are_the_default() -> None:
    seed = load(PROJECT / FILE)

    assert seed.counts["machine_learning_curated"] == 43681
    assert seed.accepted == {"pairs.two_customers": 2700}
    assert "email" in seed.personal_columns
    assert seed.max_age_hours == 0


def test_what_is_learned_is_read_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "learned.toml"
    before = replace(load(PROJECT / FILE), max_age_hours=26.5)

    expectations = learned(sample.passed(), before)
    path.write_text(to_toml(expectations), encoding="utf-8")

    assert load(path) == expectations
    assert expectations.counts == sample.passed().counts
    assert expectations.accepted == {"pairs.two_customers": 2700}


def test_a_text_with_quotes_and_backslashes_is_read_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "expectations.toml"
    path.write_text(FUNNEL.replace("'rows'", """'say "\\rows"'"""), encoding="utf-8")
    expectations = load(path)
    path.write_text(to_toml(expectations), encoding="utf-8")
    assert load(path) == expectations
    assert expectations.funnel
    assert expectations.funnel.lanes[0].steps == (("a", 'say "\\rows"'),)


def test_half_a_run_is_not_learned() -> None:
    unknown = sample.check("count.customer_landing", Outcome.NOT_EVALUATED, actual=None)
    with pytest.raises(ExpectationsError, match=r"count\.customer_landing could not be evaluated"):
        learned(Report(sample.identity(), (unknown,)), load(PROJECT / FILE))
    with pytest.raises(ExpectationsError, match="no table was counted"):
        learned(sample.empty(), load(PROJECT / FILE))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("version = 1\n[counts]\na = ", "is not TOML"),
        ("version = 2\n[counts]\na = 1", "must say version = 1"),
        ("version = 1", r"has no \[counts\]"),
        ("version = 1\ncounts = 3", "needs counts to be a dict"),
        ("version = 1\nextra = 3\n[counts]\na = 1", "'extra' that means nothing"),
        ("version = 1\n[counts]\na = -1", r"counts\.a to be a whole number"),
        ("version = 1\n[counts]\na = true", r"counts\.a to be a whole number"),
        ("version = 1\n[counts]\na = 1.5", r"counts\.a to be a whole number"),
        ('version = 1\n[counts]\n"a; DROP" = 1', "not the name of a table"),
        ("version = 1\n[counts]\na = 1\n[freshness]\nmax_age_hours = -1", "number of hours"),
        ("version = 1\n[counts]\na = 1\n[freshness]\nage = 1", r"freshness\.age that means"),
        ("version = 1\n[counts]\na = 1\n[privacy]\ntables = ['A b']", "list of names"),
        ("version = 1\n[counts]\na = 1\n[funnel]\ntitle = 'x'", "needs funnel.title, and"),
        (FUNNEL.replace("steps", "step"), "a title and steps, and nothing else"),
        (FUNNEL.replace("'a'", "'A b'"), r"\[table, what its rows are\]: \['A b', 'rows'\]"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "expectations.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExpectationsError, match=reason):
        load(path)


def test_what_a_file_does_not_say_is_as_the_pipelines_own_rules(tmp_path: Path) -> None:
    path = tmp_path / "expectations.toml"
    counts = "a = 1\ncustomer_trusted = 2\ncustomer_landing = 3"
    path.write_text(f"version = 1\n[counts]\n{counts}\n[freshness]\nmax_age_hours = 3\n")
    own = load(PROJECT / FILE)

    found = load(path, own)

    assert list(found.counts.items()) == [
        ("customer_landing", 3),
        ("customer_trusted", 2),
        ("a", 1),
    ]
    assert (found.accepted, found.max_age_hours) == ({}, 3)
    assert found.personal_columns == own.personal_columns
    assert (found.funnel, found.group_titles) == (own.funnel, own.group_titles)
    assert load(path).funnel is None
    assert list(load(path).counts) == ["a", "customer_trusted", "customer_landing"]


def test_an_unreadable_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ExpectationsError, match="--learn"):
        load(tmp_path / "missing.toml")
    with pytest.raises(ExpectationsError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"description = '\xe9'")
    with pytest.raises(ExpectationsError, match="cannot be read"):
        load(tmp_path / "latin.toml")


def test_a_breach_of_no_check_cannot_be_accepted() -> None:
    seed = load(PROJECT / FILE)
    seed.require(["pairs.two_customers", "keys.customer_trusted"])
    with pytest.raises(ExpectationsError, match=r"breaches of pairs\.two_customers, which is no"):
        seed.require(["pairs.two_customer"])
