"""Imports of what AWS Glue has and the sandbox has not."""

import importlib
import sys

import pytest


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    from gluesandbox import modules

    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    modules.refuse()
    modules.refuse()


@pytest.mark.usefixtures("refusing")
@pytest.mark.parametrize("name", ["awsglueml.transforms", "awsgluedi.transforms", "delta.tables"])
def test_modules_of_aws_say_where_they_are_not(name: str) -> None:
    with pytest.raises(
        Exception, match=rf"{name.split('.', maxsplit=1)[0]}.* is not in the sandbox"
    ):
        importlib.import_module(name)


@pytest.mark.usefixtures("refusing")
def test_what_others_only_look_for_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError, match="AWS Glue has it, and it is not in the sandbox"):
        importlib.import_module("sklearn")
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'nothing_of_anyone'$"):
        importlib.import_module("nothing_of_anyone")
