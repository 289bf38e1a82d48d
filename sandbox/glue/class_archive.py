"""An archive of Spark's loaded classes, from which Java starts twice as fast.

Java's own feature (class data sharing): a run with `-XX:ArchiveClassesAtExit` writes the archive,
later runs map it. It depends on the very Java and jars, is 140 MB, and is no part of any result,
so it lives in the user's cache directory; without it, jobs only start slower.
"""

import hashlib
import os
from pathlib import Path

from sandbox.glue import spark_jvm


def find(java: str, version: str) -> Path | None:
    """The archive for this Java and the installed Spark, if one was made."""
    path = location(java, version)
    return path if path.is_file() else None


def location(java: str, version: str) -> Path:
    """Where the archive for this Java and the installed Spark belongs."""
    jars = spark_jvm.spark_home() / "jars"
    identity = f"{java}\0{version}\0{jars}\0{jars.stat().st_mtime_ns}"
    name = hashlib.sha256(identity.encode()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "stedi-lakehouse" / f"spark-classes-{name}.jsa"
