from gluesandbox.transforms import shaping


class ApplyMapping:
    """Rename, cast and leave out columns, by a list of mappings."""

    @staticmethod
    def apply(frame, mappings):
        return shaping.apply_mapping(frame, shaping.parsed_mappings(mappings), case_sensitive=False)

    @classmethod
    def describeArgs(cls):
        return [
            {"name": name, "type": kind, "optional": False, "defaultValue": None}
            for name, kind in (("frame", "DataFrame"), ("mappings", "List"))
        ]

    @classmethod
    def describeTransform(cls):
        return cls.__doc__

    @classmethod
    def describeErrors(cls):
        return []

    @classmethod
    def describeReturn(cls):
        return {"type": "DataFrame", "description": "The mapped DataFrame"}
