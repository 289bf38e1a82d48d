"""The emulated S3 as Spark sees it: Hadoop's file system for `s3://`, `s3a://` and `s3n://`.

`java_source/S3FileSystem.java` is it; Janino, the compiler in Spark's own jars, makes classes of it.
`python -m sandbox prepare` keeps them with the project's tools; a job that finds none makes its own.
"""

import hashlib
import os
import zipfile
from pathlib import Path
from typing import Any

from common import project

_SOURCE = Path(__file__).with_name("java_source") / "S3FileSystem.java"
_CLASS = "gluesandbox.S3FileSystem"


def settings(endpoint_url: str, cache: Path, staging: Path) -> dict[str, str]:
    """Spark's settings with which it works on an emulated S3.

    Args:
        endpoint_url: where it answers.
        cache: a directory of objects by etag, shared by all runs.
        staging: a directory of this run, for what Spark writes before it commits.
    """
    return {
        **{f"spark.hadoop.fs.{scheme}.impl": _CLASS for scheme in ("s3", "s3a", "s3n")},
        # Hadoop's own choice for s3a is a class that PySpark does not have.
        "spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a": (
            "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory"
        ),
        "spark.hadoop.sandbox.s3.endpoint": endpoint_url,
        "spark.hadoop.sandbox.s3.cache": str(cache),
        "spark.hadoop.sandbox.s3.staging": str(staging),
    }


def jar() -> Path:
    """Where the compiled classes belong; the name changes with the source."""
    digest = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
    return project.TOOLS / f"spark-s3-{digest}.jar"


def compile_into(folder: Path, jvm: Any) -> None:
    """Put the classes into a folder of the class path of a running Java."""
    compiler = jvm.org.codehaus.janino.SimpleCompiler()
    compiler.cook(_SOURCE.read_text(encoding="utf-8"))
    for name, code in dict(compiler.getBytecodes()).items():
        file = folder / f"{name.replace('.', '/')}.class"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(code)


def pack(folder: Path) -> None:
    """Make the jar of the classes in a folder."""
    jar().parent.mkdir(parents=True, exist_ok=True)
    part = jar().with_suffix(f".{os.getpid()}")
    with zipfile.ZipFile(part, "w") as archive:
        for file in sorted(folder.glob("**/*.class")):
            archive.write(file, file.relative_to(folder))
    part.replace(jar())
