-- id: consent.customer_trusted
-- title: Every trusted customer agreed to research
-- severity: error
-- why: Customers who did not agree to research must not be in any table that the data scientists
--      read.
-- remedy: Run the workflow again; if it stays, compare the job's SQL in glue_studio_json with the
--      one deployed.
-- tables: customer_trusted, customer_landing
-- of: customer_trusted
SELECT coalesce(t.serialnumber, 'no serial number') AS example
FROM "customer_trusted" AS t
LEFT JOIN (
    SELECT DISTINCT email
    FROM "customer_landing"
    WHERE sharewithresearchasofdate IS NOT NULL
) AS c ON c.email = t.email
WHERE c.email IS NULL
