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

# Script generated for node Replace payments_clean
def replacePaymentsClean(glueContext, dfc) -> DynamicFrameCollection:
    # Compute every row first: a failure must leave the table as it was.
    rows = dfc.select(list(dfc.keys())[0]).toDF().cache()
    files = 1 + rows.count() // 1_000_000
    # retentionPeriod is in hours; without it the files of the last week would stay.
    glueContext.purge_table(
        database="shop", table_name="payments_clean", options={"retentionPeriod": 0}
    )
    # A million rows a file: whoever reads the table pays a request for each.
    frame = DynamicFrame.fromDF(rows.coalesce(files), glueContext, "payments_clean")
    return DynamicFrameCollection({"payments_clean": frame}, glueContext)
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

# Script generated for node payments_landing
payments_landing_node1770000002012 = glueContext.create_dynamic_frame.from_catalog(database="shop", table_name="payments_landing", transformation_ctx="payments_landing_node1770000002012")

# Script generated for node orders_landing
orders_landing_node1770000002011 = glueContext.create_dynamic_frame.from_catalog(database="shop", table_name="orders_landing", transformation_ctx="orders_landing_node1770000002011")

# Script generated for node refunds_landing
refunds_landing_node1770000002013 = glueContext.create_dynamic_frame.from_catalog(database="shop", table_name="refunds_landing", transformation_ctx="refunds_landing_node1770000002013")

# Script generated for node Payments less refunds
SqlQuery0 = '''
WITH refunded AS (
    SELECT f.paymentid, SUM(CAST(f.amountcents AS BIGINT)) AS cents
    FROM refunds_landing AS f
    GROUP BY f.paymentid
)
SELECT
    p.paymentid,
    p.orderid,
    CAST(p.amountcents AS BIGINT) AS paidcents,
    COALESCE(r.cents, CAST(0 AS BIGINT)) AS refundedcents
FROM payments_landing AS p
LEFT SEMI JOIN orders_landing AS o
    ON o.orderid = p.orderid
LEFT JOIN refunded AS r
    ON r.paymentid = p.paymentid
'''
Paymentslessrefunds_node1770000002020 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"orders_landing":orders_landing_node1770000002011, "payments_landing":payments_landing_node1770000002012, "refunds_landing":refunds_landing_node1770000002013}, transformation_ctx = "Paymentslessrefunds_node1770000002020")

# Script generated for node Quality of payments_clean
Qualityofpayments_clean_node1770000002030_ruleset = """
    Rules = [
        RowCount > 0,
        IsComplete "paymentid",
        IsUnique "paymentid",
        ColumnValues "refundedcents" >= 0
    ]
"""

Qualityofpayments_clean_node1770000002030 = EvaluateDataQuality().process_rows(frame=Paymentslessrefunds_node1770000002020, ruleset=Qualityofpayments_clean_node1770000002030_ruleset, publishing_options={"dataQualityEvaluationContext": "Qualityofpayments_clean_node1770000002030", "enableDataQualityCloudWatchMetrics": True, "enableDataQualityResultsPublishing": True}, additional_options={"observations.scope":"ALL","performanceTuning.caching":"CACHE_NOTHING"})

assert Qualityofpayments_clean_node1770000002030[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter(lambda x: x["Outcome"] == "Failed").count() == 0, "The job failed due to failing DQ rules for node: Paymentslessrefunds_node1770000002020"

# Script generated for node originalData
originalData_node1770000002040 = SelectFromCollection.apply(dfc=Qualityofpayments_clean_node1770000002030, key="originalData", transformation_ctx="originalData_node1770000002040")

# Script generated for node Replace payments_clean
Replacepayments_clean_node1770000002050 = replacePaymentsClean(glueContext, DynamicFrameCollection({"originalData_node1770000002040": originalData_node1770000002040}, glueContext))

# Script generated for node Rows to write
Rowstowrite_node1770000002060 = SelectFromCollection.apply(dfc=Replacepayments_clean_node1770000002050, key=list(Replacepayments_clean_node1770000002050.keys())[0], transformation_ctx="Rowstowrite_node1770000002060")

# Script generated for node payments_clean
payments_clean_node1770000002070 = glueContext.write_dynamic_frame.from_catalog(frame=Rowstowrite_node1770000002060, database="shop", table_name="payments_clean", transformation_ctx="payments_clean_node1770000002070")

job.commit()