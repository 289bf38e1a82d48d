"""Find, or install into the project, what it needs: packages, Java 17, Terraform, the provider.

Runs as ``python3.11 -m deploy.toolchain`` before anything is installed, so it uses the standard
library only. Everything it installs lies in ``.venv`` and ``.tools``, inside the project.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

from common.command import CommandError

PROJECT = Path(__file__).resolve().parent.parent
TOOLS = PROJECT / ".tools"
VENV = PROJECT / ".venv"
LOCK = PROJECT / "requirements.lock"
TERRAFORM_CONFIG = TOOLS / "terraform.rc"

TERRAFORM_VERSION = "1.11.4"
TERRAFORM_OLDEST = (1, 9)
# Source: HashiCorp's own terraform_1.11.4_SHA256SUMS.
TERRAFORM_SHA256 = {
    "darwin_amd64": "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
    "darwin_arm64": "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
    "linux_amd64": "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
    "linux_arm64": "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
}
PROVIDER = "registry.terraform.io/hashicorp/aws"
_PROVIDER_OLDEST, _PROVIDER_BELOW = (5, 100, 0), (7, 0, 0)
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
_MIRROR_ROOTS = ("/opt", "/usr/local", "/usr/share", "/usr/lib", "/var/lib", "/srv", "/mnt")
_MIRROR_DEPTH = 5


class ToolchainError(CommandError):
    """A tool is missing and can't be installed; the message says which, and what to do."""


