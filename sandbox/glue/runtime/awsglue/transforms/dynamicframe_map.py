from awsglue.transforms.transform import GlueTransform


class Map(GlueTransform):
    """Apply a function to every record."""

    def __call__(
        self,
        frame,
        f,
        preservesPartitioning=False,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        return frame.map(
            f, preservesPartitioning, transformation_ctx, info, stageThreshold, totalThreshold
        )
