-- id: keys.machine_learning_curated
-- title: Training rows are complete, and none stands twice
-- severity: error
-- why: A key that is missing or stands twice makes every join after it lose rows or multiply
--      them.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: machine_learning_curated
SELECT coalesce(serialnumber, 'no serial number') AS example
FROM (
    SELECT
        sensorreadingtime, serialnumber, distancefromobject, x, y, z, accelerometer_serialnumber,
        count(*) AS readings
    FROM "machine_learning_curated"
    GROUP BY sensorreadingtime, serialnumber, distancefromobject, x, y, z, accelerometer_serialnumber
) AS r
WHERE sensorreadingtime IS NULL OR serialnumber IS NULL OR distancefromobject IS NULL
    OR x IS NULL OR y IS NULL OR z IS NULL
    -- Without its own customer's trainer a row tells nothing to compare: it may stand twice.
    OR (readings > 1 AND accelerometer_serialnumber IS NOT NULL)
