"""What each way of breaking the lakehouse is found by: exactly these checks, naming no person."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.validation.lakehouse import (
    BUCKETS,
    VIEW,
    Lakehouse,
    ToldProcess,
    view_input,
)
from validation.report import main

pytestmark = pytest.mark.slow

Sabotage = Callable[[Lakehouse], None]
Found = dict[str, str]
# What a lakehouse in which all is well gives.
WARNING = {"pairs.two_customers": "warned"}


def double_a_table(lake: Lakehouse) -> None:
    rows = lake.rows("machine_learning_curated")
    lake.put(
        "machine_learning_curated", "part-2.parquet", lake.parquet("machine_learning_curated", rows)
    )


def drop_a_partition(lake: Lakehouse) -> None:
    lake.delete("accelerometer_trusted", "part-1.parquet")


def let_a_customer_in_who_did_not_agree(lake: Lakehouse) -> None:
    stranger = next(row for row in lake.rows("customer_landing") if row[7] is None)
    lake.replace_rows("customer_trusted", [*lake.rows("customer_trusted"), stranger])


def retype_a_column(lake: Lakehouse) -> None:
    table = lake.table_input("machine_learning_curated")
    for column in table["StorageDescriptor"]["Columns"]:
        if column["Name"] == "distancefromobject":
            column["Type"] = "string"
    lake.update_table("machine_learning_curated", table)


def break_a_landed_line(lake: Lakehouse) -> None:
    name, body = next(iter(lake.landed("accelerometer_landing").items()))
    lake.put("accelerometer_landing", name, body + b'{"user":"someone","timestamp":17\n')
    lake.rewrite_after("accelerometer_landing")


def duplicate_a_serial(lake: Lakehouse) -> None:
    # The first two share all their instants: either serial number would fit both.
    *sharing, owner, claimant, other, last = lake.rows("customers_curated")
    wrong = (*claimant[:4], owner[4], *claimant[5:])
    lake.replace_rows("customers_curated", [*sharing, owner, wrong, other, last])


def empty_a_table(lake: Lakehouse) -> None:
    lake.empty("step_trainer_trusted")


def change_the_view(lake: Lakehouse) -> None:
    columns = [
        {
            "name": column["Name"],
            "type": {"int": "integer", "string": "varchar"}.get(column["Type"], column["Type"]),
        }
        for column in lake.table_input(VIEW)["StorageDescriptor"]["Columns"]
    ]
    names = ", ".join(column["name"] for column in columns)
    lake.update_table(VIEW, view_input(f"SELECT {names} FROM machine_learning_curated", columns))


def fail_a_job(lake: Lakehouse) -> None:
    lake.jobs_touched = True
    ToldProcess.failing = {"step_trainer_trusted": "AnalysisException: no such column"}
    lake.run("step_trainer_trusted")


def let_a_table_go_stale(lake: Lakehouse) -> None:
    written = modified(lake, "trusted", "customer_trusted/")
    name, body = next(iter(lake.landed("customer_landing").items()))
    # S3 tells times in whole seconds.
    while modified(lake, "landing", "customer_landing/") <= written:
        lake.put("customer_landing", name, body)


def edit_a_job_in_the_console(lake: Lakehouse) -> None:
    lake.jobs_touched = True
    job = lake.glue.get_job(JobName="customer_trusted")["Job"]
    nodes = job["CodeGenConfigurationNodes"]
    query = next(node["SparkSQL"] for node in nodes.values() if "SparkSQL" in node)
    query["SqlQuery"] = "SELECT * FROM customer_landing"
    unknown = ("Name", "CreatedOn", "LastModifiedOn", "MaxCapacity", "AllocatedCapacity")
    update = {name: value for name, value in job.items() if name not in unknown}
    lake.glue.update_job(
        JobName="customer_trusted", JobUpdate=update | {"CodeGenConfigurationNodes": nodes}
    )


def add_a_personal_column(lake: Lakehouse) -> None:
    table = lake.table_input("machine_learning_curated")
    table["StorageDescriptor"]["Columns"].append({"Name": "email", "Type": "string"})
    lake.update_table("machine_learning_curated", table)


def upload_a_file_twice(lake: Lakehouse) -> None:
    name, body = next(iter(lake.landed("accelerometer_landing").items()))
    lake.put("accelerometer_landing", f"again-{name}", body)
    lake.rewrite_after("accelerometer_landing")


def let_a_reading_without_a_value_in(lake: Lakehouse) -> None:
    user, time, x, _, z = lake.rows("accelerometer_trusted")[0]
    line = {"user": user, "timestamp": time + 1, "x": x, "y": None, "z": z}
    lake.put("accelerometer_landing", "more.json", json.dumps(line).encode())
    lake.rewrite_after("accelerometer_landing")
    rows = [*lake.rows("accelerometer_trusted"), (user, time + 1, x, None, z)]
    lake.replace_rows("accelerometer_trusted", rows)


def swap_two_serials(lake: Lakehouse) -> None:
    *others, one, two = lake.rows("customers_curated")
    swapped = [(*one[:4], two[4], *one[5:]), (*two[:4], one[4], *two[5:])]
    lake.replace_rows("customers_curated", [*others, *swapped])


def write_names_for_serials(lake: Lakehouse) -> None:
    rows = lake.rows("customers_curated")
    lake.replace_rows("customers_curated", [(*row[:4], row[0], *row[5:]) for row in rows])


def write_addresses_for_serials(lake: Lakehouse) -> None:
    address = lake.rows("customer_landing")[0][1]
    rows = [(*row[:-1], address) for row in lake.rows("machine_learning_curated")]
    lake.replace_rows("machine_learning_curated", rows)


SABOTAGES: dict[Sabotage, Found] = {
    double_a_table: {
        "count.machine_learning_curated": "failed",
        "count.machine_learning_curated_by_customer": "failed",
        "keys.machine_learning_curated": "failed",
        # Not the number of pairs that is known and accepted.
        "pairs.two_customers": "failed",
    },
    drop_a_partition: {
        "count.accelerometer_trusted": "failed",
        "missing.accelerometer_trusted": "failed",
        "parents.machine_learning_curated": "failed",
    },
    let_a_customer_in_who_did_not_agree: {
        "count.customer_trusted": "failed",
        "consent.customer_trusted": "failed",
        # Whoever is trusted has readings, and these were not let in.
        "missing.accelerometer_trusted": "failed",
    },
    retype_a_column: {
        "catalog.machine_learning_curated": "failed",
        # What reads the column cannot run; everything else does.
        "keys.machine_learning_curated": "not_evaluated",
        "missing.machine_learning_curated": "not_evaluated",
        "parents.machine_learning_curated": "not_evaluated",
        "pairs.view_by_customer": "not_evaluated",
    },
    break_a_landed_line: {
        "count.accelerometer_landing": "failed",
        "ingestion.accelerometer_landing": "failed",
    },
    duplicate_a_serial: {
        "keys.customers_curated": "failed",
        "identity.customers_curated": "failed",
        "parents.customers_curated": "failed",
        "missing.customers_curated": "failed",
        # The readings of the trainer that lost its owner.
        "parents.step_trainer_trusted": "failed",
    },
    empty_a_table: {
        "count.step_trainer_trusted": "failed",
        "missing.step_trainer_trusted": "failed",
        "parents.machine_learning_curated": "failed",
        "freshness.step_trainer_trusted": "not_evaluated",
        "freshness.machine_learning_curated": "not_evaluated",
    },
    change_the_view: {
        "count.machine_learning_curated_by_customer": "failed",
        "catalog.machine_learning_curated_by_customer": "failed",
        "pairs.view_by_customer": "failed",
    },
    fail_a_job: {"run.step_trainer_trusted": "failed"},
    let_a_table_go_stale: {"freshness.customer_trusted": "failed"},
    edit_a_job_in_the_console: {"drift.customer_trusted": "failed"},
    add_a_personal_column: {
        "catalog.machine_learning_curated": "failed",
        "privacy.columns": "failed",
    },
    upload_a_file_twice: {
        "count.accelerometer_landing": "failed",
        "keys.accelerometer_landing": "warned",
    },
    let_a_reading_without_a_value_in: {
        "count.accelerometer_landing": "failed",
        "count.accelerometer_trusted": "failed",
        # Neither missing nor without a source: it is there, without a value.
        "keys.accelerometer_landing": "warned",
        "keys.accelerometer_trusted": "failed",
    },
    swap_two_serials: {
        "identity.customers_curated": "failed",
        "parents.customers_curated": "failed",
        "missing.customers_curated": "failed",
    },
    write_names_for_serials: {
        "privacy.serial_numbers": "failed",
        "identity.customers_curated": "failed",
        "parents.customers_curated": "failed",
        "missing.customers_curated": "failed",
        "parents.step_trainer_trusted": "failed",
    },
    write_addresses_for_serials: {
        "privacy.serial_numbers": "failed",
        "consent.machine_learning_curated": "failed",
        "count.machine_learning_curated_by_customer": "failed",
        "pairs.two_customers": "failed",
    },
}


def modified(lake: Lakehouse, zone: str, prefix: str) -> Any:
    listed = lake.s3.list_objects_v2(Bucket=BUCKETS[zone], Prefix=prefix)["Contents"]
    return max(item["LastModified"] for item in listed)


def report(lake: Lakehouse, folder: Path, *flags: str) -> tuple[int, dict[str, Any]]:
    expect = lake.expectations(folder)
    code = main(
        [*lake.flags(), "--no-history", "--expect", str(expect), "--out", str(folder), *flags]
    )
    return code, json.loads((folder / "report.json").read_text())


def found(document: dict[str, Any]) -> Found:
    """Every check that did not pass, by id; figures that are only stated are left out."""
    return {
        check["id"]: check["outcome"]
        for check in document["checks"]
        if check["outcome"] != "passed" and check["severity"] != "info"
    }


def test_all_is_well_but_the_one_warning(lake: Lakehouse, tmp_path: Path) -> None:
    code, document = report(lake, tmp_path)

    assert found(document) == WARNING
    assert code == 0
    assert document["verdict"] == "passed"


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.__name__)
def test_exactly_the_right_checks_find_it(
    lake: Lakehouse, tmp_path: Path, sabotage: Sabotage, capsys: pytest.CaptureFixture[str]
) -> None:
    sabotage(lake)
    capsys.readouterr()

    code, document = report(lake, tmp_path)

    assert found(document) == {**WARNING, **SABOTAGES[sabotage]}
    assert code == 1
    check_that_nobody_is_named(lake, tmp_path, capsys)


def test_a_malformed_line_is_shown_with_its_file(lake: Lakehouse, tmp_path: Path) -> None:
    break_a_landed_line(lake)

    _, document = report(lake, tmp_path)

    check = next(c for c in document["checks"] if c["id"] == "ingestion.accelerometer_landing")
    name = next(iter(lake.landed("accelerometer_landing")))
    assert check["actual"] == check["expected"] - 1
    assert f"accelerometer_landing/{name}: 1 line not a record" in check["examples"][0]


def test_a_job_s_message_names_nobody(
    lake: Lakehouse, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for sabotage in (let_a_customer_in_who_did_not_agree, duplicate_a_serial):
        sabotage(lake)
    row = lake.rows("customer_landing")[0]
    lake.jobs_touched = True
    ToldProcess.failing = {"customer_trusted": f"[CAST_INVALID_INPUT] value '{row[0]}' of {row[1]}"}
    lake.run("customer_trusted")
    capsys.readouterr()

    _, document = report(lake, tmp_path)

    assert "[CAST_INVALID_INPUT] value (withheld)" in json.dumps(document)
    check_that_nobody_is_named(lake, tmp_path, capsys)


def check_that_nobody_is_named(
    lake: Lakehouse, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Look for a person in all that a report has written and printed."""
    people = {value for row in lake.rows("customer_landing") for value in row[:3]}
    shown = {file.name: file.read_text() for file in folder.iterdir()}
    printed = capsys.readouterr()
    shown |= {"output": " ".join(printed.out.split()), "error": printed.err}
    for name, text in shown.items():
        assert not [person for person in people if person in text], name
