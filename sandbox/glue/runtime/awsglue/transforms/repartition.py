from awsglue.transforms.transform import GlueTransform


class Repartition(GlueTransform):
    """Bring the frame into a number of partitions."""

    def __call__(
        self,
        frame,
        num_partitions,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        return frame.repartition(
            num_partitions, transformation_ctx, info, stageThreshold, totalThreshold
        )
