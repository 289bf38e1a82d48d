"""The generated script of every node type runs: the golden scripts of glue_studio, one by one."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parents[3] / "glue_studio/nodes/golden"
SCRIPTS = sorted(GOLDEN.glob("*.py.txt"))
COLUMNS = [
    ("id", "string", "1"),
    ("customer_id", "string", "7"),
    ("region", "string", "N"),
    ("item", "string", "shoe"),
    ("total", "double", 20.5),
    ("status", "string", "done"),
    ("paid", "double", 1.0),
    ("due", "double", 2.0),
    ("n", "int", 1),
    ("state", "string", "12"),
    ("a.b", "struct<c:int>", {"c": 1}),
    ("outcome", "string", "Failed: x"),
    ("day", "string", "mon"),
    ("first name", "string", "Ann"),
    ("sum(total)", "double", 3.5),
    ("sum(total_value)", "double", 4.5),
    ("address", "struct<city:string,`city.name`:string>", {"city": "Oslo", "city.name": "O"}),
    ("properties.kind", "string", "k"),
    ("properties.code", "string", "a+b"),
    ("station name", "string", "S"),
    ("Airline Code", "string", "X"),
    ("name", "string", "Ann"),
    ("code", "string", "X"),
    ("open_year", "string", "2024"),
    ("open_month", "string", "7"),
]
# A source or target that is another service, which the sandbox does not have.
ELSEWHERE = re.compile(r'connection_type ?= ?"(?!s3")')
# What others say instead of running on this data.
REFUSED = {
    # Its parameters show how each kind is written; AWS's own function takes two of them.
    "DynamicTransform": "unexpected keyword argument",
    "RedshiftSource": "has no table shop.dev_sales_rentals",
    "RedshiftTarget": "has no table shop.dev_sales_rentals",
    "SelectFromCollection": "list index out of range",
    "S3DirectTarget": "CSV datasource doesn't support the column",  # a struct
    # AWS's own helper looks for the column without back-ticks.
    "DropNullFields": "`a`.`b`.`c` cannot be resolved",
}


def columns(*left_out: str) -> list[dict[str, str]]:
    return [{"Name": name, "Type": kind} for name, kind, _ in COLUMNS if name not in left_out]


def make_table(lake: Any, name: str, location: str, plain: Any, keys: Any = ()) -> None:
    serde = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}
    descriptor = {"Columns": plain, "Location": location, "SerdeInfo": serde}
    lake.glue.create_table(
        DatabaseName="shop",
        TableInput={"Name": name, "PartitionKeys": list(keys), "StorageDescriptor": descriptor},
    )


@pytest.fixture
def shop(in_this_process: Any, path: Path) -> Iterator[Any]:
    lake = in_this_process
    text = path.read_text()
    partitions = re.search(r'partitionKeys"?[:=] ?(\[[^\]]*\])', text)
    clean = json.loads(partitions[1]) if partitions else []
    folder = lake.folder()
    lake.glue.create_database(DatabaseInput={"Name": "shop"})
    year, month = {"Name": "year", "Type": "string"}, {"Name": "month", "Type": "int"}
    make_table(lake, "orders", f"{folder}orders/", columns(), [year, month])
    make_table(lake, "customers", f"{folder}customers/", [*columns(), year, month])
    keys = [column for column in columns() if column["Name"] in clean]
    make_table(lake, "orders_clean", f"{folder}clean/", columns(*clean), keys)
    row = {name: value for name, _, value in COLUMNS}
    lake.put(f"{folder}orders/year=2024/month=7/a.json", [row])
    lake.put(f"{folder}customers/a.json", [{**row, "id": "7"}])
    lake.glue.create_partition(
        DatabaseName="shop",
        TableName="orders",
        PartitionInput={
            "Values": ["2024", "7"],
            "StorageDescriptor": {"Location": f"{folder}orders/year=2024/month=7/"},
        },
    )
    event = json.dumps({"value": [row]} if "jsonPath" in text else row)
    for key, body in {
        "orders.csv": "id,day\n1,mon\n",
        "orders.tsv": "id\tday\n1\tmon\n",
        "orders/a.csv": "id,day\n1,mon\n",
        "events/a.json": event,
        "more orders/a.json": event,
    }.items():
        lake.s3.put_object(Bucket="raw-data", Key=key, Body=body.encode())
    if 'format="parquet"' in text:
        lake.s3.delete_object(Bucket="raw-data", Key="events/a.json")
        lake.mirror.refresh("raw-data", "events/")
        lake.spark.range(3).write.mode("append").parquet("s3://raw-data/events/")
    yield lake
    for table in lake.glue.get_tables(DatabaseName="shop")["TableList"]:
        lake.glue.delete_table(DatabaseName="shop", Name=table["Name"])
    lake.glue.delete_database(Name="shop")
    lake.context.purge_s3_path("s3://raw-data/", {"retentionPeriod": 0})


@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name.partition(".")[0])
def test_a_golden_script_runs_or_says_what_is_not_there(shop: Any, path: Path) -> None:
    from awsglue.dynamicframe import DynamicFrame

    script, kind = path.read_text(), path.name.partition(".")[0].partition("-")[0]
    refusal = "is not in the sandbox" if ELSEWHERE.search(script) else REFUSED.get(kind)
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        exec(compile(script, path.name, "exec"), names)  # noqa: S102 -- a job is its script
    except Exception as error:
        if refusal is None or refusal not in str(error):
            raise
        return
    frames = {key: frame for key, frame in names.items() if isinstance(frame, DynamicFrame)}
    assert frames
    for frame in frames.values():
        frame.count()
