"""What Spark's Python workers import from."""

import zipimport
from typing import Any


def test_workers_read_no_archive(lake: Any) -> None:
    """PySpark has them read again the directory of each archive on their path before each task."""

    def path_of_worker(_: int) -> tuple[list[str], list[str], str]:
        import sys

        import pyspark

        caches = sys.path_importer_cache.items()
        archives = [path for path, found in caches if isinstance(found, zipimport.zipimporter)]
        return sys.path, archives, str(pyspark.__file__)

    context = lake.spark.sparkContext
    [(path, archives, pyspark)] = context.parallelize([1], 1).map(path_of_worker).collect()
    assert archives == []
    assert [part for part in path if part.endswith((".jar", "pyspark.zip"))] == []
    assert pyspark.endswith("/site-packages/pyspark/__init__.py")
