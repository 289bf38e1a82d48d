import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from glue_studio import load
from glue_studio.cli import ExitCode, main
from glue_studio.lifecycle.importing import clean

_ASSETS = "s3://aws-glue-assets-123456789012-us-east-1"
_DEPLOYED: dict[str, Any] = {
    "Job": {
        "Name": "orders",
        "JobMode": "VISUAL",
        "Role": "arn:aws:iam::123456789012:role/etl",
        "CreatedOn": "2024-01-01T00:00:00Z",
        "LastModifiedOn": "2024-01-01T00:00:00Z",
        "AllocatedCapacity": 2,
        "MaxCapacity": 2.0,
        "WorkerType": "G.1X",
        "NumberOfWorkers": 2,
        "GlueVersion": "5.1",
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "Command": {"Name": "glueetl", "ScriptLocation": f"{_ASSETS}/scripts/orders.py"},
        "SourceControlDetails": {"Provider": "GITHUB", "Repository": "r"},
        "DefaultArguments": {
            "--TempDir": f"{_ASSETS}/temporary/",
            "--spark-event-logs-path": f"{_ASSETS}/sparkHistoryLogs/",
            "--extra-py-files": f"{_ASSETS}/transforms/mask.py",
            "--kms": "arn:aws:kms:us-east-1:123456789012:key/x",
            "--job-language": "python",
        },
        "CodeGenConfigurationNodes": {
            "node-1712345678901": {
                "S3JsonSource": {"Name": "in", "Paths": ["s3://data-123456789012/in/"]}
            },
            "node-1712345678902": {
                "CatalogTarget": {
                    "Name": "out",
                    "Inputs": ["node-1712345678901"],
                    "Database": "shop",
                    "Table": "out",
                    "PartitionKeys": [],
                }
            },
        },
    }
}


def test_what_belongs_to_one_account_is_taken_out_and_told() -> None:
    cleaned = clean(load(json.dumps(_DEPLOYED)))
    assert cleaned.job.settings == {
        "JobMode": "VISUAL",
        "WorkerType": "G.1X",
        "NumberOfWorkers": 2,
        "GlueVersion": "5.1",
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "Command": {"Name": "glueetl"},
        "DefaultArguments": {"--job-language": "python"},
    }
    assert {removal.path for removal in cleaned.removed} >= {
        "Role",
        "AllocatedCapacity",
        "MaxCapacity",
        "Command.ScriptLocation",
        "SourceControlDetails",
        "DefaultArguments.--TempDir",
        "DefaultArguments.--spark-event-logs-path",
        "DefaultArguments.--extra-py-files",
        "DefaultArguments.--kms",
    }
    (remaining,) = cleaned.remaining
    assert remaining == (
        "node node-1712345678901 (S3JsonSource “in”): Paths[0] names one account "
        "(s3://data-123456789012/in/); use a Data Catalog table, or a path without the account."
    )


def test_the_transforms_of_glue_itself_belong_to_no_account() -> None:
    file = "s3://aws-glue-studio-transforms-123456789012-prod-us-east-1/gs_now.py"
    transform = {
        "Name": "now",
        "TransformName": "gs_now",
        "Inputs": ["node-1"],
        "FunctionName": "gs_now",
        "Path": file,
    }
    content = {
        "Name": "j",
        "DefaultArguments": {"--extra-py-files": file},
        "CodeGenConfigurationNodes": {"node-2": {"DynamicTransform": transform}},
    }
    cleaned = clean(load(json.dumps(content)))
    assert cleaned.job.settings["DefaultArguments"] == {"--extra-py-files": file}
    assert cleaned.removed == ()
    assert cleaned.remaining == ()


def test_a_size_without_workers_stays() -> None:
    job = load(json.dumps({"Name": "j", "MaxCapacity": 4.0, "Command": {"Name": "glueetl"}}))
    assert clean(job).job.settings["MaxCapacity"] == 4.0
    assert clean(job).removed == ()


def test_the_command_writes_the_file_and_tells_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(_DEPLOYED).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["import", "-", "--project", str(tmp_path)]) == ExitCode.DONE
    captured = capsys.readouterr()
    path = tmp_path / "glue_studio_json" / "orders.json"
    assert captured.out.startswith(f"orders: written {path}\n")
    assert '  removed Role "arn:aws:iam::123456789012:role/etl": the deployment' in captured.out
    assert "WARNING node node-1712345678901" in captured.err
    text = path.read_text(encoding="utf-8")
    assert "arn:" not in text
    assert "aws-glue-assets" not in text
    assert json.loads(text) == json.loads(json.dumps(json.loads(text), sort_keys=True))
    assert path.stat().st_mode & 0o777 == 0o644


def test_importing_again_replaces_the_file_and_shows_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.json"
    source.write_text(json.dumps(_DEPLOYED), encoding="utf-8")
    main(["import", str(source), "--project", str(tmp_path)])
    changed = json.loads(json.dumps(_DEPLOYED))
    changed["Job"]["GlueVersion"] = "5.0"
    source.write_text(json.dumps(changed), encoding="utf-8")
    capsys.readouterr()
    assert main(["import", str(source), "--project", str(tmp_path)]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert shown.startswith("orders: replaced ")
    assert 'GlueVersion: "5.1" → "5.0"' in shown
    assert len(list((tmp_path / "glue_studio_json").iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../etc/passwd", "etc_passwd.json"),
        ("a b/c", "a_b_c.json"),
        ("…", "job.json"),
        (".hidden", "hidden.json"),
        ("Заказы", "Заказы.json"),
        ("Ж" * 255, "Ж" * 100 + ".json"),
    ],
)
def test_a_job_s_name_never_leads_out_of_the_folder(name: str, file: str, tmp_path: Path) -> None:
    source = tmp_path / "in.json"
    source.write_text(json.dumps(_DEPLOYED), encoding="utf-8")
    assert (
        main(["import", str(source), "--project", str(tmp_path), "--name", name]) == ExitCode.DONE
    )
    (path,) = (tmp_path / "glue_studio_json").iterdir()
    assert path.name == file
    assert load(path).name == name


def test_two_jobs_never_share_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.json"
    source.write_text(json.dumps(_DEPLOYED), encoding="utf-8")
    main(["import", str(source), "--project", str(tmp_path), "--name", "a b"])
    capsys.readouterr()
    code = main(["import", str(source), "--project", str(tmp_path), "--name", "a/b"])
    assert code == ExitCode.UNABLE
    assert "holds another job than 'a/b'" in capsys.readouterr().err


def test_a_job_without_a_graph_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.json"
    source.write_text('{"Name": "x", "Command": {"Name": "glueetl"}}', encoding="utf-8")
    assert main(["import", str(source), "--project", str(tmp_path)]) == ExitCode.UNABLE
    assert "the job has no visual graph" in capsys.readouterr().err
    assert not (tmp_path / "glue_studio_json").exists()


def test_the_graph_of_a_script_job_may_be_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(json.dumps(_DEPLOYED))
    document["Job"]["JobMode"] = "SCRIPT"
    source = tmp_path / "in.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    assert main(["import", str(source), "--project", str(tmp_path)]) == ExitCode.DONE
    assert "WARNING orders is a script job (JobMode SCRIPT)" in capsys.readouterr().err
