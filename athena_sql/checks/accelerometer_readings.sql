-- id: keys.accelerometer_landing
-- title: Landed accelerometer readings are complete and arrive once
-- severity: warning
-- why: What arrives twice or without its key is the sender's mistake; seen here, it does not have
--      to be found in a model.
-- remedy: Remove a file that was uploaded twice, or ask the sender to correct the record, then
--      run the workflow again.
-- tables: accelerometer_landing, accelerometer_trusted, customer_trusted
-- of: accelerometer_landing
-- id: missing.accelerometer_trusted
-- title: No reading of a trusted customer is missing
-- severity: error
-- why: A row that should be here and is not was lost by a job, by a deleted file, or by a run
--      before its source was complete.
-- remedy: Run the workflow again: each job replaces its whole table.
-- id: parents.accelerometer_trusted
-- title: Every trusted reading has landed, and its user is a trusted customer
-- severity: error
-- why: A row that no source explains was changed on the way, left over from an older run, or
--      written by something else.
-- remedy: Run the workflow again: each job replaces its whole table.
-- of: accelerometer_trusted
-- Each different reading once, with how often it has landed and how often it is trusted: the
-- landing table is JSON, and is read whole each time a SELECT names it.
SELECT found.check_id, found.example, found.breaches
FROM (
    SELECT
        concat('reading at ', coalesce(CAST(r."timestamp" AS varchar), 'no time')) AS reading,
        IF(c.email IS NULL, 'a user who is no trusted customer', coalesce(c.serialnumber, 'no serial number'))
            AS owner,
        IF((r.landed > 1 OR (r.landed = 1 AND r.incomplete)) AND NOT r.empty, 1, 0) AS landed_wrong,
        IF(c.email IS NOT NULL AND r.trusted = 0, r.landed, 0) AS missing,
        IF(c.email IS NULL OR r.landed = 0, r.trusted, 0) AS without_source
    FROM (
        SELECT
            "user", "timestamp", x, y, z,
            "user" IS NULL OR "timestamp" IS NULL OR x IS NULL OR y IS NULL OR z IS NULL AS incomplete,
            "user" IS NULL AND "timestamp" IS NULL AND x IS NULL AS empty,
            sum(landed) AS landed,
            sum(trusted) AS trusted
        FROM (
            SELECT "user", "timestamp", x, y, z, 1 AS landed, 0 AS trusted FROM "accelerometer_landing"
            UNION ALL
            SELECT "user", "timestamp", x, y, z, 0, 1 FROM "accelerometer_trusted"
        ) AS readings
        GROUP BY "user", "timestamp", x, y, z
    ) AS r
    LEFT JOIN (
        SELECT email, min(serialnumber) AS serialnumber FROM "customer_trusted" GROUP BY email
    ) AS c ON c.email = r."user"
) AS r
CROSS JOIN UNNEST(
    ARRAY['keys.accelerometer_landing', 'missing.accelerometer_trusted', 'parents.accelerometer_trusted'],
    ARRAY[r.reading, r.owner, r.owner],
    ARRAY[r.landed_wrong, r.missing, r.without_source]
) AS found(check_id, example, breaches)
WHERE r.landed_wrong + r.missing + r.without_source > 0 AND found.breaches > 0
