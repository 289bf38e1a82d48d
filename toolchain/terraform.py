"""Terraform: the one on PATH if it is new enough, else the pinned one, checked by its sum."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.base import TOOLS, ToolchainError, run, say, system

if TYPE_CHECKING:
    import http.client
    from collections.abc import Iterator

VERSION = "1.11.4"
OLDEST = (1, 9)
_TELL_EVERY = 5.0  # seconds
# Source: HashiCorp's own terraform_1.11.4_SHA256SUMS.
SHA256 = {
    "darwin_amd64": "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
    "darwin_arm64": "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
    "linux_amd64": "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
    "linux_arm64": "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
}


def install() -> Path:
    """The Terraform to use, after its download where the machine has none.

    Raises:
        ToolchainError: there is none, and it cannot be had.
    """
    program = find()
    if program is None:
        unpack(_download(), SHA256[system()], TOOLS / "bin")
        program = find()
    if program is None:
        raise ToolchainError(
            f"The Terraform in {TOOLS / 'bin'} does not run: remove it and run `make setup` again."
        )
    say(f"Terraform {'.'.join(map(str, _version(program)))} ({program})")
    return program


def find() -> Path | None:
    """The Terraform on PATH if it is 1.9 or newer, else the project's own; None without either."""
    for candidate in (shutil.which("terraform"), TOOLS / "bin" / "terraform"):
        if candidate and _version(Path(candidate)) >= OLDEST:
            return Path(candidate)
    return None


def unpack(packed: bytes, sha256: str, folder: Path) -> None:
    """Unpack the program from a release archive into `folder`, if its sum is right.

    Raises:
        ToolchainError: it is not; nothing is written.
    """
    found = hashlib.sha256(packed).hexdigest()
    if found != sha256:
        raise ToolchainError(
            f"The downloaded Terraform has SHA-256 {found}, not the pinned {sha256}: nothing was "
            "installed. Run `make setup` again; if it repeats, something changes your downloads."
        )
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        unfinished = folder / ".terraform.new"
        unfinished.write_bytes(archive.read("terraform"))
    unfinished.chmod(0o755)
    unfinished.replace(folder / "terraform")


def _download() -> bytes:
    if system() not in SHA256:
        raise ToolchainError(
            f"No pinned Terraform for {system()}: install Terraform 1.9 or newer and put it on "
            "PATH."
        )
    name = f"terraform_{VERSION}_{system()}.zip"
    url = f"https://releases.hashicorp.com/terraform/{VERSION}/{name}"
    say(f"Terraform downloading {url}")
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            packed = b"".join(_parts(response))
    except (urllib.error.URLError, TimeoutError) as error:
        raise ToolchainError(
            f"Terraform is not on PATH and {url} can't be reached ({error}): install Terraform "
            "1.9 or newer and put it on PATH."
        ) from error
    return packed


def _parts(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """The body of an answer, telling every few seconds how much of it is here."""
    done, total, told = 0, int(response.headers.get("Content-Length") or 0), time.monotonic()
    while part := response.read(1 << 18):
        done += len(part)
        if time.monotonic() - told > _TELL_EVERY:
            told = time.monotonic()
            say(f"Terraform {done / 1e6:.0f} of {total / 1e6:.0f} MB")
        yield part


def _version(program: Path) -> tuple[int, ...]:
    """The program's version; (0,) for what does not run or is not Terraform."""
    if not program.exists():
        return (0,)
    # Without this variable a configuration file that does not exist costs a warning.
    quiet = {k: v for k, v in os.environ.items() if k != "TF_CLI_CONFIG_FILE"}
    quiet["CHECKPOINT_DISABLE"] = "1"
    done = run([str(program), "version", "-json"], environment=quiet)
    try:
        version: str = json.loads(done.stdout)["terraform_version"]
    except (ValueError, KeyError):
        return (0,)
    return tuple(int(part) for part in version.split("-", maxsplit=1)[0].split("."))
