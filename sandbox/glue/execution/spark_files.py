"""Where PySpark keeps Spark, found without importing it."""

import os
from importlib.util import find_spec
from pathlib import Path

from sandbox.errors import SandboxError


class SparkStartError(SandboxError):
    """Spark is not there, or its Java did not come up."""


def spark_home() -> Path:
    """The directory of the installed PySpark.

    Raises:
        SparkStartError: it is not installed.
    """
    spec = find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise SparkStartError("PySpark is not installed: install the project's extra `sandbox`.")
    return Path(spec.origin).parent


def class_path(settings: Path) -> str:
    """Every jar by name, in a fixed order as an archive of classes needs it, then the settings."""
    jars = sorted(str(jar) for jar in (spark_home() / "jars").glob("*.jar"))
    return os.pathsep.join([*jars, str(settings)])
