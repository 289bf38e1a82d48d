"""Tables whose partitions are projected from their properties, none of them in the catalog."""

import datetime as dt

import pytest

from sandbox.athena.storage import partitions
from tests.sandbox.athena.conftest import BUCKET, Lake


def projected(lake: Lake, keys: str, template: str = "", **properties: str) -> None:
    parameters = {"projection.enabled": "TRUE"}
    for name, value in properties.items():
        key, _, rest = name.partition("__")
        parameters[f"projection.{key}.{rest.replace('__', '.')}"] = value
    if template:
        parameters["storage.location.template"] = f"s3://{BUCKET}/{template}"
    lake.table("t", "a int", keys=keys, parameters=parameters)


def put(lake: Lake, *folders: str) -> None:
    for number, folder in enumerate(folders):
        lake.put(f"t/{folder}/x.json", f'{{"a": {number}}}')


def test_partitions_are_where_the_keys_say_when_no_template_does(lake: Lake) -> None:
    projected(
        lake,
        "year int; kind string",
        year__type="integer",
        year__range="2023,2025",
        kind__type="enum",
        kind__values="new,new-old, paid",
    )
    put(lake, "year=2023/kind=new", "year=2024/kind=new-old", "year=2024/kind=paid")
    put(lake, "year=2022/kind=new", "year=2023/kind=other", "year=02023/kind=new")
    assert lake.rows("SELECT year, kind, a FROM t ORDER BY a") == [
        ["2023", "new", "0"],
        ["2024", "new-old", "1"],
        ["2024", "paid", "2"],
    ]
    assert lake.rows("SELECT a FROM t WHERE year = 2024 AND kind = 'paid'") == [["2"]]


def test_a_template_may_have_any_order_and_folders_inside_a_date(lake: Lake) -> None:
    projected(
        lake,
        "day string; region string; n int",
        "t/${region}/n${N}/${day}",
        day__type="date",
        day__format="yyyy/MM/dd",
        day__range="2024/01/30,2024/02/02",
        region__type="enum",
        region__values="eu,us",
        n__type="integer",
        n__range="0,99",
        n__digits="2",
        n__interval="5",
    )
    put(lake, "eu/n05/2024/02/01", "us/n10/2024/01/30/deeper")
    put(lake, "eu/n5/2024/02/01", "eu/n06/2024/02/01", "eu/n05/2024/02/03", "eu/n05/2024/02/31")
    assert lake.rows("SELECT day, region, n, a FROM t ORDER BY a") == [
        ["2024/02/01", "eu", "5", "0"],
        ["2024/01/30", "us", "10", "1"],
    ]


def test_a_range_of_dates_may_end_now_and_go_in_steps(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "_now", lambda: dt.datetime(2024, 1, 31, 12))  # noqa: DTZ001
    projected(
        lake,
        "d date; m string; h string",
        "t/${d}/${m}/${h}/",
        d__type="date",
        d__format="yyyy-MM-dd",
        d__range="NOW-1DAYS,NOW+1MONTH",
        m__type="date",
        m__format="'m'yyyyMM",
        m__range="m202401, m202412",
        m__interval="3",
        h__type="date",
        h__format="yyyy-MM-dd-HH",
        h__range="2024-01-01-00,2024-01-02-00",
        h__interval="6",
        h__interval__unit="HOURS",
    )
    # A month after the 31st of January is the last day of February.
    put(lake, "2024-01-30/m202404/2024-01-01-06", "2024-02-29/m202407/2024-01-02-00")
    put(lake, "2024-01-29/m202404/2024-01-01-06", "2024-03-01/m202404/2024-01-01-06")
    put(lake, "2024-01-31/m202405/2024-01-01-06")
    put(lake, "2024-01-31/m202404/2024-01-01-07", "2024-01-31/m202404/2024-01-02-06")
    assert lake.rows("SELECT d, a FROM t ORDER BY a") == [["2024-01-30", "0"], ["2024-02-29", "1"]]


def test_an_injected_key_must_be_asked_for(lake: Lake) -> None:
    projected(lake, "device string", device__type="injected")
    put(lake, "device=a-1", "device=b")
    assert lake.rows("SELECT a FROM t WHERE device = 'a-1'") == [["0"]]
    assert lake.error("SELECT a FROM t").startswith(
        "CONSTRAINT_VIOLATION: For the injected projected partition column device, the WHERE"
    )


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({}, "the partition column k has no projection.k.type"),
        ({"k__type": "list"}, "projection.k.type is 'list', not enum"),
        ({"k__type": "enum"}, "projection.k.values is missing"),
        ({"k__type": "date", "k__range": "NOW,NOW"}, "projection.k.format is missing"),
        ({"k__type": "integer", "k__range": "1"}, "projection.k: the range '1' is not two values"),
        (
            {"k__type": "date", "k__range": "2024-W01,NOW", "k__format": "YYYY-'W'ww"},
            "projection.k: the embedded Athena doesn't know 'YYYY' in a date's format",
        ),
        (
            {
                "k__type": "date",
                "k__range": "2024,NOW",
                "k__format": "yyyy",
                "k__interval__unit": "DECADES",
            },
            "projection.k: the unit 'decades' is not known",
        ),
    ],
)
def test_wrong_properties_are_told(lake: Lake, properties: dict[str, str], told: str) -> None:
    projected(lake, "k string", **properties)
    error = lake.error("SELECT count(*) FROM t")
    assert error.startswith(
        f"HIVE_INVALID_METADATA: Table lake.t is configured for partition projection, but {told}"
    )


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("t/${x}", "'x' of storage.location.template is not a partition column"),
        ("t/", "template has no ${k}"),
    ],
)
def test_a_template_names_the_keys(lake: Lake, template: str, told: str) -> None:
    projected(lake, "k string", template, k__type="enum", k__values="a")
    assert told in lake.error("SELECT count(*) FROM t")
