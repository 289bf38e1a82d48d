-- id: privacy.serial_numbers
-- title: No serial number is somebody's address, name or phone number
-- severity: error
-- why: The training set must not tell who somebody is, in whichever column; and a report shows
--      serial numbers, to anyone.
-- remedy: Correct the job that writes the table, or the record that has landed, then run the
--      workflow again.
-- tables: machine_learning_curated, step_trainer_trusted, customers_curated, customer_trusted,
--      step_trainer_landing, customer_landing
-- The example names the column, never the value.
SELECT s.example
FROM (
    SELECT 'machine_learning_curated.serialnumber' AS example, serialnumber
    FROM "machine_learning_curated"
    UNION ALL
    SELECT 'machine_learning_curated.accelerometer_serialnumber', accelerometer_serialnumber
    FROM "machine_learning_curated"
    UNION ALL
    SELECT 'step_trainer_trusted.serialnumber', serialnumber FROM "step_trainer_trusted"
    UNION ALL
    SELECT 'customers_curated.serialnumber', serialnumber FROM "customers_curated"
    UNION ALL
    SELECT 'customer_trusted.serialnumber', serialnumber FROM "customer_trusted"
    UNION ALL
    SELECT 'step_trainer_landing.serialnumber', serialnumber FROM "step_trainer_landing"
    UNION ALL
    SELECT 'customer_landing.serialnumber', serialnumber FROM "customer_landing"
) AS s
LEFT JOIN (
    SELECT customername AS personal FROM "customer_landing"
    UNION
    SELECT email FROM "customer_landing"
    UNION
    SELECT phone FROM "customer_landing"
) AS p ON p.personal = s.serialnumber
WHERE p.personal IS NOT NULL OR regexp_like(s.serialnumber, '[@ ]')
