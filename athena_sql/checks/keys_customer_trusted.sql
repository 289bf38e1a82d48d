-- id: keys.customer_trusted
-- title: Trusted customers have a key, and it stands once
-- severity: error
-- why: A key that is missing or stands twice makes every join after it lose rows or multiply
--      them.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: customer_trusted
-- of: customer_trusted
SELECT coalesce(serialnumber, 'no serial number') AS example
FROM (
    SELECT serialnumber, email, count(*) OVER (PARTITION BY email) AS customers
    FROM "customer_trusted"
) AS c
WHERE email IS NULL OR serialnumber IS NULL OR customers > 1
