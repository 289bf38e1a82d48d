-- id: keys.step_trainer_landing
-- title: Landed trainer readings are complete, one for each trainer and instant
-- severity: warning
-- why: What arrives twice or without its key is the sender's mistake; seen here, it does not have
--      to be found in a model.
-- remedy: Remove a file that was uploaded twice, or ask the sender to correct the record, then
--      run the workflow again.
-- tables: step_trainer_landing
-- of: step_trainer_landing
SELECT coalesce(serialnumber, 'no serial number') AS example
FROM (
    SELECT sensorreadingtime, serialnumber, count(*) AS readings, count(distancefromobject) AS distances
    FROM "step_trainer_landing"
    WHERE sensorreadingtime IS NOT NULL OR serialnumber IS NOT NULL OR distancefromobject IS NOT NULL
    GROUP BY sensorreadingtime, serialnumber
) AS r
WHERE sensorreadingtime IS NULL OR serialnumber IS NULL OR distances < readings OR readings > 1
