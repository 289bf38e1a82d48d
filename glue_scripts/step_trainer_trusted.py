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

# Script generated for node Replace step_trainer_trusted
def replaceStepTrainerTrusted(glueContext, dfc) -> DynamicFrameCollection:
    # Compute every row first: a failure must leave the table as it was.
    rows = dfc.select(list(dfc.keys())[0]).toDF().cache()
    files = 1 + rows.count() // 1_000_000
    # retentionPeriod is in hours; without it the files of the last week would stay.
    glueContext.purge_table(
        database="stedi", table_name="step_trainer_trusted", options={"retentionPeriod": 0}
    )
    # A million rows a file: whoever reads the table pays a request for each.
    frame = DynamicFrame.fromDF(rows.coalesce(files), glueContext, "step_trainer_trusted")
    return DynamicFrameCollection({"step_trainer_trusted": frame}, glueContext)
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

# Script generated for node customers_curated
customers_curated_node1760000400012 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="customers_curated", transformation_ctx="customers_curated_node1760000400012")

# Script generated for node step_trainer_landing
step_trainer_landing_node1760000400011 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="step_trainer_landing", transformation_ctx="step_trainer_landing_node1760000400011")

# Script generated for node Readings of curated customers
SqlQuery0 = '''
SELECT
    CAST(s.sensorreadingtime AS BIGINT) AS sensorreadingtime,
    s.serialnumber,
    CAST(s.distancefromobject AS INT) AS distancefromobject
FROM step_trainer_landing AS s
LEFT SEMI JOIN customers_curated AS c
    ON c.serialnumber = s.serialnumber
'''
Readingsofcuratedcustomers_node1760000400020 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"step_trainer_landing":step_trainer_landing_node1760000400011, "customers_curated":customers_curated_node1760000400012}, transformation_ctx = "Readingsofcuratedcustomers_node1760000400020")

# Script generated for node Quality of step_trainer_trusted
Qualityofstep_trainer_trusted_node1760000400030_ruleset = """
    Rules = [
        RowCount > 0,
        IsComplete "sensorreadingtime",
        ColumnValues "sensorreadingtime" > 1000000000000,
        IsComplete "serialnumber",
        IsComplete "distancefromobject",
        ColumnValues "distancefromobject" > 0
    ]
"""

Qualityofstep_trainer_trusted_node1760000400030 = EvaluateDataQuality().process_rows(frame=Readingsofcuratedcustomers_node1760000400020, ruleset=Qualityofstep_trainer_trusted_node1760000400030_ruleset, publishing_options={"dataQualityEvaluationContext": "Qualityofstep_trainer_trusted_node1760000400030", "enableDataQualityCloudWatchMetrics": True, "enableDataQualityResultsPublishing": True}, additional_options={"observations.scope":"ALL","performanceTuning.caching":"CACHE_INPUT"})

assert Qualityofstep_trainer_trusted_node1760000400030[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter(lambda x: x["Outcome"] == "Failed").count() == 0, "The job failed due to failing DQ rules for node: Readingsofcuratedcustomers_node1760000400020"

# Script generated for node originalData
originalData_node1760000400040 = SelectFromCollection.apply(dfc=Qualityofstep_trainer_trusted_node1760000400030, key="originalData", transformation_ctx="originalData_node1760000400040")

# Script generated for node Replace step_trainer_trusted
Replacestep_trainer_trusted_node1760000400050 = replaceStepTrainerTrusted(glueContext, DynamicFrameCollection({"originalData_node1760000400040": originalData_node1760000400040}, glueContext))

# Script generated for node Rows to write
Rowstowrite_node1760000400060 = SelectFromCollection.apply(dfc=Replacestep_trainer_trusted_node1760000400050, key=list(Replacestep_trainer_trusted_node1760000400050.keys())[0], transformation_ctx="Rowstowrite_node1760000400060")

# Script generated for node step_trainer_trusted
step_trainer_trusted_node1760000400070 = glueContext.write_dynamic_frame.from_catalog(frame=Rowstowrite_node1760000400060, database="stedi", table_name="step_trainer_trusted", transformation_ctx="step_trainer_trusted_node1760000400070")

job.commit()