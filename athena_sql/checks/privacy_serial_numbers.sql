-- id: privacy.serial_numbers
-- title: Serial numbers past customers_curated hold no address or name
-- severity: error
-- why: The training set must not tell who somebody is, in whichever column.
-- remedy: Correct the job that writes the table, then run the workflow again.
-- tables: step_trainer_trusted, machine_learning_curated
-- The example names the column, never the value.
SELECT 'step_trainer_trusted.serialnumber' AS example
FROM "step_trainer_trusted"
WHERE regexp_like(serialnumber, '[@ ]')
UNION ALL
SELECT 'machine_learning_curated.serialnumber' AS example
FROM "machine_learning_curated"
WHERE regexp_like(serialnumber, '[@ ]')
UNION ALL
SELECT 'machine_learning_curated.accelerometer_serialnumber' AS example
FROM "machine_learning_curated"
WHERE regexp_like(accelerometer_serialnumber, '[@ ]')
