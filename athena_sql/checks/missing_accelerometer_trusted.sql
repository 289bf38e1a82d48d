-- id: missing.accelerometer_trusted
-- title: No reading of a trusted customer is missing
-- severity: error
-- why: A row that should be here and is not was lost by a job, by a deleted file, or by a run
--      before its source was complete.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: accelerometer_trusted, accelerometer_landing, customer_trusted
SELECT coalesce(c.serialnumber, 'no serial number') AS example
FROM "accelerometer_landing" AS l
INNER JOIN (
    SELECT email, min(serialnumber) AS serialnumber FROM "customer_trusted" GROUP BY email
) AS c ON c.email = l."user"
LEFT JOIN (
    SELECT DISTINCT "user", "timestamp", x, y, z FROM "accelerometer_trusted"
) AS t
    ON t."user" = l."user"
    AND t."timestamp" = l."timestamp"
    AND t.x = l.x
    AND t.y = l.y
    AND t.z = l.z
WHERE t."user" IS NULL
