from pyspark.sql import SparkSession, SQLContext


class Job:
    """The run itself: names its arguments, and tells the service of start and end."""

    @classmethod
    def continuation_options(cls):
        return ["--continuation-option", "continuation-enabled", "continuation-readonly", "continuation-ignore"]  # fmt: skip

    @classmethod
    def job_bookmark_options(cls):
        return ["--job-bookmark-option", "job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable"]  # fmt: skip

    @classmethod
    def job_bookmark_range_options(cls):
        return ["--job-bookmark-from", "--job-bookmark-to"]

    @classmethod
    def id_params(cls):
        return ["--JOB_NAME", "--JOB_ID", "--JOB_RUN_ID", "--SECURITY_CONFIGURATION"]

    @classmethod
    def encryption_type_options(cls):
        return ["--encryption-type", "sse-s3"]

    @classmethod
    def data_lineage_options(cls):
        return ["--enable-data-lineage"]

    def __init__(self, glue_context_or_spark_session):
        if isinstance(glue_context_or_spark_session, SQLContext):  # as only a GlueContext is
            self._glue_context = glue_context_or_spark_session
            self._spark_session = glue_context_or_spark_session.spark_session
        elif isinstance(glue_context_or_spark_session, SparkSession):
            self._glue_context = None
            self._spark_session = glue_context_or_spark_session
        else:
            raise Exception(  # noqa: TRY002, TRY004
                "A Job is made from a GlueContext or a SparkSession, not from "
                f"{type(glue_context_or_spark_session)}"
            )
        self._initialized = False

    def init(self, job_name, args={}):
        if args.get("job_bookmark_option") in {"job-bookmark-enable", "job-bookmark-pause"}:
            print("NOTE The sandbox keeps no job bookmarks: every run reads all of its input.")
        self._initialized = True

    def isInitialized(self):
        return self._initialized

    def commit(self):
        """There is nothing to do: what was written is in S3, and bookmarks are not kept."""
