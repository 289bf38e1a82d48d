from gluesandbox.messages import not_in_sandbox


class StreamingDataSource:
    """A stream, which GlueContext.getStreamingSource gives on AWS."""

    def __init__(self, j_source, sql_ctx, name):
        raise not_in_sandbox("StreamingDataSource")

    def setFormat(self, format, **options):
        raise not_in_sandbox("StreamingDataSource.setFormat")

    def getFrame(self):
        raise not_in_sandbox("StreamingDataSource.getFrame")
