import gzip
import json
import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy import landing_folder
from deploy.errors import DeployError
from deploy.landing_folder import LandingFolderError, check_landing_folder
from tests import published_shape

CUSTOMER = '{"email": "a@b.test", "serialNumber": "s"}\n'
ACCELEROMETER = '{"user":"a@b.test","timestamp":1,"x":0.0,"y":0.0,"z":0.0}\n'
STEP_TRAINER = '{"sensorReadingTime":1,"serialNumber":"s","distanceFromObject":201}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for source, line in (
        ("customer", CUSTOMER),
        ("accelerometer", ACCELEROMETER),
        ("step_trainer", STEP_TRAINER),
    ):
        (tmp_path / source).mkdir()
        (tmp_path / source / "part-0").write_text(line)
    return tmp_path


def message(folder: Path) -> str:
    with pytest.raises(LandingFolderError) as caught:
        check_landing_folder(folder)
    text = str(caught.value)
    assert isinstance(caught.value, DeployError)
    assert "\n" not in text
    assert text.endswith((".", "?"))
    return text


def test_published_shape_is_read_whole(tmp_path: Path) -> None:
    published_shape.write(tmp_path, published_shape.SMALL)
    landing = check_landing_folder(tmp_path)
    assert dict(landing.lines) == {"customer": 10, "accelerometer": 872, "step_trainer": 300}
    assert landing.path == tmp_path
    assert landing.bytes == sum(f.stat().st_size for f in tmp_path.rglob("*.json"))


def test_any_names_and_subfolders(folder: Path) -> None:
    (folder / "customer" / "part-0").rename(folder / "customer" / "b.jsonl")
    (folder / "customer" / "a").mkdir()
    (folder / "customer" / "a" / "more data.JSON.GZ").write_bytes(
        gzip.compress((CUSTOMER * 3).encode())
    )
    landing = check_landing_folder(str(folder))
    assert landing.sources["customer"] == (
        folder / "customer" / "a" / "more data.JSON.GZ",
        folder / "customer" / "b.jsonl",
    )
    assert landing.lines["customer"] == 4


def test_hidden_files_are_left_out_as_athena_does(folder: Path) -> None:
    (folder / "customer" / ".DS_Store").write_bytes(b"\x00\xff")
    (folder / "customer" / "_SUCCESS").touch()
    (folder / "customer" / "_temporary").mkdir()
    (folder / "customer" / "_temporary" / "part-1").write_text("no JSON")
    assert len(check_landing_folder(folder).sources["customer"]) == 1


def test_last_line_needs_no_newline_and_lines_may_end_in_cr_lf(folder: Path) -> None:
    text = CUSTOMER.replace("\n", "\r\n") + CUSTOMER.strip()
    (folder / "customer" / "part-0").write_bytes(text.encode())
    assert check_landing_folder(folder).lines["customer"] == 2


def test_keys_are_read_without_regard_to_case_as_the_serde_does(folder: Path) -> None:
    (folder / "customer" / "part-0").write_text(CUSTOMER.lower())
    assert check_landing_folder(folder).lines["customer"] == 1


def test_no_folder(tmp_path: Path) -> None:
    assert "nowhere is not a folder" in message(tmp_path / "nowhere")


def test_missing_sources_are_all_named(folder: Path) -> None:
    for source in ("customer", "step_trainer"):
        (folder / source / "part-0").unlink()
        (folder / source).rmdir()
    assert "has no folder customer and no folder step_trainer;" in message(folder)


def test_source_without_files(folder: Path) -> None:
    (folder / "accelerometer" / "part-0").rename(folder / "accelerometer" / ".part-0")
    assert f"{folder / 'accelerometer'} has no files" in message(folder)


@pytest.mark.parametrize("name", ["part-0", "part-1.gz"])
def test_empty_file(folder: Path, name: str) -> None:
    empty = gzip.compress(b"", mtime=0) if name.endswith(".gz") else b""
    (folder / "step_trainer" / name).write_bytes(empty)
    assert f"{folder / 'step_trainer' / name} is empty" in message(folder)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (CUSTOMER + "sensor,reading\n", "line 2: Expecting value at column 1"),
        (CUSTOMER + CUSTOMER[:20], "line 2: Expecting ',' delimiter at column 21"),
        (CUSTOMER * 2 + CUSTOMER.strip() + " " + CUSTOMER, "line 3: Extra data at column 44"),
        (CUSTOMER + "\n" + CUSTOMER, "line 2: the line is blank"),
        (CUSTOMER + '["a"]\n', "line 2: a JSON object was expected, this is an array"),
        (CUSTOMER + '"a"\n', "line 2: a JSON object was expected, this is a string"),
        (CUSTOMER + "null\n", "line 2: a JSON object was expected, this is null"),
        (json.dumps([json.loads(CUSTOMER)], indent=2), "line 1: Expecting value"),
        ('{"email": NaN, "serialNumber": "s"}\n', "line 1: NaN is not a JSON value"),
        ("\ufeff" + CUSTOMER, "line 1: it starts with a byte order mark"),
        (f'{{"email": {"9" * 5000}}}\n', "line 1: Exceeds the limit (4300 digits)"),
        ('{"email":' + "[" * 100_000 + "\n", "line 1: nested too deep"),
        ("x" * ((1 << 20) + 2), "line 1: the line is longer than 1,048,576 bytes"),
        (
            CUSTOMER + '{"email": "' + "x" * (1 << 20) + '"}\n',
            "line 2: the line is longer than 1,048,576 bytes",
        ),
    ],
)
def test_not_json_lines(folder: Path, content: str, reason: str) -> None:
    file = folder / "customer" / "part-0"
    file.write_text(content, encoding="utf-8")
    assert f"{file} is not JSON lines: {reason}" in message(folder)


