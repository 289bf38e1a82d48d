import pytest

from validation.expectations import Expectations
from validation.fact import Fact
from validation.facts.catalog import CatalogTable
from validation.judging import catalog
from validation.model import CheckResult, Outcome
from validation.pipeline import DeclaredTable, DeclaredView, Pipeline

UNKNOWN = "AWS denied the call."
TABLE = DeclaredTable(
    "t",
    "landing",
    "json",
    (("a", "string"), ("b", "int")),
    serde_parameters={"ignore.malformed.json": "true"},
)
FOUND = CatalogTable(
    "t",
    (("a", "string"), ("b", "int")),
    (),
    "s3://b/t/",
    "org.openx.data.jsonserde.JsonSerDe",
    "json",
    None,
    {"ignore.malformed.json": "true", "serialization.format": "1"},
)
VIEW = DeclaredView("v", "SELECT a FROM t WHERE a = b", ("t",))


def catalogued(found: CatalogTable, **privacy: tuple[str, ...]) -> dict[str, CheckResult]:
    results = catalog.judge(
        Fact({found.name: found}),
        Pipeline({"t": TABLE}, {"v": VIEW}, {}),
        {"t": "s3://b/t"},
        Expectations("", {}, **privacy),  # type: ignore[arg-type]
    )
    return {result.id: result for result in results}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"columns": (("a", "string"),)}, "The column b is missing"),
        ({"columns": (("a", "int"), ("b", "int"))}, "The column a is int, declared string"),
        (
            {"columns": (("a", "string"), ("b", "int"), ("c", "int"))},
            "The column c is not declared",
        ),
        ({"columns": (("b", "int"), ("a", "string"))}, "another order"),
        ({"serde": "x.ParquetHiveSerDe"}, "Its SerDe is ParquetHiveSerDe"),
        ({"serde_parameters": {}}, "Its SerDe's ignore.malformed.json is none, in athena_sql true"),
        ({"classification": None}, "Its classification is none"),
        ({"location": "s3://other/t/"}, "Its location is s3://other/t/"),
        ({"partition_keys": ("day",)}, "partitioned by day"),
        ({"view_sql": "SELECT 1"}, "It is a view"),
    ],
)
def test_each_drift_of_a_table_is_told(change: dict[str, object], words: str) -> None:
    members = {name: getattr(FOUND, name) for name in FOUND.__dataclass_fields__}
    result = catalogued(CatalogTable(**members | change))["catalog.t"]
    assert result.outcome is Outcome.FAILED
    assert words in result.message


def test_a_table_as_declared_passes_and_one_that_is_not_there_fails() -> None:
    results = catalogued(FOUND)
    assert results["catalog.t"].outcome is Outcome.PASSED
    assert results["catalog.v"].message == "It does not exist."


@pytest.mark.parametrize(
    ("sql", "outcome"),
    [
        ('select "a" from "t"  where "a" = "b" -- as before', Outcome.PASSED),
        ("SELECT a FROM t", Outcome.FAILED),
        ("no SQL at all (", Outcome.FAILED),
    ],
)
def test_a_view_is_compared_by_meaning_not_by_layout(sql: str, outcome: Outcome) -> None:
    found = CatalogTable("v", (("a", "string"),), (), None, None, None, sql)
    assert catalogued(found)["catalog.v"].outcome is outcome


def test_a_table_in_the_place_of_a_view_is_told() -> None:
    found = CatalogTable("v", (), (), "s3://b/v/", None, "json", None)
    assert "It is a table" in catalogued(found)["catalog.v"].message


def test_personal_columns_are_found_and_an_empty_rule_is_no_pass() -> None:
    names = {"personal_columns": ("a",), "tables_without_personal_columns": ("t",)}
    assert catalogued(FOUND, **names)["privacy.columns"].examples == ("t.a",)
    names["personal_columns"] = ("x",)
    assert catalogued(FOUND, **names)["privacy.columns"].outcome is Outcome.PASSED
    assert catalogued(FOUND)["privacy.columns"].outcome is Outcome.NOT_EVALUATED
    names["tables_without_personal_columns"] = ("gone",)
    assert "gone does not exist" in catalogued(FOUND, **names)["privacy.columns"].message


def test_an_unreadable_catalog_is_no_pass() -> None:
    results = catalog.judge(
        Fact(reason=UNKNOWN), Pipeline({"t": TABLE}, {}, {}), {}, Expectations("", {})
    )
    assert {result.outcome for result in results} == {Outcome.NOT_EVALUATED}
