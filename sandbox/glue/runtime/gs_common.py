# ruff: noqa: INP001 -- a module of its own on the path of a job
"""How a `gs_*` module gives frames its method, under the conditions of AWS's own `gs_common`."""

from collections.abc import Callable
from typing import Any

from awsglue.dynamicframe import DynamicFrame
from awsglue.gluetypes import ChoiceType, DataType, StructType
from pyspark.sql import DataFrame


def attach(function: Callable[..., DataFrame]) -> None:
    """Make a function of a DataFrame a method of DataFrames and DynamicFrames.

    A frame without columns and rows is given back as it is. A DynamicFrame with a choice, at the top
    or in a struct, raises ValueError; the method takes arguments by name alone.
    """
    name = function.__name__

    def of_data_frame(self: DataFrame, **arguments: Any) -> DataFrame:
        return function(self, **arguments) if self.columns or self.head(1) else self

    def of_dynamic_frame(self: Any, **arguments: Any) -> Any:
        if _has_choice(self.schema()):
            raise ValueError(
                "Please resolve the pending DynamicFrame choices before using this transformation: "
                f"{name} would make structs of them."
            )
        frame = self.toDF()
        if not frame.columns and not frame.head(1):
            return self
        return DynamicFrame.fromDF(function(frame, **arguments), self.glue_ctx, self.name)

    setattr(DynamicFrame, name, of_dynamic_frame)
    setattr(DataFrame, name, of_data_frame)


def _has_choice(kind: DataType) -> bool:
    if isinstance(kind, StructType):
        return any(_has_choice(field.dataType) for field in kind.fields)
    return isinstance(kind, ChoiceType)
