# ruff: noqa: SLF001 -- frames, readers and the context are one library
class DataSource:
    """A source whose format is told before it is read.

    Args:
        j_source: Here a function that reads, given format and format options, and a format.
        sql_ctx: The GlueContext.
        name: Of the frames.
    """

    def __init__(self, j_source, sql_ctx, name):
        self._read, self._format = j_source
        self._format_options = {}
        self._sql_ctx = sql_ctx
        self.name = name

    def setFormat(self, format, **options):
        self._format = format
        self._format_options = options

    def getFrame(self, **options):
        """All records as a DynamicFrame."""
        source = self._read(self._format, self._format_options)
        return self._sql_ctx._dynamic_frame(source, self.name)

    def getSampleFrame(self, num, **options):
        return self.getFrame(**options)._derived(lambda frame: frame.limit(int(num)))

    def getDataFrame(self):
        return self.getFrame().toDF()
