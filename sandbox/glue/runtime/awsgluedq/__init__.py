"""AWS Glue Data Quality for jobs: the sandbox's own evaluation of DQDL on Spark.

AWS publishes no package of it; the names are those that generated scripts import.
"""
