-- id: keys.customers_curated
-- title: Curated customers and their trainers have a key, and each stands once
-- severity: error
-- why: A key that is missing or stands twice makes every join after it lose rows or multiply
--      them.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: customers_curated
-- of: customers_curated
SELECT coalesce(serialnumber, 'no serial number') AS example
FROM (
    SELECT
        serialnumber,
        email,
        count(*) OVER (PARTITION BY email) AS customers,
        count(*) OVER (PARTITION BY serialnumber) AS trainers
    FROM "customers_curated"
) AS c
WHERE email IS NULL OR serialnumber IS NULL OR customers > 1 OR trainers > 1
