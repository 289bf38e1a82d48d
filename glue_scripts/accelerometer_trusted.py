import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.dynamicframe import DynamicFrameCollection
from awsgluedq.transforms import EvaluateDataQuality
from awsglue.dynamicframe import DynamicFrame
from awsglue import DynamicFrame

# Script generated for node Replace accelerometer_trusted
def replaceAccelerometerTrusted(glueContext, dfc) -> DynamicFrameCollection:
    # Compute every row first: a failure must leave the table as it was.
    rows = dfc.select(list(dfc.keys())[0]).toDF().cache()
    files = 1 + rows.count() // 1_000_000
    # retentionPeriod is in hours; without it the files of the last week would stay.
    glueContext.purge_table(
        database="stedi", table_name="accelerometer_trusted", options={"retentionPeriod": 0}
    )
    # A million rows a file: whoever reads the table pays a request for each.
    frame = DynamicFrame.fromDF(rows.coalesce(files), glueContext, "accelerometer_trusted")
    return DynamicFrameCollection({"accelerometer_trusted": frame}, glueContext)
def sparkSqlQuery(glueContext, query, mapping, transformation_ctx) -> DynamicFrame:
    for alias, frame in mapping.items():
        frame.toDF().createOrReplaceTempView(alias)
    result = spark.sql(query)
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)
args = getResolvedOptions(sys.argv, ['JOB_NAME'])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args['JOB_NAME'], args)

# Script generated for node customer_trusted
customer_trusted_node1760000200012 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="customer_trusted", transformation_ctx="customer_trusted_node1760000200012")

# Script generated for node accelerometer_landing
accelerometer_landing_node1760000200011 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="accelerometer_landing", transformation_ctx="accelerometer_landing_node1760000200011")

# Script generated for node Readings of trusted customers
SqlQuery0 = '''
SELECT
    a.user,
    CAST(a.timestamp AS BIGINT) AS timestamp,
    CAST(a.x AS DOUBLE) AS x,
    CAST(a.y AS DOUBLE) AS y,
    CAST(a.z AS DOUBLE) AS z
FROM accelerometer_landing AS a
LEFT SEMI JOIN customer_trusted AS c
    ON c.email = a.user
'''
Readingsoftrustedcustomers_node1760000200020 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"accelerometer_landing":accelerometer_landing_node1760000200011, "customer_trusted":customer_trusted_node1760000200012}, transformation_ctx = "Readingsoftrustedcustomers_node1760000200020")

# Script generated for node Quality of accelerometer_trusted
Qualityofaccelerometer_trusted_node1760000200030_ruleset = """
    Rules = [
        RowCount > 0,
        IsComplete "user",
        IsComplete "timestamp",
        ColumnValues "timestamp" > 1000000000000,
        ColumnValues "x" >= -1,
        ColumnValues "x" <= 1,
        ColumnValues "y" >= -1,
        ColumnValues "y" <= 1,
        ColumnValues "z" >= -1,
        ColumnValues "z" <= 1
    ]
"""

Qualityofaccelerometer_trusted_node1760000200030 = EvaluateDataQuality().process_rows(frame=Readingsoftrustedcustomers_node1760000200020, ruleset=Qualityofaccelerometer_trusted_node1760000200030_ruleset, publishing_options={"dataQualityEvaluationContext": "Qualityofaccelerometer_trusted_node1760000200030", "enableDataQualityCloudWatchMetrics": True, "enableDataQualityResultsPublishing": True}, additional_options={"observations.scope":"ALL","performanceTuning.caching":"CACHE_INPUT"})

assert Qualityofaccelerometer_trusted_node1760000200030[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter(lambda x: x["Outcome"] == "Failed").count() == 0, "The job failed due to failing DQ rules for node: Readingsoftrustedcustomers_node1760000200020"

# Script generated for node originalData
originalData_node1760000200040 = SelectFromCollection.apply(dfc=Qualityofaccelerometer_trusted_node1760000200030, key="originalData", transformation_ctx="originalData_node1760000200040")

# Script generated for node Replace accelerometer_trusted
Replaceaccelerometer_trusted_node1760000200050 = replaceAccelerometerTrusted(glueContext, DynamicFrameCollection({"originalData_node1760000200040": originalData_node1760000200040}, glueContext))

# Script generated for node Rows to write
Rowstowrite_node1760000200060 = SelectFromCollection.apply(dfc=Replaceaccelerometer_trusted_node1760000200050, key=list(Replaceaccelerometer_trusted_node1760000200050.keys())[0], transformation_ctx="Rowstowrite_node1760000200060")

# Script generated for node accelerometer_trusted
accelerometer_trusted_node1760000200070 = glueContext.write_dynamic_frame.from_catalog(frame=Rowstowrite_node1760000200060, database="stedi", table_name="accelerometer_trusted", transformation_ctx="accelerometer_trusted_node1760000200070")

job.commit()