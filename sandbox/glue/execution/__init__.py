"""One run of a job: its processes, Spark's Java, and S3 as both see it."""
