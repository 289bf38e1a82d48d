"""One run of a job: its processes, the buckets as directories, Spark's Java."""
