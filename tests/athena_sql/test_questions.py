"""The questions, asked of generated data: their answers are the published numbers."""

import re

import pytest

from tests.athena_sql.conftest import SQL, Lake

pytestmark = pytest.mark.slow

QUESTIONS = {path.stem: path for path in (SQL / "questions").glob("*.sql")}
TRAINERS = 482

ANSWERS: dict[str, list[list[str]]] = {
    "consent_funnel": [
        ["source", "in_landing", "in_trusted", "in_curated"],
        ["customers", "956", "482", "482"],
        ["step trainer readings", "28680", "14460", "14460"],
        ["accelerometer readings", "81273", "40981", "40981"],
    ],
    "consent_combinations": [
        ["research", "public", "friends", "customers", "percent"],
        ["true", "false", "true", "140", "14.6"],
        ["false", "true", "false", "134", "14.0"],
        ["true", "true", "true", "130", "13.6"],
        ["false", "false", "true", "121", "12.7"],
        ["false", "true", "true", "117", "12.2"],
        ["true", "true", "false", "110", "11.5"],
        ["false", "false", "false", "102", "10.7"],
        ["true", "false", "false", "102", "10.7"],
    ],
    "readings_before_consent": [
        [
            "readings_before",
            "readings_after",
            "customers_only_before",
            "customers_before_and_after",
            "customers_only_after",
        ],
        ["8956", "32025", "18", "369", "95"],
    ],
    "contested_serial_numbers": [["serialnumber", "claimants", "with_evidence"]],
    "mixed_rows": [
        ["trainers_at_the_instant", "instants", "joined_rows", "mixed_rows"],
        ["1", "13566", "38416", "0"],
        ["2", "423", "4860", "2430"],
        ["3", "16", "405", "270"],
    ],
}


def ask(lake: Lake, name: str) -> list[list[str | None]]:
    return lake.query(QUESTIONS[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_answer_of_published_numbers(name: str, lake: Lake) -> None:
    assert ask(lake, name) == ANSWERS[name]


def test_contested_serial_numbers_have_one_right_owner(contested_lake: Lake) -> None:
    found = ask(contested_lake, "contested_serial_numbers")[1:]
    assert {row[0]: int(row[1] or 0) for row in found} == {
        s.serial_number: 1 + len(s.wrong_claimants) for s in contested_lake.data.contested
    }
    assert {row[2] for row in found} == {"1"}


def test_training_rows_per_trainer(lake: Lake) -> None:
    (trainers, fewest, average, most) = ask(lake, "training_rows_per_trainer")[1]
    assert (trainers, average) == (str(TRAINERS), "85.0")  # 40,981 rows
    assert 60 < int(fewest or 0) < 85 < int(most or 0) <= 95


def test_sampling_interval(lake: Lake) -> None:
    rows = ask(lake, "sampling_interval")[1:]
    assert sum(int(row[1] or 0) for row in rows) == TRAINERS
    for seconds, _, shortest, longest, uneven in rows:
        assert int(shortest or 0) // 1000 == int(longest or 0) // 1000 == int(seconds or 0)
        assert uneven == "0"


def test_distance_by_posture(lake: Lake) -> None:
    rows = ask(lake, "distance_by_posture")[1:]
    assert [(float(x or 9), float(y or 9), float(z or 9)) for x, y, z, *_ in rows] == [
        (x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0)
    ]
    assert sum(int(row[3] or 0) for row in rows) == 40_981
    assert all(240 < float(row[4] or 0) < 260 and 25 < float(row[5] or 0) < 33 for row in rows)


def test_readings_by_hour(lake: Lake) -> None:
    rows = ask(lake, "readings_by_hour")[1:]
    assert sum(int(row[2] or 0) for row in rows) == 40_981
    assert all((row[0] or "").startswith("2024-05-14 ") for row in rows)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_every_file_says_what_it_asks_and_what_the_answer_means(name: str) -> None:
    text = QUESTIONS[name].read_text(encoding="utf-8")
    assert re.match(r"-- Question: .+\?\n-- Answer: .+\.\n(?!--)", _joined(text)), text[:300]


def _joined(text: str) -> str:
    return text.replace("\n--   ", " ")


def test_readme_lists_every_file() -> None:
    readme = (SQL / "README.md").read_text(encoding="utf-8")
    files = [*SQL.glob("*.sql"), *SQL.glob("views/*.sql"), *SQL.glob("questions/*.sql")]
    linked = set(re.findall(r"\]\(([^)]+\.sql)\)", readme))
    assert linked == {str(path.relative_to(SQL)) for path in files}
    for name, path in QUESTIONS.items():
        question = re.match(r"-- Question: (.+\?)\n", _joined(path.read_text("utf-8")))
        assert question is not None
        assert f"[{name}](questions/{name}.sql) | {question[1]} |" in readme
