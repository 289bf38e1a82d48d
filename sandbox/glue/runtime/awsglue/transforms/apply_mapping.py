from awsglue.transforms.transform import GlueTransform


class ApplyMapping(GlueTransform):
    """Rename, cast and leave out fields, by a list of mappings."""

    def __call__(
        self,
        frame,
        mappings,
        case_sensitive=False,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        return frame.apply_mapping(
            mappings, case_sensitive, transformation_ctx, info, stageThreshold, totalThreshold
        )
