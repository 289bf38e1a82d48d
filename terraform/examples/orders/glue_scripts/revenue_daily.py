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

# Script generated for node Replace revenue_daily
def replaceRevenueDaily(glueContext, dfc) -> DynamicFrameCollection:
    # Compute every row first: a failure must leave the table as it was.
    rows = dfc.select(list(dfc.keys())[0]).toDF().cache()
    files = 1 + rows.count() // 1_000_000
    # retentionPeriod is in hours; without it the files of the last week would stay.
    glueContext.purge_table(
        database="shop", table_name="revenue_daily", options={"retentionPeriod": 0}
    )
    # A million rows a file: whoever reads the table pays a request for each.
    frame = DynamicFrame.fromDF(rows.coalesce(files), glueContext, "revenue_daily")
    return DynamicFrameCollection({"revenue_daily": frame}, glueContext)
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

# Script generated for node orders_clean
orders_clean_node1770000003011 = glueContext.create_dynamic_frame.from_catalog(database="shop", table_name="orders_clean", transformation_ctx="orders_clean_node1770000003011")

# Script generated for node payments_clean
payments_clean_node1770000003012 = glueContext.create_dynamic_frame.from_catalog(database="shop", table_name="payments_clean", transformation_ctx="payments_clean_node1770000003012")

# Script generated for node Revenue of each day
SqlQuery0 = '''
WITH paid AS (
    SELECT c.orderid, SUM(c.paidcents) AS paid, SUM(c.refundedcents) AS refunded
    FROM payments_clean AS c
    GROUP BY c.orderid
)
SELECT
    DATE_FORMAT(TIMESTAMP_MILLIS(o.placedat), 'yyyy-MM-dd') AS day,
    COUNT(*) AS orders,
    SUM(o.amountcents) AS orderedcents,
    SUM(COALESCE(p.paid, 0)) AS paidcents,
    SUM(COALESCE(p.refunded, 0)) AS refundedcents
FROM orders_clean AS o
LEFT JOIN paid AS p
    ON p.orderid = o.orderid
GROUP BY DATE_FORMAT(TIMESTAMP_MILLIS(o.placedat), 'yyyy-MM-dd')
'''
Revenueofeachday_node1770000003020 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"orders_clean":orders_clean_node1770000003011, "payments_clean":payments_clean_node1770000003012}, transformation_ctx = "Revenueofeachday_node1770000003020")

# Script generated for node Quality of revenue_daily
Qualityofrevenue_daily_node1770000003030_ruleset = """
    Rules = [
        RowCount > 0,
        IsComplete "day",
        IsUnique "day",
        ColumnValues "orders" > 0
    ]
"""

Qualityofrevenue_daily_node1770000003030 = EvaluateDataQuality().process_rows(frame=Revenueofeachday_node1770000003020, ruleset=Qualityofrevenue_daily_node1770000003030_ruleset, publishing_options={"dataQualityEvaluationContext": "Qualityofrevenue_daily_node1770000003030", "enableDataQualityCloudWatchMetrics": True, "enableDataQualityResultsPublishing": True}, additional_options={"observations.scope":"ALL","performanceTuning.caching":"CACHE_NOTHING"})

assert Qualityofrevenue_daily_node1770000003030[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter(lambda x: x["Outcome"] == "Failed").count() == 0, "The job failed due to failing DQ rules for node: Revenueofeachday_node1770000003020"

# Script generated for node originalData
originalData_node1770000003040 = SelectFromCollection.apply(dfc=Qualityofrevenue_daily_node1770000003030, key="originalData", transformation_ctx="originalData_node1770000003040")

# Script generated for node Replace revenue_daily
Replacerevenue_daily_node1770000003050 = replaceRevenueDaily(glueContext, DynamicFrameCollection({"originalData_node1770000003040": originalData_node1770000003040}, glueContext))

# Script generated for node Rows to write
Rowstowrite_node1770000003060 = SelectFromCollection.apply(dfc=Replacerevenue_daily_node1770000003050, key=list(Replacerevenue_daily_node1770000003050.keys())[0], transformation_ctx="Rowstowrite_node1770000003060")

# Script generated for node revenue_daily
revenue_daily_node1770000003070 = glueContext.write_dynamic_frame.from_catalog(frame=Rowstowrite_node1770000003060, database="shop", table_name="revenue_daily", transformation_ctx="revenue_daily_node1770000003070")

job.commit()