-- id: keys.accelerometer_trusted
-- title: Trusted readings are complete, and none stands twice
-- severity: error
-- why: A key that is missing or stands twice makes every join after it lose rows or multiply
--      them.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: accelerometer_trusted
SELECT concat('reading at ', coalesce(CAST("timestamp" AS varchar), 'no time')) AS example
FROM (
    SELECT "user", "timestamp", x, y, z, count(*) AS readings
    FROM "accelerometer_trusted"
    GROUP BY "user", "timestamp", x, y, z
) AS r
WHERE "user" IS NULL OR "timestamp" IS NULL OR x IS NULL OR y IS NULL OR z IS NULL OR readings > 1
