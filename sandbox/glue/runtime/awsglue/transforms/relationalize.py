from awsglue.transforms.transform import GlueTransform
from awsglue.utils import _global_args


class Relationalize(GlueTransform):
    """Flatten records, and give each array a table of its own."""

    _returns = "DynamicFrameCollection"

    def __call__(
        self,
        frame,
        staging_path=None,
        name="roottable",
        options=None,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        staging_path = staging_path or _global_args.get("TempDir") or ""
        return frame.relationalize(
            name,
            staging_path,
            options or {},
            transformation_ctx,
            info,
            stageThreshold,
            totalThreshold,
        )
