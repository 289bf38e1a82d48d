from awsglue.transforms.transform import GlueTransform


class RenameField(GlueTransform):
    """Give a field another name."""

    def __call__(
        self,
        frame,
        old_name,
        new_name,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        return frame.rename_field(
            old_name, new_name, transformation_ctx, info, stageThreshold, totalThreshold
        )


class DropFields(GlueTransform):
    """Leave fields out."""

    def __call__(
        self, frame, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return frame.drop_fields(paths, transformation_ctx, info, stageThreshold, totalThreshold)


class SelectFields(GlueTransform):
    """Keep only some fields."""

    def __call__(
        self, frame, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return frame.select_fields(paths, transformation_ctx, info, stageThreshold, totalThreshold)


class SplitFields(GlueTransform):
    """Part the fields into two frames."""

    _returns = "DynamicFrameCollection"

    def __call__(
        self,
        frame,
        paths,
        name1=None,
        name2=None,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        name1, name2 = name1 or f"{frame.name}1", name2 or f"{frame.name}2"
        return frame.split_fields(
            paths, name1, name2, transformation_ctx, info, stageThreshold, totalThreshold
        )


class SplitRows(GlueTransform):
    """Part the records into two frames, by comparisons."""

    _returns = "DynamicFrameCollection"

    def __call__(
        self,
        frame,
        comparison_dict,
        name1="frame1",
        name2="frame2",
        transformation_ctx="",
        info=None,
        stageThreshold=0,
        totalThreshold=0,
    ):
        return frame.split_rows(
            comparison_dict, name1, name2, transformation_ctx, info, stageThreshold, totalThreshold
        )


class Join(GlueTransform):
    """Join two frames where their keys are equal."""

    def __call__(self, frame1, frame2, keys1, keys2, transformation_ctx=""):
        return frame1.join(keys1, keys2, frame2, transformation_ctx)


class Spigot(GlueTransform):
    """Write a sample of the records to S3 as JSON."""

    def __call__(self, frame, path, options, transformation_ctx=""):
        return frame.spigot(path, options, transformation_ctx)
