"""What `gluepyspark` imports at its start: a SparkContext and a GlueContext."""

from pyspark.context import SparkContext

from awsglue.context import GlueContext

sc = SparkContext.getOrCreate()
glueContext = GlueContext(sc)
print("GlueContext available as glueContext.")
