-- The rows of every table and of the view, in one query: `python -m validation.report` runs this
-- text, and compares with athena_sql/expectations.toml. A further table is a further branch.
SELECT 'customer_landing' AS table_name, count(*) AS row_count FROM "customer_landing"
UNION ALL
SELECT 'accelerometer_landing' AS table_name, count(*) AS row_count FROM "accelerometer_landing"
UNION ALL
SELECT 'step_trainer_landing' AS table_name, count(*) AS row_count FROM "step_trainer_landing"
UNION ALL
SELECT 'customer_trusted' AS table_name, count(*) AS row_count FROM "customer_trusted"
UNION ALL
SELECT 'accelerometer_trusted' AS table_name, count(*) AS row_count FROM "accelerometer_trusted"
UNION ALL
SELECT 'step_trainer_trusted' AS table_name, count(*) AS row_count FROM "step_trainer_trusted"
UNION ALL
SELECT 'customers_curated' AS table_name, count(*) AS row_count FROM "customers_curated"
UNION ALL
SELECT 'machine_learning_curated' AS table_name, count(*) AS row_count FROM "machine_learning_curated"
UNION ALL
SELECT 'machine_learning_curated_by_customer' AS table_name, count(*) AS row_count FROM "machine_learning_curated_by_customer"
