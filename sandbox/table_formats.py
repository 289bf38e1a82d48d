"""Table formats whose rows their own metadata tells: what the sandbox refuses, by name.

Read as the plain files that such a table is made of, it would give rows that were replaced or
deleted long ago, without a word.
"""

from collections.abc import Mapping

_BY_NAME = {"iceberg": "Iceberg", "delta": "Delta Lake", "hudi": "Hudi"}
# Source: what Glue's crawlers, Spark and Hudi's and Delta's own syncs write into the Data Catalog.
_NAMED_BY = ("table_type", "spark.sql.sources.provider", "classification")
_BY_INPUT_FORMAT = {
    "org.apache.hudi.": "Hudi",
    "com.uber.hoodie.": "Hudi",
    "org.apache.iceberg.": "Iceberg",
    "io.delta.": "Delta Lake",
    # Its objects are lists of files: Delta's manifests, S3 Inventory.
    "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat": "symlink",
}


def own_metadata(parameters: Mapping[str, str], input_format: str) -> str | None:
    """The table format of a table in the Data Catalog, if its files alone do not tell its rows.

    Args:
        parameters: the table's.
        input_format: the class that its storage descriptor names.
    """
    for key in _NAMED_BY:
        if found := _BY_NAME.get(parameters.get(key, "").lower()):
            return found
    for prefix, name in _BY_INPUT_FORMAT.items():
        if input_format.startswith(prefix):
            return name
    return None
