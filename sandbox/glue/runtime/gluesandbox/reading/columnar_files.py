"""Reading Parquet and ORC: files of one table may have other columns, and columns of other types."""

from functools import reduce
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sf
from pyspark.sql import types as st

from gluesandbox.messages import GlueException
from gluesandbox.reading.files import Files
from gluesandbox.storage.catalog import Table
from gluesandbox.types import data_types, fields


def inferred(files: Files, kind: str) -> DataFrame:
    """All columns that any file has; a column of several types is a choice."""
    groups = [group.reader().format(kind).load(list(group.uris)) for group in _alike(files, kind)]
    # AWS reads these formats with Spark: what a file does not have is NULL, not absent.
    return fields.without_absent(reduce(fields.union, groups))


def declared(files: Files, table: Table, keys: st.StructType, kind: str) -> DataFrame:
    """The declared columns by name, whatever their case, in the declared types."""
    groups = [
        _as_declared(group.reader().format(kind).load(list(group.uris)), table, keys)
        for group in _alike(files, kind)
    ]
    return reduce(DataFrame.unionAll, groups)


def _as_declared(raw: DataFrame, table: Table, keys: st.StructType) -> DataFrame:
    result = []
    for column in table.columns:
        field = fields.find(raw.schema, column.name)
        kind = data_types.declared(column.type)
        value = sf.lit(None) if field is None else sf.col(fields.quote(field.name))
        if field is None or field.dataType != kind:
            value = value.cast(kind)
        result.append(value.alias(column.name))
    partition = [
        sf.col(fields.quote(key.name)).cast(key.dataType).alias(key.name) for key in keys.fields
    ]
    return raw.select(*result, *partition)


def _alike(files: Files, kind: str) -> list[Files]:
    """The files in groups of one schema: Spark cannot read an int and a bigint as one column."""
    if len(files.files) == 1:
        return [files]
    return files.groups(lambda path: _schema_of(files.spark, path, kind))


def _schema_of(spark: SparkSession, path: Path, kind: str) -> str:
    jvm, context = spark.sparkContext._jvm, spark.sparkContext._jsc  # noqa: SLF001 -- its only door
    if jvm is None or context is None:
        raise GlueException("Spark's Java is gone.")
    where = jvm.org.apache.hadoop.fs.Path(f"file://{path}")
    conf = context.hadoopConfiguration()
    try:
        if kind == "orc":
            orc = jvm.org.apache.orc.OrcFile
            return str(orc.createReader(where, orc.readerOptions(conf)).getSchema().toString())
        footer = jvm.org.apache.parquet.hadoop.ParquetFileReader.readFooter(conf, where)
        return str(footer.getFileMetaData().getSchema().toString())
    except Exception as error:
        if isinstance(error, PySparkException) or "Py4JJavaError" in type(error).__name__:
            raise GlueException(f"Unable to parse file: {path.name}") from error
        raise
