-- id: missing.step_trainer_trusted
-- title: No reading of a curated customer's trainer is missing
-- severity: error
-- why: A row that should be here and is not was lost by a job, by a deleted file, or by a run
--      before its source was complete.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: step_trainer_trusted, step_trainer_landing, customers_curated
SELECT l.serialnumber AS example
FROM "step_trainer_landing" AS l
INNER JOIN (
    SELECT DISTINCT serialnumber FROM "customers_curated"
) AS c ON c.serialnumber = l.serialnumber
LEFT JOIN (
    SELECT DISTINCT sensorreadingtime, serialnumber, distancefromobject FROM "step_trainer_trusted"
) AS t
    ON t.sensorreadingtime = l.sensorreadingtime
    AND t.serialnumber = l.serialnumber
    AND t.distancefromobject = l.distancefromobject
WHERE t.serialnumber IS NULL
