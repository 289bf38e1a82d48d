-- id: identity.customers_curated
-- title: Every curated customer's serial number agrees with the IoT records
-- severity: error
-- why: A customer with somebody else's serial number would give the training set another person's
--      steps.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: customers_curated, customer_trusted, accelerometer_trusted, step_trainer_landing
-- of: customers_curated
-- id: missing.customers_curated
-- title: No trusted customer whose trainer the IoT records confirm is missing
-- severity: error
-- why: A row that should be here and is not was lost by a job, by a deleted file, or by a run
--      before its source was complete.
-- remedy: Run the workflow again: each job replaces its whole table.
-- Who used a trainer by the IoT records, beside who is curated.
SELECT found.check_id, r.trainer AS example, found.breaches
FROM (
    SELECT
        coalesce(c.serialnumber, r.serialnumber, 'no serial number') AS trainer,
        IF(r.email IS NULL, c.customers, 0) AS without_record,
        IF(c.email IS NULL AND t.email IS NOT NULL, 1, 0) AS missing
    FROM (
        SELECT DISTINCT a."user" AS email, s.serialnumber
        FROM "accelerometer_trusted" AS a
        INNER JOIN "step_trainer_landing" AS s ON s.sensorreadingtime = a."timestamp"
    ) AS r
    FULL JOIN (
        SELECT email, serialnumber, count(*) AS customers
        FROM "customers_curated"
        GROUP BY email, serialnumber
    ) AS c
        ON c.email = r.email
        AND c.serialnumber = r.serialnumber
    LEFT JOIN (
        SELECT DISTINCT email, serialnumber FROM "customer_trusted"
    ) AS t
        ON t.email = r.email
        AND t.serialnumber = r.serialnumber
) AS r
CROSS JOIN UNNEST(
    ARRAY['identity.customers_curated', 'missing.customers_curated'],
    ARRAY[r.without_record, r.missing]
) AS found(check_id, breaches)
WHERE found.breaches > 0
