import json
import sys

import pytest

from toolchain.__main__ import main
from toolchain.base import TOOLS


def test_setup_finds_everything_on_a_machine_that_is_set_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["toolchain"])
    # What `make test` did before these tests ran; it must be safe to do again.
    assert main() == 0
    printed = capsys.readouterr().out
    for tool in ("Packages", "Terraform", "Provider"):
        assert tool in printed
    found = json.loads((TOOLS / "environment.json").read_text())
    assert all((TOOLS / place).exists() for place in found.values())


def test_arguments_are_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["toolchain", "--help"])
    assert main() == 3
    assert (
        capsys.readouterr().err == "ERROR `python -m toolchain` takes nothing but --development.\n"
    )
