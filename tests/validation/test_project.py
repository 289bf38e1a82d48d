"""The report serves any pipeline's folder: orders, payments and refunds of a shop."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sandbox import environment
from sandbox.server.application import Sandbox
from tests.validation.lakehouse import ToldProcess, run_until_ended, stored
from tests.validation.test_terraform_outputs import OUTPUTS, wrapped
from validation import expectations, history, terraform_outputs
from validation.report import main

pytestmark = pytest.mark.slow

SHOP = Path(__file__).with_name("shop")
FLAGS = ["--project", str(SHOP), "--database", "shop", "--workgroup", "shop"]
ROWS: dict[str, list[dict[str, object]]] = {
    "orders_raw": [{"order_id": f"o{n}", "amount": 10.0 * n} for n in (1, 2, 3)],
    "payments_raw": [{"order_id": "o1", "paid": 10.0}, {"order_id": "o2", "paid": 20.0}],
    "refunds_raw": [{"order_id": "o2", "refunded": 5.0}],
    "paid_orders": [{"order_id": "o1", "amount": 10.0}, {"order_id": "o2", "amount": 20.0}],
    "net_revenue": [{"order_id": "o1", "net": 10.0}, {"order_id": "o2", "net": 15.0}],
}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    state = tmp_path_factory.mktemp("shop")
    with Sandbox(state_dir=state, make_process=ToldProcess) as sandbox:
        _deploy(sandbox)
        yield sandbox


@pytest.fixture
def shop(deployed: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    for name, value in deployed.environment.items():
        monkeypatch.setenv(name, value)
    return deployed


def test_a_pipeline_is_its_folder_and_the_report_names_no_other(
    shop: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = ["--results", "s3://shop-results/"]
    assert main([*FLAGS, *results, "--out", str(tmp_path)]) == 0
    assert history.main([*FLAGS, *results]) == 0

    report = json.loads((tmp_path / "report.json").read_text())
    found = {check["id"]: check["outcome"] for check in report["checks"]}
    assert (
        found.items()
        >= {
            "count.orders_raw": "passed",
            "ingestion.payments_raw": "passed",
            "parents.paid_orders": "passed",
            "catalog.net_revenue": "passed",
            "freshness.net_revenue": "passed",
            "drift.paid_orders": "passed",
        }.items()
    )
    page = (tmp_path / "report.html").read_text()
    assert "From order to revenue" in page
    for zone in ("raw", "clean", "mart"):
        assert f">{zone}</text>" in page
    printed = capsys.readouterr()
    shown = {file.name: file.read_text() for file in tmp_path.iterdir()}
    shown |= {"output": printed.out, "error": printed.err}
    for name, text in shown.items():
        assert "stedi" not in text.lower(), name


@pytest.mark.parametrize("command", [main, history.main])
def test_help_names_no_pipeline(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["--help"]) == 0
    assert "stedi" not in capsys.readouterr().out.lower()


def test_what_is_deployed_is_asked_of_the_projects_own_terraform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Path] = []

    def read(directory: Path) -> terraform_outputs.TerraformOutputs:
        asked.append(directory)
        return terraform_outputs.parse(wrapped(OUTPUTS), where="terraform")

    monkeypatch.setattr(terraform_outputs, "read", read)

    assert main(["--project", str(SHOP), "--timeout", "1", "--out", str(tmp_path)]) == 2
    assert asked == [SHOP / "terraform"]


def test_a_pipeline_without_expectations_learns_its_first(
    shop: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "project"
    for file in SHOP.rglob("*"):
        if file.is_file() and file.name != "expectations.toml":
            target = project / file.relative_to(SHOP)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    flags = [*FLAGS, "--no-history", "--project", str(project), "--out", str(tmp_path / "out")]

    assert main(flags) == 3
    assert "--learn" in capsys.readouterr().err
    own = project / expectations.FILE
    assert main([*flags, "--learn", str(own)]) == 2

    assert expectations.load(own).counts == {name: len(rows) for name, rows in ROWS.items()}
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    unknown = {it["id"] for it in report["checks"] if it["outcome"] == "not_evaluated"}
    assert unknown >= {f"count.{name}" for name in ROWS} | {"privacy.columns"}
    main(flags)
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    unknown = {it["id"] for it in report["checks"] if it["outcome"] == "not_evaluated"}
    assert "privacy.columns" in unknown
    assert not {name for name in unknown if name.startswith("count.")}


def test_a_folder_that_declares_no_table_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "athena_sql").mkdir()
    (tmp_path / expectations.FILE).write_text("version = 1\n[counts]\na = 1\n")
    assert main([*FLAGS, "--project", str(tmp_path), "--out", str(tmp_path / "out")]) == 3
    assert "no table definition (*.json)" in capsys.readouterr().err


def _deploy(sandbox: Sandbox) -> None:
    s3, glue, athena = (
        environment.client(name, sandbox.endpoint_url) for name in ("s3", "glue", "athena")
    )
    for bucket in ("shop-data", "shop-results", "shop-assets"):
        s3.create_bucket(Bucket=bucket)
    athena.create_work_group(
        Name="shop",
        Configuration={
            "EnforceWorkGroupConfiguration": True,
            "ResultConfiguration": {"OutputLocation": "s3://shop-results/athena/"},
        },
    )
    glue.create_database(DatabaseInput={"Name": "shop"})
    for name, rows in ROWS.items():
        definition = json.loads((SHOP / "terraform" / "tables" / f"{name}.json").read_text())
        is_json = definition["format"] == "json"
        s3.put_object(
            Bucket="shop-data",
            Key=f"{name}/part-0",
            Body="\n".join(map(json.dumps, rows)).encode() if is_json else _parquet(rows),
        )
        glue.create_table(
            DatabaseName="shop", TableInput=stored(name, definition, f"s3://shop-data/{name}/")
        )
    for name in ("paid_orders", "net_revenue"):
        job = json.loads((SHOP / "glue_studio_json" / f"{name}.json").read_text())
        script = f"s3://shop-assets/scripts/{name}.py"
        glue.create_job(
            **job | {"Command": job["Command"] | {"ScriptLocation": script}},
            Role="arn:aws:iam::123456789012:role/shop",
        )
        run_until_ended(glue, name)


def _parquet(rows: list[dict[str, object]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer)
    return buffer.getvalue()
