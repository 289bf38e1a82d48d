from awsglue.transforms.transform import GlueTransform


class Coalesce(GlueTransform):
    """Bring the frame into fewer partitions."""

    def __call__(
        self,
        frame,
        num_partitions,
        shuffle=False,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        return frame.coalesce(
            num_partitions, shuffle, transformation_ctx, info, stageThreshold, totalThreshold
        )
