-- id: identity.customers_curated
-- title: Every curated customer's serial number agrees with the IoT records
-- severity: error
-- why: A customer with somebody else's serial number would give the training set another person's
--      steps.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: customers_curated, accelerometer_trusted, step_trainer_landing
-- of: customers_curated
SELECT coalesce(c.serialnumber, 'no serial number') AS example
FROM "customers_curated" AS c
LEFT JOIN (
    SELECT DISTINCT a."user" AS email, s.serialnumber
    FROM "accelerometer_trusted" AS a
    INNER JOIN "step_trainer_landing" AS s ON s.sensorreadingtime = a."timestamp"
) AS r
    ON r.email = c.email
    AND r.serialnumber = c.serialnumber
WHERE r.email IS NULL
