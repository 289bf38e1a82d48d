"""The sandbox's awsglue has every public name of AWS's own package, with the same signature.

And docs/glue-runtime.md tells of each whether it is as on AWS, within limits, or refused.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
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

CALLS = """
import importlib, inspect, json, pkgutil, sys
import awsglue

def calls(module):
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", "") != module.__name__:
            continue
        elif inspect.isclass(value):
            # A method counts in the class that first has it, but each class is made and called.
            above = {key for base in value.__mro__[1:] for key in vars(base)}
            own = [key for key, item in vars(value).items()
                   if callable(getattr(value, key)) and not inspect.isclass(item)
                   and (key in ("__init__", "__call__") or not (key.startswith("_") or key in above))]
            yield from ([module.__name__, name, key] for key in own or [""])
        elif inspect.isfunction(value):
            yield [module.__name__, name, ""]

modules = [info.name for info in pkgutil.walk_packages(awsglue.__path__, "awsglue.")
           if not info.name.startswith(tuple(sys.argv[1:]))]
print(json.dumps([call for name in modules for call in calls(importlib.import_module(name))]))
"""

# Each call in a process without Spark, on an object that has whatever it is asked for.
REFUSALS = """
import importlib, inspect, json, sys
from unittest.mock import MagicMock
from pyspark.sql import SparkSession
from gluesandbox.messages import GlueException

SparkSession.builder = MagicMock()
from awsglue.context import GlueContext

ARGUMENTS = {"connection_type": "s3", "format": "json", "catalog_id": None, "catalogId": ""}

def bare(kind):
    return object.__new__(type(kind.__name__, (kind,), {"__getattr__": whatever}))

def whatever(_, name):
    known = {"_glue_context": bare(GlueContext), "_connection_type": "s3", "_format": "json"}
    return known.get(name) or MagicMock()

def refusal(module, name, member):
    call = getattr(importlib.import_module(module), name)
    if member:
        kind, call = call, getattr(call, member)
        if list(inspect.signature(call).parameters)[:1] == ["self"]:
            call = call.__get__(bare(kind))
    try:
        given = {key: ARGUMENTS.get(key, MagicMock())
                 for key, parameter in inspect.signature(call).parameters.items()
                 if parameter.kind is parameter.POSITIONAL_OR_KEYWORD}
        call(**given)
    except GlueException as error:
        return str(error)
    except BaseException:  # it got further than a refusal does
        pass

out, sys.stdout = sys.stdout, sys.stderr
print(json.dumps([refusal(*call) for call in json.loads(sys.argv[1])]), file=out)
"""


def answer_of(code: str, *arguments: str, path: tuple[Path, ...] = ()) -> Any:
    answer = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    found = answer_of(DESCRIBE, *LEFT_OUT)
    assert Path(found["from"]) in {
        Path(str(item.locate())) for item in files("awsgluedataplanepython") or ()
    }
    modules: dict[str, Any] = found["modules"]
    return modules


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    found = answer_of(DESCRIBE, *LEFT_OUT, path=(RUNTIME, ROOT))
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


def test_transforms_describe_themselves() -> None:
    code = (
        "import json; from awsglue.transforms import get_transforms, describe_transform\n"
        "print(json.dumps([json.loads(describe_transform(t.name())) for t in get_transforms()]))"
    )
    answer = answer_of(code, path=(RUNTIME, ROOT))
    described = {item["transform"]["name"]: item["transform"] for item in answer}
    assert len(described) == 22
    mappings = {arg["name"]: arg for arg in described["ApplyMapping"]["args"]}
    assert mappings["mappings"]["optional"] is False
    assert mappings["case_sensitive"]["defaultValue"] == "False"


def told() -> dict[tuple[str, str], list[str]]:
    """The states that the docs' table has for a name in a module or in a class."""
    text = (ROOT / "docs/glue-runtime.md").read_text()
    head, *rows = re.findall(
        r"^\|.*", text.partition("### Every call")[2].partition("\n#")[0], re.MULTILINE
    )
    states = [cell.strip() for cell in head.split("|")[2:-1]]
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows[1:]:
        where, *cells = (re.findall(r"`([^`]+)`", cell) for cell in row.split("|")[1:-1])
        for state, names in zip(states, cells, strict=True):
            for name in names:
                found.setdefault((where[0], name), []).append(state)
    return found


def test_the_docs_tell_of_every_call_what_it_is() -> None:
    calls = [tuple(call) for call in answer_of(CALLS, *LEFT_OUT)]
    assert len(calls) > 150
    table = told()
    states: dict[tuple[str, ...], list[str]] = {}
    used: set[tuple[str, str]] = set()
    for module, name, member in calls:
        package = module.removeprefix("awsglue.").split(".")
        places = [(".".join(package[: n + 1]), name) for n in range(len(package))]
        if member:
            places.append((f"{'.'.join(package)}.{name}", member))
        used.update(place for place in places if place in table)
        states[module, name, member] = [state for at in places for state in table.get(at, [])]
    assert {call: at for call, at in states.items() if len(at) != 1} == {}
    assert set(table) - used == set()

    refusals = answer_of(REFUSALS, json.dumps(calls), path=(RUNTIME, ROOT))
    refused = {
        call: text
        for call, text in zip(calls, refusals, strict=True)
        if text and "is not in the sandbox" in text
    }
    assert set(refused) == {call for call, (state,) in states.items() if state == "refused"}
    unnamed = {call: text for call, text in refused.items() if call[2].strip("_") not in text}
    assert {call: text for call, text in unnamed.items() if call[1] not in text} == {}

    counts = Counter(state for (state,) in states.values())
    assert (
        f"Of {len(calls)} calls, {counts['as on AWS']} are as on AWS, "
        f"{counts['within limits']} within limits and {counts['refused']} refused."
    ) in " ".join((ROOT / "docs/glue-runtime.md").read_text().split())
