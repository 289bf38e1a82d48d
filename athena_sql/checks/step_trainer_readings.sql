-- id: keys.step_trainer_landing
-- title: Landed trainer readings are complete, one for each trainer and instant
-- severity: warning
-- why: What arrives twice or without its key is the sender's mistake; seen here, it does not have
--      to be found in a model.
-- remedy: Remove a file that was uploaded twice, or ask the sender to correct the record, then
--      run the workflow again.
-- tables: step_trainer_landing, step_trainer_trusted, customers_curated
-- of: step_trainer_landing
-- id: missing.step_trainer_trusted
-- title: No reading of a curated customer's trainer is missing
-- severity: error
-- why: A row that should be here and is not was lost by a job, by a deleted file, or by a run
--      before its source was complete.
-- remedy: Run the workflow again: each job replaces its whole table.
-- id: parents.step_trainer_trusted
-- title: Every trusted trainer reading has landed, and its trainer is a curated customer's
-- severity: error
-- why: A row that no source explains was changed on the way, left over from an older run, or
--      written by something else.
-- remedy: Run the workflow again: each job replaces its whole table.
-- of: step_trainer_trusted
-- Each different reading once, with how often it has landed and how often it is trusted, and each
-- trainer's instant once: the landing table is JSON, and is read whole each time a SELECT names it.
SELECT found.check_id, r.trainer AS example, found.breaches
FROM (
    SELECT
        coalesce(r.serialnumber, 'no serial number') AS trainer,
        IF(
            r.is_instant = 1
            AND (r.landed > 1 OR (r.landed = 1 AND (r.without_key OR r.distances = 0)))
            AND NOT (r.empty AND r.distances = 0),
            1, 0
        ) AS landed_wrong,
        IF(r.is_instant = 0 AND c.serialnumber IS NOT NULL AND r.trusted = 0, r.landed, 0) AS missing,
        IF(r.is_instant = 0 AND (c.serialnumber IS NULL OR r.landed = 0), r.trusted, 0) AS without_source
    FROM (
        SELECT
            sensorreadingtime, serialnumber, distancefromobject,
            grouping(distancefromobject) AS is_instant,
            sensorreadingtime IS NULL OR serialnumber IS NULL AS without_key,
            sensorreadingtime IS NULL AND serialnumber IS NULL AS empty,
            sum(landed) AS landed,
            sum(trusted) AS trusted,
            sum(IF(distancefromobject IS NULL, 0, landed)) AS distances
        FROM (
            SELECT sensorreadingtime, serialnumber, distancefromobject, 1 AS landed, 0 AS trusted
            FROM "step_trainer_landing"
            UNION ALL
            SELECT sensorreadingtime, serialnumber, distancefromobject, 0, 1
            FROM "step_trainer_trusted"
        ) AS readings
        GROUP BY GROUPING SETS (
            (sensorreadingtime, serialnumber, distancefromobject),
            (sensorreadingtime, serialnumber)
        )
    ) AS r
    LEFT JOIN (
        SELECT DISTINCT serialnumber FROM "customers_curated"
    ) AS c ON c.serialnumber = r.serialnumber
) AS r
CROSS JOIN UNNEST(
    ARRAY['keys.step_trainer_landing', 'missing.step_trainer_trusted', 'parents.step_trainer_trusted'],
    ARRAY[r.landed_wrong, r.missing, r.without_source]
) AS found(check_id, breaches)
WHERE r.landed_wrong + r.missing + r.without_source > 0 AND found.breaches > 0
