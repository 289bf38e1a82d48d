from awsglue.transforms.transform import GlueTransform


class Unbox(GlueTransform):
    """Parse a text field into what its text says."""

    def __call__(
        self,
        frame,
        path,
        format,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
        **options,
    ):
        return frame.unbox(
            path, format, transformation_ctx, info, stageThreshold, totalThreshold, **options
        )
