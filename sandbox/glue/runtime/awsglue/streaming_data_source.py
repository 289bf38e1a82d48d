class StreamingDataSource:
    """A stream; `GlueContext.getStreamingSource`, which makes it on AWS, says it is not here."""

    def __init__(self, j_source, sql_ctx, name):
        self._jsource = j_source
        self._sql_ctx = sql_ctx
        self.name = name

    def setFormat(self, format, **options):
        self._jsource.setFormat(format, options)

    def getFrame(self):
        return self._jsource.getDataFrame()
