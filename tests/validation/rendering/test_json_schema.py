import json as json_module
from pathlib import Path

import jsonschema
import pytest

from tests.validation import sample
from validation.model import SCHEMA_VERSION, Report
from validation.rendering import json

SCHEMA = json_module.loads(
    (Path(__file__).parents[3] / "docs" / "report-schema.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("report", [sample.passed(), sample.failed(), sample.empty()])
def test_a_report_is_valid(report: Report) -> None:
    jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(json_module.loads(json.render(report)))


def test_the_schema_is_one_and_says_its_version() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION


def test_no_member_is_undocumented() -> None:
    assert all(
        "description" in member
        for owner in (SCHEMA, *SCHEMA["$defs"].values())
        for member in owner.get("properties", {}).values()
        if "$ref" not in member
    )


def test_a_wrong_outcome_is_refused() -> None:
    document = json_module.loads(json.render(sample.passed()))
    document["checks"][0]["outcome"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)
