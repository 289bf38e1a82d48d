# ruff: noqa: SLF001 -- frames, readers and the context are one library
import os
import re
import sys
import time
import uuid
import warnings
from datetime import UTC, datetime

from gluesandbox import writing
from gluesandbox.messages import GlueException, GlueLogger, not_in_sandbox
from gluesandbox.reading import sources
from gluesandbox.spark import session
from gluesandbox.storage import catalog
from gluesandbox.types import data_types
from pyspark.sql import SparkSession, SQLContext
from pyspark.sql import functions as F
from pyspark.sql.dataframe import DataFrame
from pyspark.sql.types import StructType

from awsglue.data_sink import DataSink
from awsglue.data_source import DataSource
from awsglue.dataframereader import DataFrameReader
from awsglue.dataframewriter import DataFrameWriter
from awsglue.dynamicframe import (
    DynamicFrame,
    DynamicFrameCollection,
    DynamicFrameReader,
    DynamicFrameWriter,
    ResolveOption,
)
from awsglue.gluetypes import DataType, _to_spark
from awsglue.streaming_data_source import StreamingDataSource
from sandbox.environment import require_loopback

_STREAMS = {"kafka", "kinesis"}


def register(sc):
    """AWS's own loads its Java classes here; the sandbox only looks where it would write."""
    require_loopback(os.environ.get("AWS_ENDPOINT_URL", ""))
    session.prepare()
    if "--enable-glue-datacatalog" in sys.argv:
        session.enable()


