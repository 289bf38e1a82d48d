from pathlib import Path

import pytest

from common.project import PROJECT
from validation import counts, expectations


def test_the_file_that_people_run_is_what_the_report_asks() -> None:
    text = (PROJECT / counts.FILE).read_text(encoding="utf-8")

    assert text == counts.text(PROJECT)
    for name in expectations.load(PROJECT / expectations.FILE).counts:
        assert f"SELECT '{name}' AS table_name" in text
    assert text.count("UNION ALL") == 8


def test_it_is_compared_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("athena_sql", "terraform", "glue_studio_json"):
        (tmp_path / folder).symlink_to(PROJECT / folder)
    (tmp_path / "athena_sql").unlink()
    (tmp_path / "athena_sql").mkdir()
    for item in (PROJECT / "athena_sql").iterdir():
        if item.name != "counts.sql":
            (tmp_path / "athena_sql" / item.name).symlink_to(item)
    command = ["--project", str(tmp_path)]

    assert counts.main([*command, "--check"]) == 1
    assert "python -m validation.counts" in capsys.readouterr().out
    assert counts.main(command) == 0
    assert counts.main([*command, "--check"]) == 0
    assert (tmp_path / counts.FILE).read_text() == (PROJECT / counts.FILE).read_text()


def test_a_folder_that_declares_nothing_is_wrong_usage(tmp_path: Path) -> None:
    assert counts.main(["--project", str(tmp_path)]) == 3
    assert not list(tmp_path.iterdir())
