"""Transforms of DynamicFrames: `Filter.apply(frame=…, f=…)`, or an instance called."""

import json

from .apply_mapping import ApplyMapping
from .coalesce import Coalesce
from .collection_transforms import FlatMap, MapToCollection, SelectFromCollection
from .drop_nulls import DropNullFields
from .dynamicframe_filter import Filter
from .dynamicframe_map import Map
from .errors_as_dynamicframe import ErrorsAsDynamicFrame
from .field_transforms import (
    DropFields,
    Join,
    RenameField,
    SelectFields,
    Spigot,
    SplitFields,
    SplitRows,
)
from .relationalize import Relationalize
from .repartition import Repartition
from .resolve_choice import ResolveChoice
from .transform import GlueTransform as GlueTransform
from .unbox import Unbox
from .union import Union
from .unnest_frame import UnnestFrame

ALL_TRANSFORMS = {
    ApplyMapping, Coalesce, DropFields, DropNullFields, ErrorsAsDynamicFrame, Filter, FlatMap, Join,
    Map, MapToCollection, Relationalize, RenameField, Repartition, ResolveChoice, SelectFields,
    SelectFromCollection, Spigot, SplitFields, SplitRows, Unbox, Union, UnnestFrame,
}  # fmt: skip

__all__ = [transform.__name__ for transform in ALL_TRANSFORMS]


def get_transforms():
    return {transform() for transform in ALL_TRANSFORMS}


def get_transform(name):
    named = [item for item in get_transforms() if item.name().lower() == name.lower()]
    return named[0] if named else None


def describe_transform(name):
    transform = get_transform(name)
    description = transform.describe() if transform else {}
    return json.dumps(description, sort_keys=True, indent=4, separators=(",", ": "))
