-- id: consent.step_trainer_trusted
-- title: Every trusted trainer reading is of a customer who agreed to research
-- severity: error
-- why: Customers who did not agree to research must not be in any table that the data scientists
--      read.
-- remedy: Run the workflow again; if it stays, compare the job's SQL in glue_studio_json with the
--      one deployed.
-- tables: step_trainer_trusted, customer_landing
-- of: step_trainer_trusted
SELECT coalesce(s.serialnumber, 'no serial number') AS example
FROM "step_trainer_trusted" AS s
LEFT JOIN (
    SELECT DISTINCT serialnumber
    FROM "customer_landing"
    WHERE sharewithresearchasofdate IS NOT NULL
) AS c ON c.serialnumber = s.serialnumber
WHERE c.serialnumber IS NULL
