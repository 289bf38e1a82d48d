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

# Script generated for node Replace customer_trusted
def replaceCustomerTrusted(glueContext, dfc) -> DynamicFrameCollection:
    # Compute every row first: a failure must leave the table as it was.
    rows = dfc.select(list(dfc.keys())[0]).toDF().cache()
    files = 1 + rows.count() // 1_000_000
    # retentionPeriod is in hours; without it the files of the last week would stay.
    glueContext.purge_table(
        database="stedi", table_name="customer_trusted", options={"retentionPeriod": 0}
    )
    # A million rows a file: whoever reads the table pays a request for each.
    frame = DynamicFrame.fromDF(rows.coalesce(files), glueContext, "customer_trusted")
    return DynamicFrameCollection({"customer_trusted": frame}, glueContext)
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

# Script generated for node customer_landing
customer_landing_node1760000100011 = glueContext.create_dynamic_frame.from_catalog(database="stedi", table_name="customer_landing", transformation_ctx="customer_landing_node1760000100011")

# Script generated for node Customers with research consent
SqlQuery0 = '''
SELECT
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
FROM customer_landing AS c
WHERE c.sharewithresearchasofdate IS NOT NULL
'''
Customerswithresearchconsent_node1760000100020 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"customer_landing":customer_landing_node1760000100011}, transformation_ctx = "Customerswithresearchconsent_node1760000100020")

# Script generated for node Quality of customer_trusted
Qualityofcustomer_trusted_node1760000100030_ruleset = """
    Rules = [
        RowCount > 0,
        IsComplete "email",
        IsUnique "email",
        IsComplete "serialnumber",
        IsComplete "sharewithresearchasofdate",
        ColumnValues "sharewithresearchasofdate" > 1000000000000
    ]
"""

Qualityofcustomer_trusted_node1760000100030 = EvaluateDataQuality().process_rows(frame=Customerswithresearchconsent_node1760000100020, ruleset=Qualityofcustomer_trusted_node1760000100030_ruleset, publishing_options={"dataQualityEvaluationContext": "Qualityofcustomer_trusted_node1760000100030", "enableDataQualityCloudWatchMetrics": True, "enableDataQualityResultsPublishing": True}, additional_options={"observations.scope":"ALL","performanceTuning.caching":"CACHE_INPUT"})

assert Qualityofcustomer_trusted_node1760000100030[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter(lambda x: x["Outcome"] == "Failed").count() == 0, "The job failed due to failing DQ rules for node: Customerswithresearchconsent_node1760000100020"

# Script generated for node originalData
originalData_node1760000100040 = SelectFromCollection.apply(dfc=Qualityofcustomer_trusted_node1760000100030, key="originalData", transformation_ctx="originalData_node1760000100040")

# Script generated for node Replace customer_trusted
Replacecustomer_trusted_node1760000100050 = replaceCustomerTrusted(glueContext, DynamicFrameCollection({"originalData_node1760000100040": originalData_node1760000100040}, glueContext))

# Script generated for node Rows to write
Rowstowrite_node1760000100060 = SelectFromCollection.apply(dfc=Replacecustomer_trusted_node1760000100050, key=list(Replacecustomer_trusted_node1760000100050.keys())[0], transformation_ctx="Rowstowrite_node1760000100060")

# Script generated for node customer_trusted
customer_trusted_node1760000100070 = glueContext.write_dynamic_frame.from_catalog(frame=Rowstowrite_node1760000100060, database="stedi", table_name="customer_trusted", transformation_ctx="customer_trusted_node1760000100070")

job.commit()