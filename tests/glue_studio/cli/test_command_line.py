import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glue_studio.cli import ExitCode, main
from glue_studio.cli.command_line import VERBS, build_parser

_ROOT = Path(__file__).parents[3]
_GUIDE = _ROOT / "docs" / "glue-studio.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "glue_studio_json").mkdir()
    for path in (_ROOT / "glue_studio_json").glob("*.json"):
        (tmp_path / "glue_studio_json" / path.name).write_bytes(path.read_bytes())
    return tmp_path


def _stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, glue_studio; from glue_studio.cli.command_line import build_parser; build_parser(); "
        "heavy = {'boto3', 'botocore', 'sqlglot', 'pandas', 'awswrangler', 'pyspark'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=_ROOT
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_examples_and_exit_codes(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--help"]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert f"python -m glue_studio {verb}" in shown
    assert "Examples:\n" in shown
    assert "Exit codes: 0 done" in shown


@pytest.mark.parametrize("verb", VERBS)
def test_the_guide_documents_every_verb_and_option(verb: str) -> None:
    text = _GUIDE.read_text(encoding="utf-8")
    assert f"\n## {verb}\n" in text
    section = text.split(f"\n## {verb}\n")[1].split("\n## ")[0]
    (verbs,) = (a for a in build_parser()._actions if isinstance(a.choices, dict))
    assert isinstance(verbs.choices, dict)
    for action in verbs.choices[verb]._actions:
        for option in action.option_strings:
            if option not in ("-h", "--help", "--project"):
                assert option in section


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["generate", "--write", "--check"],
        ["check", "--format", "x"],
        ["generate"],
        ["generate", "a", "b"],
        ["graph", "--write", "pictures", "a"],
        ["publish", "--script-location", "s3://a/b/"],
        ["publish", "--deadline", "soon"],
        ["diff", "-", "-"],
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_3(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert error.startswith("ERROR ")
    assert " value: " not in error  # argparse would name a function of ours
    assert error.count("\n") == 1


def test_generate_prints_writes_and_checks(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    stored = (_ROOT / "glue_scripts" / "customer_trusted.py").read_bytes()
    path = str(folder / "glue_studio_json" / "customer_trusted.json")
    for source in (path, "customer_trusted"):
        assert main(["generate", source, "--project", str(folder)]) == ExitCode.DONE
        assert capfdbinary.readouterr().out == stored

    assert main(["generate", "--check", "--project", str(folder)]) == ExitCode.FOUND
    assert b"+job.commit()" in capfdbinary.readouterr().out
    assert main(["generate", "--write", "--project", str(folder)]) == ExitCode.DONE
    assert capfdbinary.readouterr().out.count(b"written ") == 5
    assert (folder / "glue_scripts" / "customer_trusted.py").read_bytes() == stored
    assert main(["generate", "--check", "--project", str(folder)]) == ExitCode.DONE
    assert capfdbinary.readouterr().out == b"5 scripts are what their jobs make.\n"
    assert main(["generate", "--write", "--project", str(folder)]) == ExitCode.DONE
    assert capfdbinary.readouterr().out.count(b"unchanged ") == 5


def test_generate_check_shows_the_difference_and_scripts_of_no_job(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["generate", "--write", "--project", str(folder)])
    script = folder / "glue_scripts" / "customer_trusted.py"
    script.write_text(script.read_text(encoding="utf-8") + "\nprint('by hand')\n", encoding="utf-8")
    (folder / "glue_scripts" / "old.py").write_text("", encoding="utf-8")
    capsys.readouterr()
    assert main(["generate", "--check", "--project", str(folder)]) == ExitCode.FOUND
    captured = capsys.readouterr()
    assert "-print('by hand')" in captured.out
    assert "old.py: no job of this project makes it; remove it." in captured.out
    assert captured.err.startswith("2 outdated; run `python -m glue_studio generate --write`")
    main(["generate", "--write", "--project", str(folder)])
    assert "WARNING" in capsys.readouterr().err


def test_generate_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = _ROOT / "glue_studio_json" / "customer_trusted.json"
    _stdin(monkeypatch, path.read_bytes())
    assert main(["generate", "-"]) == ExitCode.DONE
    assert capfdbinary.readouterr().out.startswith(b"import sys\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"Name": "x", "CodeGen', "standard input: "),
        (b"\xff\xfe\x00", "standard input: "),
        (b"", "standard input: "),
        (b"[1]", "standard input: "),
        (b'{"Name": "x", "CodeGenConfigurationNodes": {"n": {}}}', "exactly one type"),
        (b"[" * 100_000, ""),
    ],
)
@pytest.mark.parametrize("verb", ["generate", "import", "graph"])
def test_what_is_no_job_is_one_line(
    verb: str,
    content: bytes,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _stdin(monkeypatch, content)
    assert main([verb, "-", "--project", str(tmp_path)]) == ExitCode.UNABLE
    error = capsys.readouterr().err
    assert error.startswith("ERROR ")
    assert error.count("\n") == 1
    assert said in error


@pytest.mark.parametrize("verb", ["generate", "check", "graph", "export", "diff", "recover"])
def test_a_missing_file_or_job_is_one_line(
    verb: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = {"export": ["--to", "api"], "diff": ["x.json"]}.get(verb, [])
    project = [] if verb in ("diff", "recover") else ["--project", str(folder)]
    assert main([verb, "nowhere.json", *more, *project]) == ExitCode.UNABLE
    error = capsys.readouterr().err
    assert error.startswith("ERROR ")
    assert "nowhere.json" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("verb", ["check", "generate --write", "graph", "import -"])
def test_a_folder_that_cannot_be_read_is_not_an_empty_one(
    verb: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = (folder / "glue_studio_json" / "customer_trusted.json").read_bytes()

    def denied(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", denied)
    _stdin(monkeypatch, job)
    assert main([*verb.split(), "--project", str(folder)]) == ExitCode.UNABLE
    reason = f"ERROR {folder / 'glue_studio_json'} cannot be read: Permission denied.\n"
    assert capsys.readouterr().err == reason


@pytest.mark.parametrize("verb", ["generate", "check", "graph", "export --to api", "import"])
def test_what_is_wrong_with_a_file_is_told_outside_a_project_too(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.json").mkdir()
    for name, reason in (("folder", "Is a directory"), ("none", "No such file or directory")):
        path = tmp_path / f"{name}.json"
        arguments = [*verb.split(), str(path), "--project", str(tmp_path)]
        assert main(arguments) == ExitCode.UNABLE
        assert capsys.readouterr().err == f"ERROR {path} cannot be read: {reason}.\n"


def test_a_name_longer_than_a_file_s_is_no_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "x" * 255
    assert main(["generate", name, "--project", str(folder)]) == ExitCode.UNABLE
    assert capsys.readouterr().err.startswith(f"ERROR There is no job '{name}'")


def test_no_project_and_an_empty_one_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for verb in ("check", "graph"):
        assert main([verb, "--project", str(tmp_path)]) == ExitCode.UNABLE
        assert f"There is no folder {tmp_path}" in capsys.readouterr().err
    (tmp_path / "glue_studio_json").mkdir()
    for verb in ("check", "graph"):
        assert main([verb, "--project", str(tmp_path)]) == ExitCode.UNABLE
        assert "There is no job in" in capsys.readouterr().err


def test_two_files_with_one_job_s_name_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = folder / "glue_studio_json"
    (jobs / "copy.json").write_bytes((jobs / "customer_trusted.json").read_bytes())
    assert main(["generate", "--write", "--project", str(folder)]) == ExitCode.UNABLE
    error = capsys.readouterr().err
    assert "copy.json and customer_trusted.json both hold a job named 'customer_trusted'" in error
    assert not (folder / "glue_scripts").exists()


@pytest.mark.usefixtures("default_signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_ends_with_130(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: Any) -> None:
        os.kill(os.getpid(), number)

    monkeypatch.setattr("glue_studio.cli.check_verb.run", interrupt)
    assert main(["check"]) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "Interrupted.\n"


def _shell(command: str) -> subprocess.CompletedProcess[str]:
    """A shell's line, in which @ is the command itself."""
    line = command.replace("@", f"{sys.executable} -m glue_studio")
    return subprocess.run(
        ["/bin/sh", "-c", line], check=False, capture_output=True, text=True, cwd=_ROOT
    )


@pytest.mark.parametrize("verb", ["check", "generate", "recover", "import", "export --to git"])
def test_closed_standard_input_is_one_line(verb: str) -> None:
    done = _shell(f"@ {verb} - <&-")
    assert done.returncode == ExitCode.UNABLE
    assert done.stderr == "ERROR Standard input is closed; give a file, or a pipe.\n"


@pytest.mark.parametrize("streams", ["1>&-", "2>&-", "1>&- 2>&-", "2>/dev/full"])
def test_closed_and_full_streams_change_no_verdict(streams: str, tmp_path: Path) -> None:
    job = tmp_path / "a.json"
    job.write_text('{"Name": "a", "CodeGenConfigurationNodes": {"node-1": {}}}')
    done = _shell(f"@ check {job} {streams}")
    assert done.returncode == ExitCode.FOUND
    assert done.stderr == ""
    done = _shell(f"@ generate {job} {streams}")
    assert done.returncode == ExitCode.UNABLE
    assert done.stdout == ""  # an error never goes where the script is expected


def test_a_folder_with_a_job_s_name_hides_no_job(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    (folder / "customer_trusted").mkdir()
    for verb in ("generate", "check"):
        assert main([verb, "customer_trusted"]) == ExitCode.DONE, capsys.readouterr().err


def test_a_pipe_is_read_like_a_file() -> None:
    done = _shell("cat glue_studio_json/customer_trusted.json | @ generate /dev/stdin")
    assert done.stdout == (_ROOT / "glue_scripts" / "customer_trusted.py").read_text("utf-8")


def test_a_file_is_written_whole_or_not_at_all(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert main(["generate", "--write", "--project", str(folder)]) == ExitCode.UNABLE
    assert "cannot be written: No space left on device" in capsys.readouterr().err
    assert list((folder / "glue_scripts").iterdir()) == []


def test_recover_gives_the_job_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = _ROOT / "glue_scripts" / "customer_trusted.py"
    output = tmp_path / "job.json"
    assert main(["recover", str(script), "--output", str(output)]) == ExitCode.DONE
    assert "The job generates this very script again." in capsys.readouterr().err
    document = json.loads(output.read_text(encoding="utf-8"))
    assert document["Name"] == "customer_trusted"
    assert main(["recover", str(script), "--to", "git", "--name", "x"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["name"] == "x"


def test_recover_of_an_edited_script_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (_ROOT / "glue_scripts" / "customer_trusted.py").read_text(encoding="utf-8")
    variable = "Customerswithresearchconsent_node1760000100020"
    end = text.index("\n", text.rindex("sparkSqlQuery(glueContext, query"))
    edited = f"{text[:end]}\n{variable} = {variable}.coalesce(1){text[end:]}"
    script = tmp_path / "edited.py"
    script.write_text(edited, encoding="utf-8")
    assert main(["recover", str(script)]) == ExitCode.DONE
    captured = capsys.readouterr()
    assert "coalesce(1)" in captured.out
    line = text[:end].count("\n") + 2  # the one that was added
    assert f"WARNING line {line}: the text of node" in captured.err
    assert captured.err.endswith("another script than this one; compare them.\n")


def test_what_is_no_script_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "x.py"
    for content in (b"\xff\xfe", b"print(1)", b"def ("):
        script.write_bytes(content)
        assert main(["recover", str(script)]) == ExitCode.UNABLE
        error = capsys.readouterr().err
        assert error.startswith(f"ERROR {script}")
        assert error.count("\n") == 1


def test_control_characters_never_reach_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "glue_studio_json" / "customer_trusted.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["Name"] = "\x1b[31mred\x07"
    document["CodeGenConfigurationNodes"]["node-1760000100020"]["SparkSQL"]["SqlQuery"] = "\x1b]0;x"
    path.write_text(json.dumps(document), encoding="utf-8")
    for verb in ("check", "graph"):
        main([verb, "--project", str(folder)])
        captured = capsys.readouterr()
        assert "\x1b" not in captured.out + captured.err
        assert "\x07" not in captured.out + captured.err


def test_a_broken_file_does_not_keep_other_jobs_from_being_used(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "glue_studio_json" / "broken.json").write_text("{", encoding="utf-8")
    assert main(["graph", "customer_trusted", "--project", str(folder)]) == ExitCode.DONE
    assert main(["graph", "nowhere", "--project", str(folder)]) == ExitCode.UNABLE
    assert "broken.json" in capsys.readouterr().err


def test_a_job_is_found_by_its_name_and_by_its_file_s(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = folder / "glue_studio_json"
    (jobs / "customer_trusted.json").rename(jobs / "first.json")
    for name in ("customer_trusted", "first", str(jobs / "first.json")):
        assert main(["graph", name, "--project", str(folder), "--format", "dot"]) == ExitCode.DONE
        assert capsys.readouterr().out.startswith('digraph "customer_trusted"')
    assert main(["graph", "second", "--project", str(folder)]) == ExitCode.UNABLE
    assert "there are: accelerometer_trusted, customer" in capsys.readouterr().err
