-- id: missing.machine_learning_curated
-- title: No two trusted readings of the same instant are missing
-- severity: error
-- why: A row that should be here and is not was lost by a job, by a deleted file, or by a run
--      before its source was complete.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: machine_learning_curated, step_trainer_trusted, accelerometer_trusted
-- id: parents.machine_learning_curated
-- title: Every training row joins a trusted trainer reading with a trusted accelerometer reading
-- severity: error
-- why: A row that no source explains was changed on the way, left over from an older run, or
--      written by something else.
-- remedy: Run the workflow again: each job replaces its whole table.
-- of: machine_learning_curated
-- Each pair of different readings of one instant, with whether it is to be a row and how often it is.
SELECT found.check_id, r.trainer AS example, found.breaches
FROM (
    SELECT
        coalesce(serialnumber, 'no serial number') AS trainer,
        IF(sum(written) = 0, 1, 0) AS missing,
        IF(sum(due) = 0, sum(written), 0) AS without_source
    FROM (
        SELECT s.sensorreadingtime, s.serialnumber, s.distancefromobject, a.x, a.y, a.z, 1 AS due, 0 AS written
        FROM (
            SELECT DISTINCT sensorreadingtime, serialnumber, distancefromobject FROM "step_trainer_trusted"
        ) AS s
        INNER JOIN (
            SELECT DISTINCT "timestamp", x, y, z FROM "accelerometer_trusted"
        ) AS a ON a."timestamp" = s.sensorreadingtime
        UNION ALL
        SELECT sensorreadingtime, serialnumber, distancefromobject, x, y, z, 0, 1
        FROM "machine_learning_curated"
    ) AS pairs
    GROUP BY sensorreadingtime, serialnumber, distancefromobject, x, y, z
) AS r
CROSS JOIN UNNEST(
    ARRAY['missing.machine_learning_curated', 'parents.machine_learning_curated'],
    ARRAY[r.missing, r.without_source]
) AS found(check_id, breaches)
WHERE r.missing + r.without_source > 0 AND found.breaches > 0
