-- id: consent.accelerometer_trusted
-- title: Every trusted reading is of a customer who agreed to research
-- severity: error
-- why: Customers who did not agree to research must not be in any table that the data scientists
--      read.
-- remedy: Run the workflow again; if it stays, compare the job's SQL in glue_studio_json with the
--      one deployed.
-- tables: accelerometer_trusted, customer_landing
-- of: accelerometer_trusted
SELECT coalesce(c.serialnumber, 'a user who is no customer') AS example
FROM "accelerometer_trusted" AS a
LEFT JOIN (
    SELECT email, min(serialnumber) AS serialnumber, max(sharewithresearchasofdate) AS consent
    FROM "customer_landing"
    GROUP BY email
) AS c ON c.email = a."user"
WHERE c.consent IS NULL
