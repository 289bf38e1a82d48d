-- id: missing.machine_learning_curated
-- title: No two trusted readings of the same instant are missing
-- severity: error
-- why: A row that should be here and is not was lost by a job, by a deleted file, or by a run
--      before its source was complete.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: machine_learning_curated, step_trainer_trusted, accelerometer_trusted
SELECT s.serialnumber AS example
FROM (
    SELECT DISTINCT sensorreadingtime, serialnumber, distancefromobject FROM "step_trainer_trusted"
) AS s
INNER JOIN (
    SELECT DISTINCT "timestamp", x, y, z FROM "accelerometer_trusted"
) AS a ON a."timestamp" = s.sensorreadingtime
LEFT JOIN (
    SELECT DISTINCT sensorreadingtime, serialnumber, distancefromobject, x, y, z
    FROM "machine_learning_curated"
) AS m
    ON m.sensorreadingtime = s.sensorreadingtime
    AND m.serialnumber = s.serialnumber
    AND m.distancefromobject = s.distancefromobject
    AND m.x = a.x
    AND m.y = a.y
    AND m.z = a.z
WHERE m.serialnumber IS NULL
