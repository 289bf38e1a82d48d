import inspect


class GlueTransform:
    """Base of all transforms; a subclass is a `__call__` and one sentence of documentation."""

    _returns = "DynamicFrame"

    @classmethod
    def apply(cls, *args, **kwargs):
        return cls()(*args, **kwargs)

    @classmethod
    def name(cls):
        return cls.__name__

    @classmethod
    def describeArgs(cls):
        """A list with name, type, optional and defaultValue of each argument."""
        cls._require_subclass("describeArgs")
        arguments = list(inspect.signature(cls.__call__).parameters.values())[1:]
        return [
            {
                "name": argument.name,
                "type": _TYPES.get(argument.name, "String"),
                "description": f"The argument {argument.name} of {cls.__name__}",
                "optional": argument.default is not inspect.Parameter.empty,
                "defaultValue": None
                if argument.default in {inspect.Parameter.empty, None}
                else str(argument.default),
            }
            for argument in arguments
        ]

    @classmethod
    def describeReturn(cls):
        cls._require_subclass("describeReturn")
        return {"type": cls._returns, "description": f"What {cls.__name__} gives"}

    @classmethod
    def describeTransform(cls):
        cls._require_subclass("describeTransform")
        return inspect.getdoc(cls)

    @classmethod
    def describeErrors(cls):
        cls._require_subclass("describeErrors")
        return []

    @classmethod
    def describe(cls):
        return {
            "transform": {
                "name": cls.name(),
                "args": cls.describeArgs(),
                "returns": cls.describeReturn(),
                "description": cls.describeTransform(),
                "raises": cls.describeErrors(),
                "location": "internal",
            }
        }

    def __eq__(self, other):
        return isinstance(other, self.__class__) and vars(self) == vars(other)

    def __hash__(self):
        return hash((type(self).__name__, tuple(sorted(vars(self).items()))))

    def __repr__(self):
        return str(self.describe())

    @classmethod
    def _require_subclass(cls, method):
        if cls is GlueTransform:
            raise NotImplementedError(f"{method} is a method of transforms, not of their base")


_TYPES = {
    "frame": "DynamicFrame",
    "frame1": "DynamicFrame",
    "frame2": "DynamicFrame",
    "dfc": "DynamicFrameCollection",
    "f": "Function",
    "callable": "Function",
    "paths": "List",
    "mappings": "List",
    "specs": "List",
    "keys1": "List",
    "keys2": "List",
    "comparison_dict": "Dictionary",
    "options": "Dictionary",
    "num_partitions": "Integer",
    "shuffle": "Boolean",
    "case_sensitive": "Boolean",
    "preservesPartitioning": "Boolean",
    "stageThreshold": "Integer",
    "totalThreshold": "Integer",
}
