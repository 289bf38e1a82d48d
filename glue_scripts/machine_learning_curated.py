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

# Script generated for node Replace machine_learning_curated
def replaceMachineLearningCurated(glueContext, dfc) -> DynamicFrameCollection:
    # Compute every row first: a failure must leave the table as it was.
    rows = dfc.select(list(dfc.keys())[0]).toDF().cache()
    files = 1 + rows.count() // 1_000_000
    # retentionPeriod is in hours; without it the files of the last week would stay.
    glueContext.purge_table(
        database="stedi", table_name="machine_learning_curated", options={"retentionPeriod": 0}
    )
    # A million rows a file: whoever reads the table pays a request for each.
    frame = DynamicFrame.fromDF(rows.coalesce(files), glueContext, "machine_learning_curated")
    return DynamicFrameCollection({"machine_learning_curated": frame}, glueContext)
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

# Script generated for node step_trainer_trusted
step_trainer_trusted_node1760000500011 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="step_trainer_trusted", transformation_ctx="step_trainer_trusted_node1760000500011")

# Script generated for node accelerometer_trusted
accelerometer_trusted_node1760000500012 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="accelerometer_trusted", transformation_ctx="accelerometer_trusted_node1760000500012")

# Script generated for node customers_curated
customers_curated_node1760000500013 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="customers_curated", transformation_ctx="customers_curated_node1760000500013")

# Script generated for node Readings of the same instant
SqlQuery0 = '''
-- Joined by time alone, as the training set is defined. The accelerometer's customer
-- appears only as the serial number of that customer's own trainer, so that a row
-- which pairs two customers can be told (see machine_learning_curated_by_customer).
SELECT
    CAST(s.sensorreadingtime AS BIGINT) AS sensorreadingtime,
    s.serialnumber,
    CAST(s.distancefromobject AS INT) AS distancefromobject,
    CAST(a.x AS DOUBLE) AS x,
    CAST(a.y AS DOUBLE) AS y,
    CAST(a.z AS DOUBLE) AS z,
    c.serialnumber AS accelerometer_serialnumber
FROM step_trainer_trusted AS s
INNER JOIN accelerometer_trusted AS a
    ON a.timestamp = s.sensorreadingtime
LEFT JOIN customers_curated AS c
    ON c.email = a.user
'''
Readingsofthesameinstant_node1760000500020 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"step_trainer_trusted":step_trainer_trusted_node1760000500011, "accelerometer_trusted":accelerometer_trusted_node1760000500012, "customers_curated":customers_curated_node1760000500013}, transformation_ctx = "Readingsofthesameinstant_node1760000500020")

# Script generated for node Quality of machine_learning_curated
Qualityofmachine_learning_curated_node1760000500030_ruleset = """
    Rules = [
        RowCount > 0,
        ColumnNamesMatchPattern "^(sensorreadingtime|serialnumber|distancefromobject|x|y|z|accelerometer_serialnumber)$",
        IsComplete "sensorreadingtime",
        IsComplete "serialnumber",
        IsComplete "distancefromobject",
        ColumnValues "distancefromobject" > 0,
        ColumnValues "x" >= -1,
        ColumnValues "x" <= 1,
        ColumnValues "y" >= -1,
        ColumnValues "y" <= 1,
        ColumnValues "z" >= -1,
        ColumnValues "z" <= 1
    ]
"""

Qualityofmachine_learning_curated_node1760000500030 = EvaluateDataQuality().process_rows(frame=Readingsofthesameinstant_node1760000500020, ruleset=Qualityofmachine_learning_curated_node1760000500030_ruleset, publishing_options={"dataQualityEvaluationContext": "Qualityofmachine_learning_curated_node1760000500030", "enableDataQualityCloudWatchMetrics": True, "enableDataQualityResultsPublishing": True}, additional_options={"observations.scope":"ALL","performanceTuning.caching":"CACHE_INPUT"})

assert Qualityofmachine_learning_curated_node1760000500030[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter(lambda x: x["Outcome"] == "Failed").count() == 0, "The job failed due to failing DQ rules for node: Readingsofthesameinstant_node1760000500020"

# Script generated for node originalData
originalData_node1760000500040 = SelectFromCollection.apply(dfc=Qualityofmachine_learning_curated_node1760000500030, key="originalData", transformation_ctx="originalData_node1760000500040")

# Script generated for node Replace machine_learning_curated
Replacemachine_learning_curated_node1760000500050 = replaceMachineLearningCurated(glueContext, DynamicFrameCollection({"originalData_node1760000500040": originalData_node1760000500040}, glueContext))

# Script generated for node Rows to write
Rowstowrite_node1760000500060 = SelectFromCollection.apply(dfc=Replacemachine_learning_curated_node1760000500050, key=list(Replacemachine_learning_curated_node1760000500050.keys())[0], transformation_ctx="Rowstowrite_node1760000500060")

# Script generated for node machine_learning_curated
machine_learning_curated_node1760000500070 = glueContext.write_dynamic_frame.from_catalog(frame=Rowstowrite_node1760000500060, database="stedi", table_name="machine_learning_curated", transformation_ctx="machine_learning_curated_node1760000500070")

job.commit()