class GlueContext(SQLContext):
    Spark_SQL_Formats = {"parquet", "orc"}
    Unsupported_Compression_Types = {"lzo"}

    def __init__(self, sparkContext=None, **options):
        if isinstance(sparkContext, SparkSession):
            spark_session = sparkContext
        else:
            spark_session = SparkSession.builder.getOrCreate()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # Glue is the last user of SQLContext
            super().__init__(spark_session.sparkContext, spark_session)
        register(self._sc)
        self._glue_scala_context = self._get_glue_scala_context(**options)
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.create_data_frame = DataFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)
        self.write_data_frame = DataFrameWriter(self)
        self.spark_session = spark_session
        self._glue_logger = GlueLogger()

    @property
    def _ssql_ctx(self):
        return self._glue_scala_context

    def _get_glue_scala_context(self, **options):
        return self

    def getSource(
        self, connection_type, format=None, transformation_ctx="", push_down_predicate="", **options
    ):
        def read(kind, format_options):
            return self._read(connection_type, options, kind, format_options, push_down_predicate)

        return DataSource((read, format), self, _name_of(options.get("paths")))

    def getStreamingSource(
        self, connection_type, format=None, transformation_ctx="", push_down_predicate="", **options
    ):
        raise not_in_sandbox(f"getStreamingSource of {connection_type!r}")

    def get_catalog_schema_as_spark_schema(self, database=None, table_name=None, catalog_id=None):
        schema = StructType()
        for column in catalog.table(database, table_name, catalog_id).every_column:
            schema = schema.add(column.name, data_types.parse(column.type))
        return schema

    def create_dynamic_frame_from_rdd(
        self, data, name, schema=None, sample_ratio=None, transformation_ctx=""
    ):
        """A frame of dictionaries, Rows or tuples; `schema` is a gluetypes or Spark StructType."""
        if schema is not None and not isinstance(schema, (StructType, str, list)):
            schema = _to_spark(schema)
        frame = self.spark_session.createDataFrame(data, schema, sample_ratio)
        return DynamicFrame.fromDF(frame, self, name)

    def create_dynamic_frame_from_catalog(
        self,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        push_down_predicate="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        table = _table(database, table_name, catalog_id, kwargs)
        options = {**additional_options, **kwargs}
        source = sources.from_table(
            self.spark_session, table, push_down_predicate, options, with_choices=True
        )
        return self._dynamic_frame(source, table_name)

    def create_data_frame_from_catalog(
        self,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        push_down_predicate="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        table = _table(database, table_name, catalog_id, kwargs)
        options = {**additional_options, **kwargs}
        return sources.from_table(self.spark_session, table, push_down_predicate, options).frame

    def create_dynamic_frame_from_options(
        self,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        transformation_ctx="",
        push_down_predicate="",
        **kwargs,
    ):
        source = self._read(
            connection_type, connection_options, format, format_options, push_down_predicate
        )
        return self._dynamic_frame(source, _name_of(connection_options.get("paths")))

    def create_sample_dynamic_frame_from_catalog(
        self,
        database=None,
        table_name=None,
        num=None,
        sample_options={},
        redshift_tmp_dir="",
        transformation_ctx="",
        push_down_predicate="",
        additional_options={},
        catalog_id=None,
        erieTxId="",
        asOfTime="",
        **kwargs,
    ):
        """The first `num` records."""
        frame = self.create_dynamic_frame_from_catalog(
            database,
            table_name,
            redshift_tmp_dir,
            transformation_ctx,
            push_down_predicate,
            additional_options,
            catalog_id,
            **kwargs,
        )
        return _first(frame, num)

    def create_sample_dynamic_frame_from_options(
        self,
        connection_type,
        connection_options={},
        num=None,
        sample_options={},
        format=None,
        format_options={},
        transformation_ctx="",
        push_down_predicate="",
        **kwargs,
    ):
        """The first `num` records."""
        frame = self.create_dynamic_frame_from_options(
            connection_type,
            connection_options,
            format,
            format_options,
            transformation_ctx,
            push_down_predicate,
            **kwargs,
        )
        return _first(frame, num)

    def create_data_frame_from_options(
        self,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        transformation_ctx="",
        push_down_predicate="",
        **kwargs,
    ):
        return self.create_dynamic_frame_from_options(
            connection_type,
            connection_options,
            format,
            format_options,
            transformation_ctx,
            push_down_predicate,
            **kwargs,
        ).toDF()

    def getSink(self, connection_type, format=None, transformation_ctx="", **options):
        return DataSink((connection_type, format, options), self)

    def write_dynamic_frame_from_options(
        self,
        frame,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        transformation_ctx="",
    ):
        return self.write_from_options(
            frame, connection_type, connection_options, format, format_options, transformation_ctx
        )

    def write_from_options(
        self,
        frame_or_dfc,
        connection_type,
        connection_options={},
        format={},
        format_options={},
        transformation_ctx="",
        **kwargs,
    ):
        sink = self.getSink(connection_type, None, transformation_ctx, **connection_options)
        if format:
            sink.setFormat(format, **format_options)
        return sink.write(frame_or_dfc)

    def write_dynamic_frame_from_catalog(
        self,
        frame,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        table = _table(database, table_name, catalog_id, kwargs)
        writing.to_table(frame._jdf, table, {**additional_options, **kwargs})
        return frame

    def write_data_frame_from_catalog(
        self,
        frame,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        return self.write_dynamic_frame_from_catalog(
            DynamicFrame.fromDF(frame, self, transformation_ctx),
            database,
            table_name,
            redshift_tmp_dir,
            transformation_ctx,
            additional_options,
            catalog_id,
            **kwargs,
        )

    def write_dynamic_frame_from_jdbc_conf(
        self,
        frame,
        catalog_connection,
        connection_options={},
        redshift_tmp_dir="",
        transformation_ctx="",
        catalog_id=None,
    ):
        raise not_in_sandbox(f"write_dynamic_frame_from_jdbc_conf, here to {catalog_connection!r},")

    def write_from_jdbc_conf(
        self,
        frame_or_dfc,
        catalog_connection,
        connection_options={},
        redshift_tmp_dir="",
        transformation_ctx="",
        catalog_id=None,
    ):
        raise not_in_sandbox(f"write_from_jdbc_conf, here to {catalog_connection!r},")

    def convert_resolve_option(self, path, action, target):
        """The option in the words of resolveChoice."""
        if action.upper() == "KEEPASSTRUCT":
            return ResolveOption(path, "make_struct")
        if action.upper() != "PROJECT":
            raise ValueError(
                f"Invalid resolve action {action}. Action must be one of KeepAsStruct and Project."
            )
        if not isinstance(target, DataType):
            raise ValueError("Target type must be specified with project action.")  # noqa: TRY004
        return ResolveOption(path, "project", target.typeName())

    def extract_jdbc_conf(self, connection_name, catalog_id=None):
        """User, password, URL and vendor of a Glue connection."""
        properties = catalog.connection(connection_name)
        url = properties.get("JDBC_CONNECTION_URL", "")
        parts = url.split(":")
        return {
            "user": properties.get("USERNAME", ""),
            "password": properties.get("PASSWORD", ""),
            "vendor": parts[1] if len(parts) > 1 else "",
            "url": url.rpartition("/")[0] if url.count("/") > 2 else url,
            "fullUrl": url,
            "enforceSSL": properties.get("JDBC_ENFORCE_SSL", "false"),
        }

    def purge_table(self, database, table_name, options={}, transformation_ctx="", catalog_id=None):
        """Delete a table's files; `retentionPeriod` (hours, default 168) keeps the newer ones."""
        table = catalog.table(database, table_name, catalog_id)
        writing.purge_table(self.spark_session, table, options)

    def purge_s3_path(self, s3_path, options={}, transformation_ctx=""):
        """Delete the files below a path; `retentionPeriod` as for purge_table."""
        writing.purge_path(s3_path, options)

    def transition_table(
        self,
        database,
        table_name,
        transition_to,
        options={},
        transformation_ctx="",
        catalog_id=None,
    ):
        raise not_in_sandbox("transition_table, to another S3 storage class,")

    def transition_s3_path(self, s3_path, transition_to, options={}, transformation_ctx=""):
        raise not_in_sandbox("transition_s3_path, to another S3 storage class,")

    def get_logger(self):
        return self._glue_logger

    def currentTimeMillis(self):
        return round(time.time() * 1000)

    def getSampleStreamingDynamicFrame(self, frame, options={}, batch_function=None):
        raise not_in_sandbox("getSampleStreamingDynamicFrame")

    def forEachBatch(self, frame, batch_function, options={}):
        raise not_in_sandbox("forEachBatch, of streams,")

    def add_ingestion_time_columns(self, frame, time_granularity):
        """Columns ingest_year … down to `day`, `hour` or `minute`, of this moment in UTC."""
        names = ["year", "month", "day", "hour", "minute"]
        if time_granularity not in names[2:]:
            raise GlueException(
                f"Time granularity is day, hour or minute, not {time_granularity!r}."
            )
        now = datetime.now(UTC)
        for name in names[: names.index(time_granularity) + 1]:
            frame = frame.withColumn(f"ingest_{name}", F.lit(getattr(now, name)))
        return frame

    def start_transaction(self, read_only):
        raise not_in_sandbox("start_transaction, of Lake Formation,")

    def commit_transaction(self, transaction_id, wait_for_commit=True):
        raise not_in_sandbox("commit_transaction, of Lake Formation,")

    def cancel_transaction(self, transaction_id):
        raise not_in_sandbox("cancel_transaction, of Lake Formation,")

    def _read(self, connection_type, options, kind, format_options, push_down_predicate):
        """The records of S3 files, for a connection type that is S3 or a file format."""
        connection_type = connection_type or ""
        if connection_type in _STREAMS:
            raise not_in_sandbox(f"The streaming source {connection_type!r}")
        if connection_type in self.Spark_SQL_Formats:
            kind = connection_type
        elif connection_type not in {"s3", "file"}:
            raise not_in_sandbox(f"The source {connection_type!r}")
        paths = options.get("paths") or options.get("path") or []
        paths = [paths] if isinstance(paths, str) else list(paths)
        if not kind:
            raise GlueException("An S3 source needs a format, such as json, csv or parquet.")
        source = sources.from_paths(self.spark_session, paths, kind, format_options, options)
        return sources.where(source, push_down_predicate) if push_down_predicate else source

    def _dynamic_frame(self, source, name):
        frame = DynamicFrame(source.frame, self, name)
        frame._make_full = source.full
        frame._error_frames = source.errors
        return frame


def _first(frame, num):
    return frame if num is None else frame._derived(lambda rows: rows.limit(int(num)))


def _name_of(paths):
    """The name that AWS gives a frame of files: what their paths have in common, as one word."""
    paths = [paths] if isinstance(paths, str) else paths or []
    prefix = os.path.commonprefix(paths)  # noqa: RUF071 -- as AWS's own, letter by letter
    return re.sub(r"[:/.]", "", prefix.split(":")[-1]) or str(uuid.uuid1()).replace("-", "_")


def _table(database, table_name, catalog_id, kwargs):
    """The catalog's table; its database perhaps under the older name `name_space`."""
    if database is not None and "name_space" in kwargs:
        raise Exception("Parameter name_space and database are both specified, choose one.")  # noqa: TRY002
    database = kwargs.pop("name_space", database)
    if database is None:
        raise Exception("Parameter name_space or database is missing.")  # noqa: TRY002
    if table_name is None:
        raise Exception("Parameter table_name is missing.")  # noqa: TRY002
    return catalog.table(database, table_name, catalog_id)


__all__ = [
    "DataFrame",
    "DataFrameReader",
    "DataFrameWriter",
    "DataSink",
    "DataSource",
    "DynamicFrame",
    "DynamicFrameCollection",
    "DynamicFrameReader",
    "DynamicFrameWriter",
    "GlueContext",
    "SQLContext",
    "SparkSession",
    "StreamingDataSource",
    "register",
]
