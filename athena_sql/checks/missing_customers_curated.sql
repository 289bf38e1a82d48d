-- id: missing.customers_curated
-- title: No trusted customer whose trainer the IoT records confirm is missing
-- severity: error
-- why: A row that should be here and is not was lost by a job, by a deleted file, or by a run
--      before its source was complete.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: customers_curated, customer_trusted, accelerometer_trusted, step_trainer_landing
SELECT DISTINCT c.serialnumber AS example
FROM "customer_trusted" AS c
INNER JOIN "accelerometer_trusted" AS a
    ON a."user" = c.email
INNER JOIN "step_trainer_landing" AS s
    ON s.serialnumber = c.serialnumber
    AND s.sensorreadingtime = a."timestamp"
LEFT JOIN (
    SELECT DISTINCT email, serialnumber FROM "customers_curated"
) AS t
    ON t.email = c.email
    AND t.serialnumber = c.serialnumber
WHERE t.email IS NULL
