"""docs/data.md shows what the program prints, and the columns that Terraform makes."""

import argparse
import json
import re
from pathlib import Path

import pytest

from sandbox.landing_data import cli

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", re.findall(r"\$ python -m sandbox (landing-data .*)", PAGE))
def test_commands_print_what_the_page_shows(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    parser = argparse.ArgumentParser()
    cli.add_parser(parser.add_subparsers())
    args = parser.parse_args(command.split())
    assert args.run(args) == 0
    printed = "".join(f"    {line}\n" for line in capsys.readouterr().out.splitlines())
    assert f"    $ python -m sandbox {command}\n{printed}\n" in PAGE


def test_every_option_is_on_the_page() -> None:
    parser = argparse.ArgumentParser()
    cli.add_parser(subparsers := parser.add_subparsers())
    options = {
        option
        for action in subparsers.choices["landing-data"]._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    }
    assert options == {"--scale", "--seed", "--duplicate-serials"}
    assert all(f"| `{option} " in PAGE for option in options)


@pytest.mark.parametrize("path", sorted((ROOT / "terraform" / "tables").glob("*.json")))
def test_columns_are_those_of_terraform(path: Path) -> None:
    rows = [
        f"| {column['name']} | {column['type']} | {column['comment']} |\n"
        for column in json.loads(path.read_text(encoding="utf-8"))["columns"]
    ]
    assert "".join(rows) in PAGE
    assert f"| {path.stem} |" in PAGE
