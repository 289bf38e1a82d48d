"""Terraform's AWS provider: from the registry, else from a mirror that is already on this machine."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.base import TOOLS, ToolchainError, last_lines, run, say, system

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = TOOLS / "terraform.rc"
NAME = "registry.terraform.io/hashicorp/aws"
_CACHE = TOOLS / "plugin-cache"
_OLDEST, _BELOW = (5, 100, 0), (7, 0, 0)
_REQUIRES_PROVIDER = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}
"""
# Where installers, images and people put a mirror; each is searched a few levels deep.
_ROOTS = ("/opt", "/usr/local", "/usr/share", "/usr/lib", "/var/lib", "/srv", "/mnt")
_DEPTH = 5


def prepare(terraform: Path) -> dict[str, Path]:
    """See that `terraform init` finds the provider, and return the settings with which it does.

    Raises:
        ToolchainError: it is to be had from nowhere.
    """
    marker = TOOLS / "provider-ready"
    if marker.is_file():
        say(f"Provider  {marker.read_text(encoding='utf-8').strip()}")
        return _settings()
    _CACHE.mkdir(parents=True, exist_ok=True)
    say("Provider  looking for hashicorp/aws; from the registry it is a long download")
    CONFIG.unlink(missing_ok=True)
    failure = _try(terraform)
    source = "hashicorp/aws as your Terraform configuration finds it"
    if failure is not None:
        mirror = find_mirror()
        if mirror is None:
            raise ToolchainError(
                "terraform init can't reach a provider registry and no filesystem mirror of "
                f"{NAME} is on this machine. Terraform said: {failure}"
            )
        # A JSON string is a valid HCL string: a path with quotes or backslashes stays whole.
        CONFIG.write_text(
            "provider_installation {\n"
            f"  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n  }}\n"
            "}\n",
            encoding="utf-8",
        )
        failure = _try(terraform)
        source = f"hashicorp/aws from the mirror {mirror}"
        if failure is not None:
            CONFIG.unlink()
            raise ToolchainError(f"The provider mirror {mirror} does not work: {failure}")
    marker.write_text(source + "\n", encoding="utf-8")
    say(f"Provider  {source}")
    return _settings()


def find_mirror(roots: tuple[str, ...] | None = None) -> Path | None:
    """The root of a filesystem mirror that holds a fitting provider, or None.

    A mirror is a folder with `registry.terraform.io/hashicorp/aws/<version>/<os>_<arch>` or
    the packed `…/terraform-provider-aws_<version>_<os>_<arch>.zip` in it.
    Source: https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
    """
    for mirror in _mirrors(_roots() if roots is None else roots):
        if any(_OLDEST <= version < _BELOW for version in _versions(mirror / NAME)):
            return mirror
    return None


def _settings() -> dict[str, Path]:
    if CONFIG.is_file():
        return {"TF_CLI_CONFIG_FILE": CONFIG}
    return {"TF_PLUGIN_CACHE_DIR": _CACHE} if _CACHE.is_dir() else {}


def _try(terraform: Path) -> str | None:
    """None when `terraform init` gets the provider, else what it said."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "versions.tf").write_text(_REQUIRES_PROVIDER, encoding="utf-8")
        environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
        environment |= {name: str(place) for name, place in _settings().items()}
        if not Path(environment.get("TF_CLI_CONFIG_FILE", "")).is_file():
            environment.pop("TF_CLI_CONFIG_FILE", None)
        done = run(
            [str(terraform), f"-chdir={folder}", "init", "-input=false", "-no-color"],
            environment=environment,
        )
    return None if done.returncode == 0 else last_lines(done.stderr or done.stdout)


def _roots() -> tuple[str, ...]:
    home = Path.home()
    return (
        str(home / ".terraform.d"),
        str(home / ".local" / "share" / "terraform"),
        *_ROOTS,
        str(home),
    )


def _mirrors(roots: tuple[str, ...]) -> Iterator[Path]:
    """Each folder below `roots` that has a registry.terraform.io/hashicorp/aws in it."""
    for root in roots:
        base_depth = len(Path(root).parts)
        for folder, subfolders, _ in os.walk(root):
            if "registry.terraform.io" in subfolders and (Path(folder) / NAME).is_dir():
                yield Path(folder)
            # .terraform folders belong to other projects and go away with them.
            subfolders[:] = [
                name
                for name in sorted(subfolders)
                if name not in {".terraform", "node_modules", "site-packages"}
                and len(Path(folder).parts) - base_depth < _DEPTH
            ]


def _versions(provider: Path) -> Iterator[tuple[int, ...]]:
    for entry in provider.iterdir():
        if re.fullmatch(r"\d+\.\d+\.\d+", entry.name) and (entry / system()).is_dir():
            yield tuple(map(int, entry.name.split(".")))
        packed = re.fullmatch(
            rf"terraform-provider-aws_(\d+\.\d+\.\d+)_{re.escape(system())}\.zip", entry.name
        )
        if packed:
            yield tuple(map(int, packed[1].split(".")))
