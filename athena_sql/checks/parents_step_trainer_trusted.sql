-- id: parents.step_trainer_trusted
-- title: Every trusted trainer reading has landed, and its trainer is a curated customer's
-- severity: error
-- why: A row that no source explains was changed on the way, left over from an older run, or
--      written by something else.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: step_trainer_trusted, step_trainer_landing, customers_curated
-- of: step_trainer_trusted
SELECT coalesce(t.serialnumber, 'no serial number') AS example
FROM "step_trainer_trusted" AS t
LEFT JOIN (
    SELECT DISTINCT sensorreadingtime, serialnumber, distancefromobject FROM "step_trainer_landing"
) AS l
    ON l.sensorreadingtime = t.sensorreadingtime
    AND l.serialnumber = t.serialnumber
    AND l.distancefromobject = t.distancefromobject
LEFT JOIN (
    SELECT DISTINCT serialnumber FROM "customers_curated"
) AS c ON c.serialnumber = t.serialnumber
WHERE l.serialnumber IS NULL OR c.serialnumber IS NULL
