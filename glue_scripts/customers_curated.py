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

# Script generated for node Replace customers_curated
def replaceCustomersCurated(glueContext, dfc) -> DynamicFrameCollection:
    # Compute every row first: a failure must leave the table as it was.
    rows = dfc.select(list(dfc.keys())[0]).toDF().cache()
    files = 1 + rows.count() // 1_000_000
    # retentionPeriod is in hours; without it the files of the last week would stay.
    glueContext.purge_table(
        database="stedi", table_name="customers_curated", options={"retentionPeriod": 0}
    )
    # A million rows a file: whoever reads the table pays a request for each.
    frame = DynamicFrame.fromDF(rows.coalesce(files), glueContext, "customers_curated")
    return DynamicFrameCollection({"customers_curated": frame}, glueContext)
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
customer_trusted_node1760000300011 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="customer_trusted", transformation_ctx="customer_trusted_node1760000300011")

# Script generated for node accelerometer_trusted
accelerometer_trusted_node1760000300012 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="accelerometer_trusted", transformation_ctx="accelerometer_trusted_node1760000300012")

# Script generated for node step_trainer_landing
step_trainer_landing_node1760000300013 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="step_trainer_landing", transformation_ctx="step_trainer_landing_node1760000300013")

# Script generated for node Customers confirmed by readings
SqlQuery0 = '''
-- A serial number that several customers claim belongs to the one whose own
-- accelerometer was moving at the instant the trainer with that number took a reading.
WITH evidence AS (
    SELECT DISTINCT a.user AS email, s.serialnumber
    FROM accelerometer_trusted AS a
    INNER JOIN step_trainer_landing AS s
        ON CAST(s.sensorreadingtime AS BIGINT) = CAST(a.timestamp AS BIGINT)
)
SELECT DISTINCT
    c.customername,
    c.email,
    c.phone,
    c.birthday,
    c.serialnumber,
    CAST(c.registrationdate AS BIGINT) AS registrationdate,
    CAST(c.lastupdatedate AS BIGINT) AS lastupdatedate,
    CAST(c.sharewithresearchasofdate AS BIGINT) AS sharewithresearchasofdate,
    CAST(c.sharewithpublicasofdate AS BIGINT) AS sharewithpublicasofdate,
    CAST(c.sharewithfriendsasofdate AS BIGINT) AS sharewithfriendsasofdate
FROM customer_trusted AS c
LEFT SEMI JOIN evidence AS e
    ON e.email = c.email
    AND e.serialnumber = c.serialnumber
'''
Customersconfirmedbyreadings_node1760000300020 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"customer_trusted":customer_trusted_node1760000300011, "accelerometer_trusted":accelerometer_trusted_node1760000300012, "step_trainer_landing":step_trainer_landing_node1760000300013}, transformation_ctx = "Customersconfirmedbyreadings_node1760000300020")

# Script generated for node Quality of customers_curated
Qualityofcustomers_curated_node1760000300030_ruleset = """
    Rules = [
        RowCount > 0,
        IsComplete "email",
        IsUnique "email",
        IsComplete "serialnumber",
        IsUnique "serialnumber",
        IsComplete "sharewithresearchasofdate",
        ColumnValues "sharewithresearchasofdate" > 1000000000000
    ]
"""

Qualityofcustomers_curated_node1760000300030 = EvaluateDataQuality().process_rows(frame=Customersconfirmedbyreadings_node1760000300020, ruleset=Qualityofcustomers_curated_node1760000300030_ruleset, publishing_options={"dataQualityEvaluationContext": "Qualityofcustomers_curated_node1760000300030", "enableDataQualityCloudWatchMetrics": True, "enableDataQualityResultsPublishing": True}, additional_options={"observations.scope":"ALL","performanceTuning.caching":"CACHE_INPUT"})

assert Qualityofcustomers_curated_node1760000300030[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter(lambda x: x["Outcome"] == "Failed").count() == 0, "The job failed due to failing DQ rules for node: Customersconfirmedbyreadings_node1760000300020"

# Script generated for node originalData
originalData_node1760000300040 = SelectFromCollection.apply(dfc=Qualityofcustomers_curated_node1760000300030, key="originalData", transformation_ctx="originalData_node1760000300040")

# Script generated for node Replace customers_curated
Replacecustomers_curated_node1760000300050 = replaceCustomersCurated(glueContext, DynamicFrameCollection({"originalData_node1760000300040": originalData_node1760000300040}, glueContext))

# Script generated for node Rows to write
Rowstowrite_node1760000300060 = SelectFromCollection.apply(dfc=Replacecustomers_curated_node1760000300050, key=list(Replacecustomers_curated_node1760000300050.keys())[0], transformation_ctx="Rowstowrite_node1760000300060")

# Script generated for node customers_curated
customers_curated_node1760000300070 = glueContext.write_dynamic_frame.from_catalog(frame=Rowstowrite_node1760000300060, database="stedi", table_name="customers_curated", transformation_ctx="customers_curated_node1760000300070")

job.commit()