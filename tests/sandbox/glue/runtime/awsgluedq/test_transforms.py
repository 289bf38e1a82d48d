"""DQDL rules on data that meet them and data that do not."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

SCHEMA = "id int, email string, score double, city string, at timestamp"
NOW = datetime.now(UTC).replace(tzinfo=None)
ROWS = [
    {"id": 1, "email": "a@x.org", "score": 1.0, "city": "Oslo", "at": NOW - timedelta(hours=1)},
    {"id": 2, "email": "b@x.org", "score": 2.0, "city": "Rome", "at": NOW - timedelta(hours=2)},
    {"id": 3, "email": "c@x.org", "score": 3.0, "city": "Oslo", "at": NOW - timedelta(days=3)},
    {"id": 4, "email": None, "score": None, "city": "", "at": NOW - timedelta(days=4)},
]
REFERENCE = [{"id": 1, "city": "Oslo"}, {"id": 2, "city": "Bern"}, {"id": 3, "city": "Oslo"}]


@pytest.fixture
def data(lake: Any) -> Any:
    return lake.frame(ROWS, SCHEMA)


@pytest.fixture
def reference(lake: Any) -> Any:
    return lake.frame(REFERENCE, "id int, city string")


def evaluate(frame: Any, rules: list[str], **sources: Any) -> list[dict[str, Any]]:
    from awsgluedq.transforms import EvaluateDataQuality

    outcomes = EvaluateDataQuality().process_rows(
        frame=frame,
        ruleset=f"Rules = [{', '.join(rules)}]",
        publishing_options={"dataQualityEvaluationContext": "test"},
        additional_options={"performanceTuning.caching": "CACHE_NOTHING"},
        additional_data_sources=sources,
    )
    return [row.asDict() for row in outcomes["ruleOutcomes"].toDF().collect()]


PASSING = [
    "RowCount = 4",
    "RowCount between 3 and 5",
    "RowCount in [4, 5]",
    "RowCount > 1 where \"city = 'Oslo'\"",
    "ColumnCount = 5",
    "ColumnCount != 4",
    'IsComplete "id"',
    'IsComplete "email" where "id < 4"',
    'Completeness "email" = 0.75',
    'Completeness "email" between 0.7 and 0.8',
    'IsUnique "id"',
    'IsUnique "email"',
    'IsUnique "city" "id"',
    'Uniqueness of city and "id" = 1',
    'Variance "score" between 0.66 and 0.67',
    'ColumnValues "at" not in ["2020-01-31"]',
    'Uniqueness "city" > 0.4',
    'IsPrimaryKey "id"',
    'IsPrimaryKey "id" "city"',
    'UniqueValueRatio "city" > 0.6',
    'DistinctValuesCount "city" = 3',
    'ColumnValues "id" >= 1',
    'ColumnValues "id" between 0 and 5',
    'ColumnValues "id" in [1, 2, 3, 4]',
    'ColumnValues "id" not in [7]',
    'ColumnValues "score" < 3.5 where "id < 4"',
    'ColumnValues "city" in ["Oslo", "Rome", EMPTY]',
    'ColumnValues "email" matches "[a-z]@x.org" where "id < 4"',
    'ColumnValues "email" not matches "b@.*" where "id = 3"',
    'ColumnValues "email" != "z"',
    'ColumnValues "email" != NULL with threshold > 0.7',
    'ColumnValues "city" = "Oslo" with threshold >= 0.5',
    'ColumnValues "at" < now()',
    'ColumnValues "at" > (now() - 5 days)',
    'ColumnValues "at" > "2020-01-31"',
    'ColumnExists "ID"',
    'ColumnDataType "id" = "INTEGER"',
    'ColumnDataType "at" = "Timestamp"',
    'ColumnLength "city" <= 4',
    'ColumnLength "email" in [7, 0]',
    'ColumnLength "email" < 8',
    'ColumnNamesMatchPattern "[a-z]+"',
    'Mean "score" = 2.0',
    'Sum "score" = 6',
    'StandardDeviation "score" between 0.8 and 0.9',
    'Entropy "city" between 1.0 and 1.1',
    'ColumnCorrelation "id" "score" > 0.99',
    'CustomSql "SELECT count(*) FROM primary" = 4',
    'CustomSql "SELECT id FROM primary WHERE score > 1" with threshold > 0.4',
    'ReferentialIntegrity "id" "reference.id" = 0.75',
    'ReferentialIntegrity "id,city" "reference.{id,city}" = 0.5',
    'RowCountMatch "reference" > 1.3',
    'SchemaMatch "same" = 1.0',
    'SchemaMatch "other" = 0.8',
    'AggregateMatch "sum(id)" "sum(reference.id)" > 1.6',
    'DatasetMatch "same" "id" = 1.0',
    'DatasetMatch "reference" "id" "city->city" = 0.5',
    'DataFreshness "at" <= 5 days',
    'DataFreshness "at" <= 30 hours where "id < 3"',
    '(RowCount = 4) and (IsUnique "id")',
    '(RowCount = 9) or (IsUnique "id")',
]
FAILING = [
    ("RowCount > 4", "Value: 4 does not meet the constraint requirement!"),
    ("RowCount between 4 and 9", "Value: 4 does not"),
    ("RowCount not between 3 and 5", "Value: 4 does not"),
    ('IsComplete "email"', "Value: 0.75"),
    ('Completeness "email" > 0.75', "Value: 0.75"),
    ('IsUnique "city"', "Value: 0.5"),
    ('IsPrimaryKey "city"', "4 rows have only 3 different keys"),
    ('IsPrimaryKey "email"', "1 of 4 rows have a NULL in the key"),
    ('ColumnValues "id" > 1', "1 of 4 rows do not meet the rule"),
    ('ColumnValues "id" between 1 and 5', "1 of 4 rows"),
    ('ColumnValues "score" not in [1, 2]', "2 of 4 rows"),
    ('ColumnValues "email" != NULL', "1 of 4 rows"),
    ('ColumnValues "city" != EMPTY', "1 of 4 rows"),
    ('ColumnValues "at" > (now() - 1 days)', "2 of 4 rows"),
    ('ColumnValues "city" = "Oslo" with threshold > 0.5', "Value: 0.5"),
    ('ColumnExists "nothing"', "no column 'nothing'"),
    ('ColumnValues "nothing" > 1', "no column 'nothing'"),
    ('ColumnDataType "email" = "INTEGER"', "4 of 4 rows"),
    ('ColumnDataType "email" = "text"', "knows boolean, date"),
    ('ColumnNamesMatchPattern "i.*"', "score, at"),
    ('ColumnNamesMatchPattern "^i.*"', "email, score, city, at"),
    ('Mean "score" > 2', "Value: 2"),
    ('Mean "email" > 2', "needs a numeric column, and 'email' is a string"),
    ('ColumnLength "city" > 0', "1 of 4 rows"),
    ('ColumnLength "id" > 0', "needs a string column, and 'id' is a integer"),
    ('CustomSql "SELECT count(*) FROM primary" = 5', "Value: 4"),
    ('CustomSql "SELECT id FROM primary WHERE score > 1"', "gives 2 of 4 rows"),
    ('CustomSql "SELECT nothing FROM primary" = 1', "nothing"),
    ('CustomSql "SELECT id FROM primary" = 1', "must give one value"),
    ('ReferentialIntegrity "id" "elsewhere.id" = 1.0', "no data source 'elsewhere'; there are reference"),
    ('RowCountMatch "reference" = 1.0', "Value: 1.33333"),
    ('AggregateMatch "sum(id" "sum(reference.id)" = 1.0', "neither sum"),
    ('DatasetMatch "reference" "nothing" = 1.0', "no column 'nothing'"),
    ('DatasetMatch "reference" "id" = 0.5', "no column 'email'"),
    ('DatasetMatch "reference" "city" "city" > 0', "Provided key map not suitable"),
    ('SchemaMatch "reference" >= 0', "have 5 columns and reference has 2"),
    ('AggregateMatch "max(id)" "max(reference.id)" > 0', "neither sum"),
    ('DataFreshness "at" <= 2 days', "2 of 4 rows"),
    ('DataFreshness "at" <= 30', "needs a length of time"),
    ("RowCount < 3 days", "needs a number"),
    ("RowCount > 1 / 0", "divides by zero"),
    ('ColumnValues "id" > NULL', "NULL cannot be used with >"),
    ('ColumnValues "id" between NULL and 9', "NULL cannot be used with between"),
    ('ColumnValues "id" < "5"', "a integer is neither more nor less than a text"),
    ('ColumnValues "at" != "9:30 AM"', "is not a date or time"),
    ('ColumnValues "city" in ["oslo"] with ignoreCase = "true"', "`with ignoreCase`"),
    ("RowCount > 0 with threshold > 0.1", "RowCount with a condition has one figure"),
    ('CustomSql "SELECT 1" = 1 with threshold > 0.1', "CustomSql with a condition has one figure"),
    ('ColumnNamesMatchPattern "["', "Unclosed character class"),
    ("RowCount > avg(last(3))", "dynamic rules"),
    ('FileFreshness > "2024-01-01"', "FileFreshness is not evaluated in the sandbox"),
    ('IsComplete "id" where "nothing = 1"', "nothing"),
    ("(RowCount = 4) and (RowCount = 5)", "Value: 4"),
    ("(RowCount = 3) or (RowCount = 5)", "Value: 4"),
]  # fmt: skip


def test_rules_that_the_data_meet_pass(data: Any, reference: Any, lake: Any) -> None:
    other = lake.frame(ROWS, SCHEMA.replace("score double", "score float"))
    outcomes = evaluate(data, PASSING, reference=reference, same=data, other=other)
    failed = {row["Rule"]: row["FailureReason"] for row in outcomes if row["Outcome"] != "Passed"}
    assert failed == {}
    assert len(outcomes) == len(PASSING)


def test_rules_that_the_data_do_not_meet_fail_with_a_reason(data: Any, reference: Any) -> None:
    outcomes = evaluate(data, [rule for rule, _ in FAILING], reference=reference)
    assert [row["Outcome"] for row in outcomes] == ["Failed"] * len(FAILING)
    for row, (rule, reason) in zip(outcomes, FAILING, strict=True):
        assert reason in row["FailureReason"], rule


def test_figures_are_reported(data: Any) -> None:
    outcomes = evaluate(data, ['IsComplete "email"', "RowCount > 0", 'IsUnique "city"'])
    assert [row["EvaluatedMetrics"] for row in outcomes] == [
        {"Column.email.Completeness": 0.75},
        {"Dataset.*.RowCount": 4.0},
        {"Column.city.Uniqueness": 0.5},
    ]


def test_no_rows_meet_no_rule_about_rows(lake: Any) -> None:
    rules = [
        "RowCount = 0", "ColumnCount = 5", 'DistinctValuesCount "id" = 0', "RowCount > 0",
        'IsComplete "id"', 'IsUnique "id"', 'IsPrimaryKey "id"', 'ColumnValues "id" > 5',
        'ColumnLength "email" = 0', 'Mean "id" > 0', 'CustomSql "SELECT id FROM primary"',
    ]  # fmt: skip
    outcomes = evaluate(lake.frame([], SCHEMA), rules)
    assert [row["Outcome"] for row in outcomes] == [*["Passed"] * 3, *["Failed"] * 8]
    assert "no rows" in outcomes[4]["FailureReason"]


# What the DQDL reference says of NULL, and Deequ of patterns and of text that is empty.
NULLS = {
    'ColumnValues "age" > 0': "Failed",
    'ColumnValues "age" >= 0': "Failed",
    'ColumnValues "age" < 100': "Failed",
    'ColumnValues "age" = 5': "Failed",
    'ColumnValues "age" between 0 and 100': "Failed",
    'ColumnValues "age" not between 50 and 60': "Failed",
    'ColumnValues "age" in [5, 30]': "Failed",
    'ColumnValues "age" in [5, 30, NULL]': "Passed",
    'ColumnValues "age" = NULL': "Failed",
    'ColumnValues "age" != NULL': "Failed",
    'ColumnValues "age" != 21': "Passed",
    'ColumnValues "age" not in [21, 22]': "Passed",
    'ColumnValues "age" not in [21, NULL]': "Failed",
    'ColumnValues "age" > 0 with threshold > 0.9': "Failed",
    'ColumnValues "age" > 0 with threshold > 0.6': "Passed",
    'ColumnValues "age" > 0 where "age is not null"': "Passed",
    'ColumnValues "age" > 0 where "code = \'ABCD\'"': "Failed",
    '(ColumnValues "age" > 0) or (ColumnValues "age" = NULL)': "Failed",
    '(ColumnValues "age" != 21) and (ColumnValues "age" != NULL)': "Failed",
    'ColumnLength "zip" = 5': "Failed",
    'ColumnLength "zip" > 4': "Failed",
    'ColumnLength "zip" < 6': "Passed",
    'ColumnLength "zip" in [0, 5]': "Passed",
    'ColumnLength "zip" not in [0]': "Failed",
    'ColumnLength "zip" between -1 and 6': "Passed",
    'ColumnLength "zip" not between 1 and 4': "Passed",
    'ColumnValues "code" matches "[A-Z]{3}"': "Failed",
    'ColumnValues "code" matches "[A-Z]{3,4}"': "Passed",
    'ColumnValues "code" matches "[A-Z]"': "Failed",
    'ColumnValues "zip" matches "[0-9]*"': "Failed",
    'ColumnValues "zip" not matches "99999"': "Failed",
    'ColumnValues "code" not matches "A.*"': "Failed",
    'ColumnValues "code" not matches "B.*"': "Passed",
    'ColumnDataType "zip" = "INTEGER"': "Failed",
    'ColumnDataType "zip" = "INTEGER" with threshold > 0.6': "Passed",
    'ColumnDataType "age" = "DECIMAL(5, 2)" where "age > 0"': "Passed",
    'IsComplete "zip"': "Failed",
    'Completeness "zip" > 0.6': "Passed",
    'IsUnique "zip"': "Passed",
    'IsPrimaryKey "zip"': "Failed",
    'Uniqueness "zip" = 1.0': "Passed",
    'UniqueValueRatio "zip" = 1.0': "Passed",
    'DistinctValuesCount "zip" = 3': "Passed",  # NULL is one of the values
    'Mean "age" = 17.5': "Passed",
    'Sum "age" = 35': "Passed",
    'DataFreshness "at" < 2 days': "Failed",
    "CustomSql \"SELECT zip FROM primary WHERE zip IS NULL OR zip > '0'\"": "Passed",
    'CustomSql "SELECT other FROM (SELECT 1 AS other)"': "Failed",
}


def test_null_and_patterns_are_as_documented(lake: Any) -> None:
    rows = [
        {"age": 5, "zip": "12345", "code": "ABC", "at": NOW},
        {"age": None, "zip": None, "code": "ABCD", "at": None},
        {"age": 30, "zip": "54321", "code": "XYZ", "at": NOW},
    ]
    frame = lake.frame(rows, "age int, zip string, code string, at timestamp")
    outcomes = evaluate(frame, list(NULLS))
    assert {row["Rule"]: row["Outcome"] for row in outcomes} == NULLS
    reasons = {row["Rule"]: row["FailureReason"] for row in outcomes}
    assert "Value: NULL does not meet" in reasons['ColumnValues "age" > 0']


def test_composites_join_outcomes_of_the_data_or_of_each_row(lake: Any) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    frame = lake.frame([{"a": 2, "b": 1}, {"a": 0, "b": 3}], "a int, b int")
    rule = '(ColumnValues "a" > 1) or (ColumnValues "b" > 2)'
    found = {
        method: EvaluateDataQuality()
        .process_rows(
            frame,
            f"Rules = [{rule}]",
            additional_options={"compositeRuleEvaluation.method": method},
        )["ruleOutcomes"]
        .toDF()
        .collect()[0]["Outcome"]
        for method in ("DATASET", "ROW")
    }
    assert found == {"DATASET": "Failed", "ROW": "Passed"}


def test_rows_know_their_own_outcomes(lake: Any, rows: Any) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    frame = lake.frame(
        [{"id": 1, "x": 5}, {"id": 2, "x": None}, {"id": 2, "x": 1}], "id int, x int"
    )
    reference = lake.frame([{"id": 1}], "id int")
    rules = [
        'ColumnValues "x" > 2', 'ColumnValues "x" != 5', 'IsPrimaryKey "id"', 'IsComplete "x" where "id = 1"',
        '(IsComplete "x") and (ColumnValues "id" = 2)', 'CustomSql "SELECT id, x FROM primary WHERE x > 2"',
        'ReferentialIntegrity "id" "ref.id" = 1.0', '(RowCount > 1) and (IsComplete "x")', 'Mean "x" > 0',
    ]  # fmt: skip
    collection = EvaluateDataQuality().process_rows(
        frame, f"Rules = [{', '.join(rules)}]", additional_data_sources={"ref": reference}
    )
    outcomes = {(row["id"], row["x"]): row for row in rows(collection["rowLevelOutcomes"])}
    assert list(collection["rowLevelOutcomes"].toDF().columns)[:2] == ["id", "x"]

    def passed(key: tuple[int, int | None]) -> list[int]:
        return [rules.index(rule) for rule in outcomes[key]["DataQualityRulesPass"]]

    assert passed((1, 5)) == [0, 2, 3, 5, 6]
    assert passed((2, None)) == [1, 3]
    assert passed((2, 1)) == [1, 3, 4]
    assert outcomes[1, 5]["DataQualityRulesSkip"] == rules[7:]


def test_the_collection_holds_data_outcomes_and_rows(data: Any, rows: Any) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    collection = EvaluateDataQuality().process_rows(
        frame=data,
        ruleset='Rules = [RowCount > 0, IsComplete "email", ColumnValues "id" < 3, IsUnique "city"]',
    )
    assert list(collection.keys()) == ["originalData", "ruleOutcomes", "rowLevelOutcomes"]
    assert rows(collection["originalData"]) == rows(data)
    failed = collection["ruleOutcomes"].filter(lambda x: x["Outcome"] == "Failed")
    assert failed.count() == 3
    by_row = {row["id"]: row for row in rows(collection["rowLevelOutcomes"])}
    assert by_row[1]["DataQualityRulesPass"] == ['IsComplete "email"', 'ColumnValues "id" < 3']
    assert by_row[1]["DataQualityRulesFail"] == ['IsUnique "city"']
    assert by_row[1]["DataQualityRulesSkip"] == ["RowCount > 0"]
    assert by_row[2]["DataQualityEvaluationResult"] == "Passed"
    assert by_row[4]["DataQualityEvaluationResult"] == "Failed"


def test_results_are_kept_where_the_service_finds_them(
    data: Any, lake: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    folder = lake.folder()
    options = {"dataQualityEvaluationContext": "my ctx", "resultsS3Prefix": folder}
    rules = 'Rules = [RowCount > 0, IsComplete "email"]'
    EvaluateDataQuality().process_rows(data, rules, options)
    EvaluateDataQuality.apply(data, rules, options)
    first, second = sorted((tmp_path / "data_quality").glob("*.json"))
    assert (first.name, second.name) == ("0001-my_ctx.json", "0002-my_ctx.json")
    result = json.loads(first.read_text())
    assert result["Score"] == 0.5
    assert result["EvaluationContext"] == "my ctx"
    assert [(rule["Result"], rule["Description"]) for rule in result["RuleResults"]] == [
        ("PASS", "RowCount > 0"),
        ("FAIL", 'IsComplete "email"'),
    ]
    assert result["RuleResults"][1]["EvaluationMessage"].startswith("Value: 0.75")
    assert len(lake.keys(folder)) == 1
    assert "1 of 2 rules passed" in capsys.readouterr().out


def test_the_checked_frame_may_come_with_others(data: Any, reference: Any) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    collection = EvaluateDataQuality().process_rows(
        frame={"primary": data, "ref": reference}, ruleset='Rules = [RowCountMatch "ref" > 1.0]'
    )
    assert [row["Outcome"] for row in collection["ruleOutcomes"].toDF().collect()] == ["Passed"]


def test_a_ruleset_that_is_no_dqdl_ends_the_job(data: Any) -> None:
    with pytest.raises(Exception, match=r"not DQDL: line 1"):
        evaluate(data, ["IsComplete"])


def test_rules_share_their_passes_over_the_data(data: Any) -> None:
    tracker = data.glue_ctx.spark_session.sparkContext.statusTracker()
    context = data.glue_ctx.spark_session.sparkContext
    context.setJobGroup("shared", "")
    evaluate(
        data, [f'ColumnValues "id" < {limit}' for limit in range(10, 40)] + ['Mean "score" > 0']
    )
    jobs = tracker.getJobIdsForGroup("shared")
    context.setJobGroup("other", "")
    # One aggregation (adaptive execution runs it as two jobs) and the outcomes' own.
    assert len(jobs) <= 4


def test_dates_are_ordered_also_as_texts_and_names_may_look_like_arithmetic(lake: Any) -> None:
    rows = [{"day": "2024-9-05", "a-b": 3, "a": 1, "b": 9}]
    frame = lake.frame(rows, "day string, `a-b` int, a int, b int")
    rules = {
        'ColumnValues "day" < "2024-10-01"': "Passed",
        'ColumnValues "day" > "2024-10-01"': "Failed",
        'AggregateMatch "sum(a-b)" "sum(primary.b)" < 0.5': "Passed",
        'AggregateMatch "sum(a-b)" "sum(primary.b)" < 0': "Failed",
        'RowCountMatch "empty" > 5': "Passed",
        'AggregateMatch "sum(b)" "sum(zero.b)" > 0': "Failed",
        'ColumnNamesMatchPattern "\\p{L}"': "Passed",
    }
    empty, zero = lake.frame([], "b int"), lake.frame([{"b": 0}], "b int")
    outcomes = evaluate(frame, list(rules), empty=empty, zero=zero)
    assert {row["Rule"]: row["Outcome"] for row in outcomes} == rules


def test_a_share_in_a_composite_is_not_asked_of_each_row(lake: Any) -> None:
    from awsgluedq.transforms import EvaluateDataQuality

    frame = lake.frame([{"a": 1}, {"a": None}], "a int")
    rule = '(Completeness "a" > 0.4) and (ColumnValues "a" != 7)'
    collection = EvaluateDataQuality().process_rows(
        frame, f"Rules = [{rule}]", additional_options={"compositeRuleEvaluation.method": "ROW"}
    )
    assert collection["ruleOutcomes"].toDF().collect()[0]["Outcome"] == "Passed"