def terraform() -> Path:
    """Return the Terraform to use: the one on PATH if it is 1.9 or newer, else the project's own.

    Raises:
        ToolchainError: There is none; ``make setup`` installs it.
    """
    for candidate in (shutil.which("terraform"), TOOLS / "bin" / "terraform"):
        if candidate and (_terraform_version(Path(candidate)) or (0,)) >= TERRAFORM_OLDEST:
            return Path(candidate)
    raise ToolchainError(
        "No Terraform 1.9 or newer found: run `make setup`, which installs "
        f"{TERRAFORM_VERSION}, or put one on PATH."
    )


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return ``base`` (this process's environment by default) made ready for Terraform.

    PATH holds the Terraform of :func:`terraform`; the CLI configuration is the user's own, or
    the one that :func:`setup` wrote for a machine that only has a mirror of the provider.
    """
    result = dict(os.environ if base is None else base)
    result["PATH"] = os.pathsep.join([str(terraform().parent), result.get("PATH", os.defpath)])
    result["CHECKPOINT_DISABLE"] = "1"  # Terraform's own "is there a newer version" call
    result["TF_IN_AUTOMATION"] = "1"
    if TERRAFORM_CONFIG.is_file():
        result["TF_CLI_CONFIG_FILE"] = str(TERRAFORM_CONFIG)
    elif not Path(result.get("TF_CLI_CONFIG_FILE", "")).is_file():
        result.pop("TF_CLI_CONFIG_FILE", None)  # Terraform warns at every call of a missing one
    if not TERRAFORM_CONFIG.is_file() and (TOOLS / "plugin-cache").is_dir():
        result.setdefault("TF_PLUGIN_CACHE_DIR", str(TOOLS / "plugin-cache"))
    return result


def find_provider_mirror(roots: tuple[str, ...] | None = None) -> Path | None:
    """Return the root of a filesystem mirror that holds a fitting hashicorp/aws, or None.

    A mirror is a folder with ``registry.terraform.io/hashicorp/aws/<version>/<os>_<arch>`` or
    the packed ``…/terraform-provider-aws_<version>_<os>_<arch>.zip`` in it.
    Source: https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
    """
    for mirror in _mirrors(_mirror_roots() if roots is None else roots):
        if any(
            _PROVIDER_OLDEST <= version < _PROVIDER_BELOW
            for version in _mirrored_versions(mirror / PROVIDER)
        ):
            return mirror
    return None


def setup() -> None:
    """Install what is missing, say what was found, and raise if something can't be had.

    Raises:
        ToolchainError: A tool is missing and can't be installed.
    """
    _say(f"Python    {platform.python_version()} ({sys.executable})")
    _install_packages()
    _install_terraform()
    _say(f"Terraform {'.'.join(map(str, _terraform_version(terraform()) or ()))} ({terraform()})")
    _prepare_provider()
    _prepare_spark()


def main() -> int:
    """Run :func:`setup` as a command; exit codes 0 ready, 2 something is missing, 130 interrupted."""
    try:
        setup()
    except ToolchainError as error:
        print(f"ERROR {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted. `make setup` goes on where it stopped.", file=sys.stderr)
        return 130
    return 0


def _install_packages() -> None:
    if sys.version_info[:2] != (3, 11):
        raise ToolchainError(
            f"Python 3.11 is needed (the Python of Glue 5.1) and this is "
            f"{platform.python_version()}: install it, or name it: make setup PYTHON=python3.11."
        )
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    stamp = VENV / "installed-lock.sha256"
    if stamp.is_file() and stamp.read_text() == wanted:
        _say(f"Packages  as locked ({VENV.name})")
        return
    started = time.monotonic()
    _say("Packages  installing what requirements.lock names; the first time takes a minute or two")
    if not (VENV / "bin" / "python").exists():
        made = _run([sys.executable, "-m", "venv", str(VENV)])
        if made.returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            raise ToolchainError(
                "Python's venv module can't make an environment (on Debian: "
                f"apt-get install python3-venv): {(made.stderr or made.stdout).strip()[-300:]}"
            )
    # --only-binary is not asked for: PySpark is published as a source archive only.
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    # The lock is whole. Left to look for dependencies, pip refuses it once one that is asked for
    # with an extra, such as coverage[toml], has a newer release than the pinned one.
    done = _run([*pip, "--quiet", "--no-deps", "--require-hashes", "--requirement", str(LOCK)])
    if done.returncode != 0:
        raise ToolchainError(
            "pip could not install requirements.lock; check the network, then run `make setup` "
            f"again. It said: {_last_lines(done.stderr)}"
        )
    stamp.write_text(wanted)
    _say(f"Packages  installed in {time.monotonic() - started:.0f} s")


def _install_terraform() -> None:
    try:
        terraform()
    except ToolchainError:
        pass
    else:
        return
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    system = f"{platform.system().lower()}_{machine}"
    if system not in TERRAFORM_SHA256:
        raise ToolchainError(
            f"No pinned Terraform for {system}: install Terraform 1.9 or newer and put it on PATH."
        )
    name = f"terraform_{TERRAFORM_VERSION}_{system}.zip"
    url = f"https://releases.hashicorp.com/terraform/{TERRAFORM_VERSION}/{name}"
    _say(f"Terraform downloading {url}")
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            packed = response.read()
    except (urllib.error.URLError, TimeoutError) as error:
        raise ToolchainError(
            f"Terraform is not on PATH and {url} can't be reached ({error}): install Terraform "
            "1.9 or newer and put it on PATH."
        ) from error
    install_terraform_archive(packed, TERRAFORM_SHA256[system], TOOLS / "bin")


def install_terraform_archive(packed: bytes, sha256: str, folder: Path) -> None:
    """Unpack the program from the release archive ``packed`` into ``folder``, if its sum is right.

    Raises:
        ToolchainError: The archive's SHA-256 is not ``sha256``; nothing is written.
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


def _prepare_provider() -> None:
    """See that ``terraform init`` finds the AWS provider, from the registry or from a mirror."""
    marker = TOOLS / "provider-ready"
    if marker.is_file():
        _say(f"Provider  {marker.read_text().strip()}")
        return
    (TOOLS / "plugin-cache").mkdir(parents=True, exist_ok=True)
    _say("Provider  looking for hashicorp/aws; from the registry it is a long download")
    TERRAFORM_CONFIG.unlink(missing_ok=True)
    failure = _try_provider()
    source = "hashicorp/aws as your Terraform configuration finds it"
    if failure is not None:
        mirror = find_provider_mirror()
        if mirror is None:
            raise ToolchainError(
                "terraform init can't reach a provider registry and no filesystem mirror of "
                f"{PROVIDER} is on this machine. Terraform said: {failure}"
            )
        # A JSON string is a valid HCL string: a path with quotes or backslashes stays whole.
        TERRAFORM_CONFIG.write_text(
            "provider_installation {\n"
            f"  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n  }}\n"
            "}\n"
        )
        failure = _try_provider()
        source = f"hashicorp/aws from the mirror {mirror}"
        if failure is not None:
            TERRAFORM_CONFIG.unlink()
            raise ToolchainError(f"The provider mirror {mirror} does not work: {failure}")
    marker.write_text(source + "\n")
    _say(f"Provider  {source}")


def _prepare_spark() -> None:
    """Find Java, and archive Spark's classes so that jobs start faster, which may fail."""
    python = str(VENV / "bin" / "python")
    done = subprocess.run([python, "-m", "sandbox", "prepare"], cwd=PROJECT, check=False)
    if done.returncode > 1:
        raise ToolchainError("Jobs cannot run: the line above says what is missing.")


def _try_provider() -> str | None:
    """Return None when ``terraform init`` gets the provider, else what it said."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "versions.tf").write_text(_REQUIRES_PROVIDER)
        done = _run(
            [str(terraform()), f"-chdir={folder}", "init", "-input=false", "-no-color"],
            environment=environment(),
        )
    return None if done.returncode == 0 else _last_lines(done.stderr or done.stdout)


def _mirror_roots() -> tuple[str, ...]:
    home = Path.home()
    return (
        str(home / ".terraform.d"),
        str(home / ".local" / "share" / "terraform"),
        *_MIRROR_ROOTS,
        str(home),
    )


def _mirrors(roots: tuple[str, ...]) -> Iterator[Path]:
    """Yield each folder below ``roots`` that has a registry.terraform.io/hashicorp/aws in it."""
    for root in roots:
        base_depth = len(Path(root).parts)
        for folder, subfolders, _ in os.walk(root):
            if "registry.terraform.io" in subfolders and (Path(folder) / PROVIDER).is_dir():
                yield Path(folder)
            # .terraform folders belong to other projects and go away with them.
            subfolders[:] = [
                name
                for name in sorted(subfolders)
                if name not in {".terraform", "node_modules", "site-packages"}
                and len(Path(folder).parts) - base_depth < _MIRROR_DEPTH
            ]


def _mirrored_versions(provider: Path) -> Iterator[tuple[int, ...]]:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    system = f"{platform.system().lower()}_{machine}"
    for entry in provider.iterdir():
        if re.fullmatch(r"\d+\.\d+\.\d+", entry.name) and (entry / system).is_dir():
            yield tuple(map(int, entry.name.split(".")))
        packed = re.fullmatch(
            rf"terraform-provider-aws_(\d+\.\d+\.\d+)_{re.escape(system)}\.zip", entry.name
        )
        if packed:
            yield tuple(map(int, packed[1].split(".")))


@cache
def _terraform_version(program: Path) -> tuple[int, ...] | None:
    if not program.exists():
        return None
    # Without this variable a configuration file that does not exist costs a warning.
    quiet = {k: v for k, v in os.environ.items() if k != "TF_CLI_CONFIG_FILE"}
    quiet["CHECKPOINT_DISABLE"] = "1"
    done = _run([str(program), "version", "-json"], environment=quiet)
    try:
        version = json.loads(done.stdout)["terraform_version"]
    except (ValueError, KeyError):
        return None
    return tuple(int(part) for part in version.split("-")[0].split("."))


def _run(
    command: list[str], *, cwd: Path | None = None, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def _last_lines(text: str, count: int = 6) -> str:
    return " ".join(line.strip() for line in text.strip().splitlines()[-count:])


def _say(line: str) -> None:
    print(line, flush=True)


def _exit() -> NoReturn:
    raise SystemExit(main())


if __name__ == "__main__":
    _exit()
