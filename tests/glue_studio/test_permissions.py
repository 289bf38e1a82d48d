"""What roles may do; tests/terraform/test_access.py holds it equal to the policies of a plan."""

import json
from pathlib import Path
from typing import Any

import pytest

from common.command import ExitCode
from glue_studio import Job, parse_nodes
from glue_studio.access import TableRef
from glue_studio.cli import main
from glue_studio.permissions import (
    Deployment,
    Permissions,
    permissions_of,
    table_zones,
)
from glue_studio.project import TableFileError

_ROOT = Path(__file__).parents[2]
_SHOP = Deployment(
    "111122223333",
    "cn-north-1",
    "shop",
    {"raw": "shop-raw"},
    {TableRef("shop", "orders"): ("raw", "orders/"), TableRef("shop", "out"): ("clean", "out/")},
)


def _permissions(graph: dict[str, Any], **settings: Any) -> Permissions:
    return permissions_of(Job("daily", settings, parse_nodes(graph)), _SHOP)


def _may(permissions: Permissions, action: str) -> set[str]:
    return {one.resource for one in permissions.granted if one.action == action}


def test_tables_are_found_in_their_zones_and_buckets() -> None:
    may = _permissions(
        {
            "a": {"CatalogSource": {"Name": "a", "Database": "Shop", "Table": "Orders"}},
            "b": {
                "CatalogTarget": {"Name": "b", "Inputs": ["a"], "Database": "shop", "Table": "out"}
            },
        }
    )
    assert may.role == "shop-daily-cn-north-1"
    assert may.unknown == ()
    read, written = (
        "arn:aws-cn:s3:::shop-raw/orders",
        "arn:aws-cn:s3:::shop-clean-111122223333-cn-north-1/out",
    )
    assert {read, f"{read}/*", written, f"{written}/*"} <= _may(may, "s3:GetObject")
    assert {resource for resource in _may(may, "s3:PutObject") if "assets" not in resource} == {
        written,
        f"{written}/*",
    }
    catalog = "arn:aws-cn:glue:cn-north-1:111122223333"
    assert _may(may, "glue:GetTable") == {
        f"{catalog}:{name}"
        for name in ("catalog", "database/shop", "table/shop/orders", "table/shop/out")
    }
    assert _may(may, "glue:UpdateTable") == set()


def test_paths_files_and_connections_are_the_graph_s_and_the_arguments() -> None:
    may = _permissions(
        {
            "a": {"S3JsonSource": {"Name": "a", "Paths": ["s3a://lake/in/", "s3://lake/one.json"]}},
            "b": {"Spigot": {"Name": "b", "Inputs": ["a"], "Path": "s3://lake/sample/"}},
        },
        DefaultArguments={"--extra-jars": "s3://lib/a.jar"},
        NonOverridableArguments={"--enable-glue-datacatalog": "true"},
        Connections={"Connections": ["aurora"]},
    )
    assert may.unknown == ()
    assert {
        "arn:aws-cn:s3:::lake/in/*",
        "arn:aws-cn:s3:::lake/one.json",
        "arn:aws-cn:s3:::lib/a.jar",
    } <= _may(may, "s3:GetObject")
    assert "arn:aws-cn:s3:::lake/sample/*" in _may(may, "s3:DeleteObject")
    assert "arn:aws-cn:glue:cn-north-1:111122223333:connection/aurora" in _may(
        may, "glue:GetConnection"
    )
    assert _may(may, "glue:CreateDatabase")


@pytest.mark.parametrize(
    ("node", "what"),
    [
        ({"S3JsonSource": {"Name": "a", "Paths": ["s3://lake/"]}}, "the place 's3://lake/'"),
        ({"S3JsonSource": {"Name": "a", "Paths": ["lake/in/"]}}, "the place 'lake/in/'"),
        ({"S3JsonSource": {"Name": "a", "Paths": ["s3://lake/*/"]}}, "the place 's3://lake/*/'"),
        (
            {"MySQLCatalogSource": {"Name": "a", "Database": "d", "Table": "t"}},
            "the connection or store behind the table d.t",
        ),
        (
            {"S3IcebergCatalogTarget": {"Name": "a", "Database": "d", "Table": "t"}},
            "what a commit to Iceberg needs",
        ),
        ({"DirectKinesisSource": {"Name": "a"}}, "the stream of the DirectKinesisSource “a”"),
        ({"FutureSource": {"Name": "a"}}, "what the FutureSource “a” reaches"),
        (
            {
                "S3DirectTarget": {
                    "Name": "a",
                    "Path": "s3://lake/out/",
                    "SchemaChangePolicy": {
                        "EnableUpdateCatalog": True,
                        "Database": "d",
                        "Table": "t",
                    },
                }
            },
            "the table d.t, which the target makes itself",
        ),
    ],
)
def test_what_no_graph_tells_is_said(node: dict[str, Any], what: str) -> None:
    assert any(said.startswith(what) for said in _permissions({"a": node}).unknown)


def test_a_table_behind_a_connection_is_not_looked_for_on_s3() -> None:
    node = {"MySQLCatalogSource": {"Name": "a", "Database": "d", "Table": "t"}}
    may = _permissions({"a": node})
    assert not [one for one in may.granted if "location" in one.resource]


def test_tables_in_folders_are_of_the_folder_s_database(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "Orders.json").write_text('{"zone": "raw", "columns": []}')
    (tmp_path / "other" / "people.json").write_text('{"zone": "raw", "columns": []}')
    assert table_zones(tmp_path, ["shop"]) == {
        TableRef("shop", "orders"): ("raw", "Orders/"),
        TableRef("other", "people"): ("raw", "other/people/"),
    }
    (tmp_path / "broken.json").write_text("{}")
    with pytest.raises(TableFileError, match="broken.json is not a table definition"):
        table_zones(tmp_path, ["shop"])


def test_text_and_json_tell_the_same(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    flags = ["access", "customer_trusted", "--project", str(_ROOT), "--region", "us-east-1"]
    assert main([*flags, "--format", "json"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert told["version"] == 1
    assert told["unknown"] == []
    assert main(flags) == ExitCode.DONE
    text = capsys.readouterr().out
    resource = actions = ""
    shown = set()
    for line in text.splitlines()[1:]:
        if line.startswith("    "):
            actions = line.partition(": ")[2]
            shown |= {(action, resource) for action in actions.split(", ")}
        else:
            resource = line.strip()
    assert shown == {(one["action"], one["resource"]) for one in told["permissions"]}
    assert (
        main([*flags, "--output", str(tmp_path / "a.txt"), "--bucket", "landing=mine"])
        == ExitCode.DONE
    )
    assert "arn:aws:s3:::mine/customer_landing/*" in (tmp_path / "a.txt").read_text()
    assert main([*flags, "--bucket", "landing"]) == ExitCode.USAGE


def test_what_no_graph_tells_is_a_warning(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    node = {"Recipe": {"Name": "r", "Inputs": [], "RecipeReference": {"RecipeArn": "arn:r"}}}
    (tmp_path / "job.json").write_text(json.dumps({"a": node}))
    assert main(["access", str(tmp_path / "job.json"), "--project", str(tmp_path)]) == ExitCode.DONE
    assert capsys.readouterr().err == (
        "WARNING job: no permission follows from the graph for the recipe arn:r.\n"
    )
