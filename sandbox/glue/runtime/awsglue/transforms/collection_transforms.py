from awsglue.transforms.transform import GlueTransform


class SelectFromCollection(GlueTransform):
    """One frame of a collection."""

    def __call__(self, dfc, key, transformation_ctx=""):
        return dfc.select(key, transformation_ctx)


class MapToCollection(GlueTransform):
    """Apply a function to each frame of a collection."""

    _returns = "DynamicFrameCollection"

    def __call__(self, dfc, callable, transformation_ctx=""):
        return dfc.map(callable, transformation_ctx)


class FlatMap(GlueTransform):
    """Apply a transform to each frame of a collection and join what it gives."""

    _returns = "DynamicFrameCollection"

    def __call__(self, dfc, BaseTransform, frame_name, transformation_ctx="", **base_kwargs):
        def transform(frame, ctx):
            return BaseTransform.apply(
                **{**base_kwargs, frame_name: frame, "transformation_ctx": ctx}
            )

        return dfc.flatmap(transform, transformation_ctx)