@pytest.mark.parametrize(
    "content",
    [CUSTOMER.encode("utf-16"), gzip.compress(CUSTOMER.encode(), mtime=0), b'{"email":"\xe9"}\n'],
)
def test_not_utf_8(folder: Path, content: bytes) -> None:
    (folder / "customer" / "part-0").write_bytes(content)
    assert "line 1: it is not UTF-8 text" in message(folder)


_LINES = st.sampled_from(
    [
        *(
            CUSTOMER.strip(),
            '{"a": 1, "b": null}',
            '{"a":-0.5e3,"b":[1,{"c":"d"}]}',
            "{}",
            '{"a" : true}',
        ),
        *(
            '{"a": "\\u00fc\\n"}',
            '{"a": "ü€"}',
            '{"a": 1}\r',
            ' {"a": 1} ',
            '{"a": 123456789012345678901}',
        ),
        *(
            '{"a": 01}',
            '{"a": 1.}',
            '{"a": .5}',
            '{"a": +1}',
            '{"a": nan}',
            '{"a": -}',
            '{"a": "b\tc"}',
        ),
        *(
            '{"a": 1,}',
            '{"a": 1}}',
            '{"a" 1}',
            "{a: 1}",
            '{"a": "b}',
            '{"a": tru}',
            '{"a": 1} {"a": 2}',
        ),
        *("", " ", "1", '["a"]', "null", '{"a": Infinity}', "\x00", '{"a": 1}\x0b'),
    ]
)


@given(st.lists(_LINES, max_size=6), st.sampled_from(["", "\n"]), st.sampled_from([1, 20, 1 << 20]))
def test_lines_are_judged_as_json_judges_each(lines: list[str], end: str, block: int) -> None:
    def bad(line: str) -> bool:
        try:
            return not isinstance(json.loads(line, parse_constant=int), dict)
        except ValueError:
            return True

    content = "\n".join([CUSTOMER.strip(), *lines]) + end
    whole = content.removesuffix("\n").split("\n")
    first = next((number for number, line in enumerate(whole, 1) if bad(line)), None)
    with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing_folder, "_BLOCK", block)
        (Path(made) / "customer").mkdir()
        (Path(made) / "customer" / "part-0").write_bytes(content.encode())
        try:
            found = check_landing_folder(made, sources={"customer": ("email",)})
        except LandingFolderError as error:
            assert f"line {first}: " in str(error)  # noqa: PT017 - whether there is one is what is tested
        else:
            assert first is None
            assert found.lines == {"customer": len(whole)}


def test_a_damaged_file_says_how_far_it_is_read(folder: Path) -> None:
    whole = gzip.compress(CUSTOMER.encode() * 50_000, mtime=0)
    (folder / "customer" / "part-1.gz").write_bytes(whole[:-12])
    assert re.search(r"part-1\.gz is not a whole gzip file \(after line [1-9]", message(folder))


@pytest.mark.parametrize("name", ["not.gz", "cut off.gz", "damaged.gz"])
def test_broken_gzip(folder: Path, name: str) -> None:
    whole = gzip.compress(os.urandom(2000), mtime=0)
    contents = {
        "not.gz": CUSTOMER.encode(),
        "cut off.gz": gzip.compress(CUSTOMER.encode(), mtime=0)[:-12],
        "damaged.gz": whole[:100] + b"\xff" * 100 + whole[200:],
    }
    (folder / "customer" / name).write_bytes(contents[name])
    assert name in message(folder)


def test_records_of_another_source(folder: Path) -> None:
    (folder / "customer" / "part-0").write_text(ACCELEROMETER)
    assert "line 1: the record has no email and no serialNumber; is the file in" in message(folder)


def test_link_to_nowhere(folder: Path) -> None:
    (folder / "customer" / "part-1").symlink_to(folder / "gone")
    assert "part-1 is not a file" in message(folder)


def test_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "customer" / "part-1")
    assert "part-1 is not a file" in message(folder)


def test_unreadable_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(Path, "open", refuse)
    assert "part-0 cannot be read: Permission denied." in message(folder)


def test_unreadable_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", refuse)
    assert "customer cannot be read: Permission denied." in message(folder)


def test_progress_rises_to_the_size(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.landing_folder._REPORT_EVERY", 100)
    (folder / "accelerometer" / "part-0").write_text(ACCELEROMETER * 50)
    (folder / "accelerometer" / "part-1.gz").write_bytes(
        gzip.compress((ACCELEROMETER * 500).encode())
    )
    seen: list[tuple[int, int]] = []
    landing = check_landing_folder(folder, progress=lambda *now: seen.append(now))
    assert {total for _, total in seen} == {landing.bytes}
    done = [read for read, _ in seen]
    assert done == sorted(done)
    assert landing.bytes // 2 < done[-1] <= landing.bytes
