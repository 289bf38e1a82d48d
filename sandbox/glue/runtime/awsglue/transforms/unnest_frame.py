from awsglue.transforms.transform import GlueTransform


class UnnestFrame(GlueTransform):
    """Flatten nested structs."""

    def __call__(self, frame, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        return frame.unnest(transformation_ctx, info, stageThreshold, totalThreshold)
