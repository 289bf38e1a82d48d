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

# Script generated for node Replace orders_clean
def replaceOrdersClean(glueContext, dfc) -> DynamicFrameCollection:
    # Compute every row first: a failure must leave the table as it was.
    rows = dfc.select(list(dfc.keys())[0]).toDF().cache()
    files = 1 + rows.count() // 1_000_000
    # retentionPeriod is in hours; without it the files of the last week would stay.
    glueContext.purge_table(
        database="shop", table_name="orders_clean", options={"retentionPeriod": 0}
    )
    # A million rows a file: whoever reads the table pays a request for each.
    frame = DynamicFrame.fromDF(rows.coalesce(files), glueContext, "orders_clean")
    return DynamicFrameCollection({"orders_clean": frame}, glueContext)
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

# Script generated for node orders_landing
orders_landing_node1770000001011 = glueContext.create_dynamic_frame.from_catalog(database="shop", table_name="orders_landing", transformation_ctx="orders_landing_node1770000001011")

# Script generated for node Orders that stand
SqlQuery0 = '''
SELECT DISTINCT
    o.orderid,
    o.customerid,
    CAST(o.placedat AS BIGINT) AS placedat,
    CAST(o.amountcents AS BIGINT) AS amountcents
FROM orders_landing AS o
WHERE o.status <> 'cancelled'
'''
Ordersthatstand_node1770000001020 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"orders_landing":orders_landing_node1770000001011}, transformation_ctx = "Ordersthatstand_node1770000001020")

# Script generated for node Quality of orders_clean
Qualityoforders_clean_node1770000001030_ruleset = """
    Rules = [
        RowCount > 0,
        IsComplete "orderid",
        IsUnique "orderid",
        ColumnValues "amountcents" > 0
    ]
"""

Qualityoforders_clean_node1770000001030 = EvaluateDataQuality().process_rows(frame=Ordersthatstand_node1770000001020, ruleset=Qualityoforders_clean_node1770000001030_ruleset, publishing_options={"dataQualityEvaluationContext": "Qualityoforders_clean_node1770000001030", "enableDataQualityCloudWatchMetrics": True, "enableDataQualityResultsPublishing": True}, additional_options={"observations.scope":"ALL","performanceTuning.caching":"CACHE_NOTHING"})

assert Qualityoforders_clean_node1770000001030[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter(lambda x: x["Outcome"] == "Failed").count() == 0, "The job failed due to failing DQ rules for node: Ordersthatstand_node1770000001020"

# Script generated for node originalData
originalData_node1770000001040 = SelectFromCollection.apply(dfc=Qualityoforders_clean_node1770000001030, key="originalData", transformation_ctx="originalData_node1770000001040")

# Script generated for node Replace orders_clean
Replaceorders_clean_node1770000001050 = replaceOrdersClean(glueContext, DynamicFrameCollection({"originalData_node1770000001040": originalData_node1770000001040}, glueContext))

# Script generated for node Rows to write
Rowstowrite_node1770000001060 = SelectFromCollection.apply(dfc=Replaceorders_clean_node1770000001050, key=list(Replaceorders_clean_node1770000001050.keys())[0], transformation_ctx="Rowstowrite_node1770000001060")

# Script generated for node orders_clean
orders_clean_node1770000001070 = glueContext.write_dynamic_frame.from_catalog(frame=Rowstowrite_node1770000001060, database="shop", table_name="orders_clean", transformation_ctx="orders_clean_node1770000001070")

job.commit()