import json
from pathlib import Path

import pytest

from common.project import PROJECT
from sandbox.landing_data.generator import generate
from sandbox.server.application import Sandbox
from tests.validation.lakehouse import Lakehouse, ToldProcess
from validation import expectations
from validation.report import main


def test_the_generators_data_gives_the_published_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = generate(tmp_path / "landing")
    with Sandbox(state_dir=tmp_path / "state", make_process=ToldProcess) as sandbox:
        for name, value in sandbox.environment.items():
            monkeypatch.setenv(name, value)
        lake = Lakehouse(sandbox, data.path)
        code = main([*lake.flags(), "--no-history", "--out", str(tmp_path / "report")])
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    actual = {check["id"]: check["actual"] for check in report["checks"]}
    assert code == 0
    assert {
        name: actual[f"count.{name}"]
        for name in expectations.load(PROJECT / expectations.FILE).counts
    } == dict(expectations.load(PROJECT / expectations.FILE).counts)
    assert actual["pairs.two_customers"] == 2700
    assert actual["consent.readings_before_consent"] == 8956
    assert actual["ingestion.accelerometer_landing"] == 81273
    assert len(report["queries"]) == 6
    assert report["summary"]["warned"] == 1
