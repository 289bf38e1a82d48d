-- id: keys.accelerometer_landing
-- title: Landed accelerometer readings are complete and arrive once
-- severity: warning
-- why: What arrives twice or without its key is the sender's mistake; seen here, it does not have
--      to be found in a model.
-- remedy: Remove a file that was uploaded twice, or ask the sender to correct the record, then
--      run the workflow again.
-- tables: accelerometer_landing
-- of: accelerometer_landing
SELECT concat('reading at ', coalesce(CAST("timestamp" AS varchar), 'no time')) AS example
FROM (
    SELECT "user", "timestamp", x, y, z, count(*) AS readings
    FROM "accelerometer_landing"
    WHERE "user" IS NOT NULL OR "timestamp" IS NOT NULL OR x IS NOT NULL
    GROUP BY "user", "timestamp", x, y, z
) AS r
WHERE "user" IS NULL OR "timestamp" IS NULL OR x IS NULL OR y IS NULL OR z IS NULL OR readings > 1
