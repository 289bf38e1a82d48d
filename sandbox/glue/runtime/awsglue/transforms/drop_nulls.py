from gluesandbox.types import fields
from pyspark.sql import functions as F

from awsglue.gluetypes import ArrayType, NullType, StructType
from awsglue.transforms.transform import GlueTransform


class DropNullFields(GlueTransform):
    """Leave out the fields that are null in every record."""

    def _find_null_fields(self, ctx, schema, path, output):
        """The paths, added to `output`, of fields whose type is null."""
        for field in schema:
            inner = f"{path}.{field.name}" if path else field.name
            data_type = field.dataType
            if isinstance(data_type, ArrayType):
                data_type = data_type.elementType
            if isinstance(data_type, NullType):
                output.append(inner)
            elif isinstance(data_type, StructType):
                self._find_null_fields(ctx, data_type, inner, output)
        return output

    def __call__(self, frame, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        paths = self._find_null_fields(frame.glue_ctx, frame.schema(), "", [])
        paths += _empty_columns(frame.toDF())
        return frame.drop_fields(paths, transformation_ctx, info, stageThreshold, totalThreshold)


def _empty_columns(frame):
    """Columns without a value: a DynamicFrame, typed by its records, would know them as null."""
    if not frame.columns:
        return []
    names = [fields.quote(name) for name in frame.columns]
    (counts,) = frame.select(*(F.count(F.col(name)) for name in names)).collect()
    return [name for name, count in zip(names, counts, strict=True) if not count]
