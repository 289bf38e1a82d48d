-- id: keys.step_trainer_trusted
-- title: Trusted trainer readings are complete, one for each trainer and instant
-- severity: error
-- why: A key that is missing or stands twice makes every join after it lose rows or multiply
--      them.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: step_trainer_trusted
SELECT coalesce(serialnumber, 'no serial number') AS example
FROM (
    SELECT sensorreadingtime, serialnumber, count(*) AS readings, count(distancefromobject) AS distances
    FROM "step_trainer_trusted"
    GROUP BY sensorreadingtime, serialnumber
) AS r
WHERE sensorreadingtime IS NULL OR serialnumber IS NULL OR distances < readings OR readings > 1
