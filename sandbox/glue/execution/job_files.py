"""Files and packages that a job's arguments name, brought to where the script finds them.

`--extra-py-files` and `--extra-files` are objects in S3; `--additional-python-modules` are wheels in
S3, or packages that are installed beside the sandbox.
"""

import importlib.metadata
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import sys_tags
from packaging.utils import (
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_wheel_filename,
)

from common.s3 import S3Uri

# Where AWS keeps the gs_* modules of Glue Studio's nodes, one bucket a region.
_STUDIO_BUCKET = "aws-glue-studio-transforms-"
_MODULES = "--additional-python-modules"
_OF_THE_RUNTIME = {"s3fs"}  # in the folder that jobs import from, as awsglue is

_Installed = Mapping[NormalizedName, importlib.metadata.Distribution]


class JobFilesError(Exception):
    """What an argument names is not there, or is not for this machine."""


def named(arguments: Mapping[str, str], argument: str) -> list[str]:
    """What an argument lists, without the commas."""
    return [part.strip() for part in arguments.get(argument, "").split(",") if part.strip()]


def python_paths(arguments: Mapping[str, str], folder: Path) -> list[str]:
    """What the arguments add to Python's path: the folder of modules, and each archive in it."""
    files = named(arguments, "--extra-py-files")
    archives = [str(folder / Path(uri).name) for uri in files if not uri.endswith(".py")]
    return [str(folder), *archives]


def place(arguments: Mapping[str, str], client: Any, modules: Path, current: Path) -> None:
    """Fetch and install all that the arguments name.

    Args:
        arguments: those of the job.
        client: a boto3 S3 client.
        modules: the folder that Python imports from.
        current: the script's current directory, where `--extra-files` go.

    Raises:
        JobFilesError: something named is not there, or is not for this machine.
    """
    for uri in named(arguments, "--extra-py-files"):
        if not S3Uri.parse(uri).bucket.startswith(_STUDIO_BUCKET):  # the runtime has these itself
            _fetch(client, uri, modules, "--extra-py-files")
    for uri in named(arguments, "--extra-files"):
        _fetch(client, uri, current, "--extra-files")
    given = named(arguments, _MODULES)
    wheels = [module for module in given if re.match(r"s3\w?://", module)]
    for uri in wheels:
        _unpack(_fetch(client, uri, current.parent, _MODULES), uri, modules)
    own = {
        canonicalize_name(one.name): one
        for one in importlib.metadata.distributions(path=[str(modules)])
    }
    for one in own.values():
        _require(one.requires or (), own, f"{one.name} of {_MODULES}")
    _require((module for module in given if module not in wheels), own, _MODULES)


def _fetch(client: Any, uri: str, folder: Path, argument: str) -> Path:
    source = S3Uri.parse(uri)
    target = folder / Path(source.key).name
    try:
        client.download_file(source.bucket, source.key, str(target))
    except ClientError as error:
        raise JobFilesError(f"{argument} names {uri}, which is not in S3.") from error
    return target


def _unpack(wheel: Path, uri: str, folder: Path) -> None:
    try:
        tags = parse_wheel_filename(wheel.name)[3]
        if tags.isdisjoint(sys_tags()):
            raise JobFilesError(
                f"{_MODULES} names {uri}, a wheel for another Python or machine than this one."
            )
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    except (InvalidWheelFilename, zipfile.BadZipFile) as error:
        raise JobFilesError(f"{_MODULES} names {uri}, which is not a wheel: {error}.") from error
    finally:
        wheel.unlink()


def _require(wanted: Iterable[str], own: _Installed, who: str) -> None:
    """Make sure that packages are installed, in the version that is asked for.

    Raises:
        JobFilesError: one is not.
    """
    for text in wanted:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise JobFilesError(f"{who} names {text!r}, which is not a package: {error}") from error
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        if canonicalize_name(requirement.name) in _OF_THE_RUNTIME:
            continue
        version = _version(requirement.name, own)
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            found = f"version {version} is installed" if version else "it is not installed"
            raise JobFilesError(
                f"{who} needs {requirement}, which is not in the sandbox ({found}): install it "
                "beside the sandbox, or name a wheel of it in S3."
            )


def _version(name: str, own: _Installed) -> str | None:
    if canonicalize_name(name) in own:
        return str(own[canonicalize_name(name)].version)
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
