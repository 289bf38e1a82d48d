"""Starts Spark's Python workers: `python -m sandbox.glue.execution.python_workers`.

Java puts PySpark's archives and its own largest jar on their path, and PySpark has a worker look at
the path anew before each task: reading the archives' directories took three quarters of the
workers' time. PySpark is found without them, since it is installed.
"""

import os
import sys
from pathlib import Path


def _leave_out_archives() -> None:
    spark = Path(os.environ["SPARK_HOME"]).resolve()
    sys.path[:] = [path for path in sys.path if not Path(path).resolve().is_relative_to(spark)]
    sys.path_importer_cache.clear()


if __name__ == "__main__":
    _leave_out_archives()
    from pyspark import daemon

    daemon.manager()  # type: ignore[no-untyped-call]
