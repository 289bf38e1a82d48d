-- id: parents.accelerometer_trusted
-- title: Every trusted reading has landed, and its user is a trusted customer
-- severity: error
-- why: A row that no source explains was changed on the way, left over from an older run, or
--      written by something else.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: accelerometer_trusted, accelerometer_landing, customer_trusted
-- of: accelerometer_trusted
SELECT coalesce(c.serialnumber, 'a user who is no trusted customer') AS example
FROM "accelerometer_trusted" AS t
LEFT JOIN (
    SELECT DISTINCT "user", "timestamp", x, y, z FROM "accelerometer_landing"
) AS l
    ON l."user" = t."user"
    AND l."timestamp" = t."timestamp"
    AND l.x = t.x
    AND l.y = t.y
    AND l.z = t.z
LEFT JOIN (
    SELECT email, min(serialnumber) AS serialnumber FROM "customer_trusted" GROUP BY email
) AS c ON c.email = t."user"
WHERE l."user" IS NULL OR c.email IS NULL
