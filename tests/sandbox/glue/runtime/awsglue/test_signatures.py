"""The sandbox's awsglue has every public name of AWS's own package, with the same signature."""

import json
import os
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest

RUNTIME = Path(__file__).parents[5] / "sandbox/glue/runtime"
ROOT = Path(__file__).parents[5]
# Programs, not the library: one starts Spark when it is imported, the others are run by hand.
LEFT_OUT = ("awsglue.glue_shell", "awsglue.scripts")

DESCRIBE = """
import importlib, inspect, json, pkgutil, sys
import awsglue

def signature(function):
    return str(inspect.signature(function))

def described(module):
    found = {}
    for name, value in vars(module).items():
        home = getattr(value, "__module__", "") or ""
        exported = home == module.__name__ or (hasattr(module, "__path__") and "awsglue" in home)
        if name.startswith("_") or not exported:
            continue  # what a module imports for its own use is no part of its face
        if inspect.isclass(value):
            bases = [base.__name__ for base in value.__mro__[1:] if base is not object]
            found[name] = [base for base in bases if not base.startswith("_")]
            for member, item in inspect.getmembers(value):
                public = not member.startswith("_") or member in ("__init__", "__call__")
                if public and (inspect.isfunction(item) or inspect.ismethod(item)):
                    found[f"{name}.{member}"] = signature(item)
        elif inspect.isfunction(value):
            found[name] = signature(value)
    return found

left_out = tuple(sys.argv[1:])
modules = {"awsglue": described(awsglue)}
for info in pkgutil.walk_packages(awsglue.__path__, "awsglue."):
    if not info.name.startswith(left_out):
        modules[info.name] = described(importlib.import_module(info.name))
print(json.dumps({"from": awsglue.__file__, "modules": modules}))
"""


def describe(path: list[Path]) -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, "-c", DESCRIBE, *LEFT_OUT],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    found = describe([])
    assert Path(found["from"]) in {
        Path(str(item.locate())) for item in files("awsgluedataplanepython") or ()
    }
    modules: dict[str, Any] = found["modules"]
    return modules


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    found = describe([RUNTIME, ROOT])
    assert Path(found["from"]).is_relative_to(RUNTIME)
    modules: dict[str, Any] = found["modules"]
    return modules


def test_every_module_is_there(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    assert len(theirs) > 25
    assert set(ours) == set(theirs)


def test_every_public_name_has_the_same_signature(
    theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    differences = {
        f"{module}.{name}": (expected, ours[module].get(name))
        for module, names in theirs.items()
        for name, expected in names.items()
        if ours[module].get(name) != expected
    }
    assert differences == {}
    assert sum(len(names) for names in theirs.values()) > 300


def test_transforms_describe_themselves(ours: dict[str, Any]) -> None:
    code = (
        "import json; from awsglue.transforms import get_transforms, describe_transform\n"
        "print(json.dumps([json.loads(describe_transform(t.name())) for t in get_transforms()]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": f"{RUNTIME}:{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
    )
    described = {item["transform"]["name"]: item["transform"] for item in json.loads(answer.stdout)}
    assert len(described) == 22
    mappings = {arg["name"]: arg for arg in described["ApplyMapping"]["args"]}
    assert mappings["mappings"]["optional"] is False
    assert mappings["case_sensitive"]["defaultValue"] == "False"
