# ruff: noqa: INP001 -- a module of its own on the path of a job
"""How a `gs_*` module gives frames its method."""

from collections.abc import Callable
from typing import Any

from awsglue.dynamicframe import DynamicFrame
from pyspark.sql import DataFrame


def attach(function: Callable[..., DataFrame]) -> None:
    """Make a function of a DataFrame a method of DataFrames, as on AWS, and of DynamicFrames."""
    name = function.__name__

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return DynamicFrame(function(self.toDF(), *args, **kwargs), self.glue_ctx, self.name)

    setattr(DynamicFrame, name, method)
    setattr(DataFrame, name, function)
