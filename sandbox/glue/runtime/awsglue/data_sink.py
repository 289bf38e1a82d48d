# ruff: noqa: SLF001 -- frames, readers and the context are one library
from gluesandbox import writing
from gluesandbox.messages import GlueException, not_in_sandbox
from gluesandbox.storage import catalog

from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection


class DataSink:
    """A target whose format and catalog table are told before frames are written to it.

    Args:
        j_sink: Here a connection type, a format and the sink's options.
        sql_ctx: The GlueContext.
    """

    def __init__(self, j_sink, sql_ctx):
        self._connection_type, self._format, self._options = j_sink
        self._format_options = {}
        self._catalog = None
        self._sql_ctx = sql_ctx

    def setFormat(self, format, **options):
        self._format = format
        self._format_options = options

    def setAccumulableSize(self, size):
        """How many error records AWS's own keeps; here all can be read again."""

    def setCatalogInfo(self, catalogDatabase, catalogTableName, catalogId=""):
        catalog.require_own(catalogId)
        self._catalog = (catalogDatabase, catalogTableName)

    def writeFrame(self, dynamic_frame, info=""):
        self._write_data_frame(dynamic_frame._jdf)
        return dynamic_frame

    def writeDataFrame(self, data_frame, glue_context, info=""):
        self._write_data_frame(data_frame)
        return data_frame

    def write(self, dynamic_frame_or_dfc, info=""):
        """Write a frame; of a collection each frame, into a folder of its name."""
        if isinstance(dynamic_frame_or_dfc, DynamicFrame):
            return self.writeFrame(dynamic_frame_or_dfc, info)
        if not isinstance(dynamic_frame_or_dfc, DynamicFrameCollection):
            raise TypeError(
                "dynamic_frame_or_dfc must be an instance of DynamicFrame or "
                f"DynamicFrameCollection. Got {type(dynamic_frame_or_dfc)}"
            )
        for name in dynamic_frame_or_dfc.keys():  # noqa: SIM118 -- a collection is not a mapping
            self._write_data_frame(dynamic_frame_or_dfc[name]._jdf, name)
        return dynamic_frame_or_dfc

    def _write_data_frame(self, frame, folder=""):
        path, kind = self._target()
        path = f"{path.rstrip('/')}/{folder}/" if folder else path
        keys = self._options.get("partitionKeys") or []
        writing.to_path(
            frame, path, kind, self._format_options, self._options.get("compression"), keys
        )
        if self._catalog and str(self._options.get("enableUpdateCatalog", False)).lower() == "true":
            behavior = self._options.get("updateBehavior", "UPDATE_IN_DATABASE")
            update = writing.CatalogUpdate(*self._catalog, behavior)
            writing.update_catalog(frame, path, kind, keys, update)

    def _target(self):
        if self._connection_type in self._sql_ctx.Spark_SQL_Formats:
            kind = self._connection_type
        elif self._connection_type in {"s3", "file"}:
            kind = self._format
        else:
            raise not_in_sandbox(f"The target {self._connection_type!r}")
        path = self._options.get("path")
        if not path:
            raise GlueException("An S3 target needs a path, and it has none.")
        if not kind:
            raise GlueException(f"The target {path} needs a format, such as json or parquet.")
        return path, kind
