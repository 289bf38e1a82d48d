-- id: missing.customer_trusted
-- title: No customer who agreed to research is missing
-- severity: error
-- why: A row that should be here and is not was lost by a job, by a deleted file, or by a run
--      before its source was complete.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: customer_trusted, customer_landing
SELECT coalesce(l.serialnumber, 'no serial number') AS example
FROM "customer_landing" AS l
LEFT JOIN (
    SELECT DISTINCT email FROM "customer_trusted"
) AS t ON t.email = l.email
WHERE l.sharewithresearchasofdate IS NOT NULL AND t.email IS NULL
