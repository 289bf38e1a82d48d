"""Transforms of Spark DataFrames."""

from .apply_mapping import ApplyMapping

ALL_TRANSFORMS = {ApplyMapping}

__all__ = [transform.__name__ for transform in ALL_TRANSFORMS]
