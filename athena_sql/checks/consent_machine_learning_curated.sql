-- id: consent.machine_learning_curated
-- title: Both customers of every training row agreed to research
-- severity: error
-- why: Customers who did not agree to research must not be in any table that the data scientists
--      read.
-- remedy: Run the workflow again; if it stays, compare the job's SQL in glue_studio_json with the
--      one deployed.
-- tables: machine_learning_curated, customer_landing
-- of: machine_learning_curated
SELECT coalesce(m.serialnumber, 'no serial number') AS example
FROM "machine_learning_curated" AS m
LEFT JOIN (
    SELECT DISTINCT serialnumber
    FROM "customer_landing"
    WHERE sharewithresearchasofdate IS NOT NULL
) AS t ON t.serialnumber = m.serialnumber
LEFT JOIN (
    SELECT DISTINCT serialnumber
    FROM "customer_landing"
    WHERE sharewithresearchasofdate IS NOT NULL
) AS a ON a.serialnumber = m.accelerometer_serialnumber
WHERE t.serialnumber IS NULL
    OR (a.serialnumber IS NULL AND m.accelerometer_serialnumber IS NOT NULL)
