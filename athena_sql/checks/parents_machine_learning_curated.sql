-- id: parents.machine_learning_curated
-- title: Every training row joins a trusted trainer reading with a trusted accelerometer reading
-- severity: error
-- why: A row that no source explains was changed on the way, left over from an older run, or
--      written by something else.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: machine_learning_curated, step_trainer_trusted, accelerometer_trusted
-- of: machine_learning_curated
SELECT coalesce(m.serialnumber, 'no serial number') AS example
FROM "machine_learning_curated" AS m
LEFT JOIN (
    SELECT DISTINCT sensorreadingtime, serialnumber, distancefromobject FROM "step_trainer_trusted"
) AS s
    ON s.sensorreadingtime = m.sensorreadingtime
    AND s.serialnumber = m.serialnumber
    AND s.distancefromobject = m.distancefromobject
LEFT JOIN (
    SELECT DISTINCT "timestamp", x, y, z FROM "accelerometer_trusted"
) AS a
    ON a."timestamp" = m.sensorreadingtime
    AND a.x = m.x
    AND a.y = m.y
    AND a.z = m.z
WHERE s.serialnumber IS NULL OR a."timestamp" IS NULL
