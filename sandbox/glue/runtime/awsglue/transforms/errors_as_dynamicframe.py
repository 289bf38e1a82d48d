from awsglue.transforms.transform import GlueTransform


class ErrorsAsDynamicFrame(GlueTransform):
    """The error records of the transforms so far."""

    def __call__(self, frame):
        return frame.errorsAsDynamicFrame()
