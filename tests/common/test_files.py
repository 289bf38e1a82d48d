import os
from pathlib import Path

import pytest

from common.files import FileError, write_all, write_whole


def test_a_folder_is_made_and_the_team_may_read_the_file(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "new" / "a.txt", "ä\n")
    finally:
        os.umask(before)
    assert (tmp_path / "new" / "a.txt").read_bytes() == b"\xc3\xa4\n"
    assert (tmp_path / "new" / "a.txt").stat().st_mode & 0o777 == 0o644


def test_what_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match=r"a cannot be written: No space left on device\.$"):
        write_whole(tmp_path / "a", "new")
    with pytest.raises(FileError, match=f"{tmp_path} cannot be written: No space"):
        write_all(tmp_path, {"a": "new", "b": "new"})
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a", "old")]


def test_half_a_character_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="holds half a character"):
        write_whole(tmp_path / "a", "\ud800")
    assert not list(tmp_path.iterdir())


def test_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(FileError, match="b is a directory"):
        write_all(tmp_path, {"a": "new", "b": "new"})
    assert [file.name for file in tmp_path.iterdir()] == ["b"]
