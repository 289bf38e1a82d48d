-- id: keys.customer_landing
-- title: Landed customers have an email address and a serial number, each address once
-- severity: warning
-- why: What arrives twice or without its key is the sender's mistake; seen here, it does not have
--      to be found in a model.
-- remedy: Remove a file that was uploaded twice, or ask the sender to correct the record, then
--      run the workflow again.
-- tables: customer_landing
-- of: customer_landing
SELECT coalesce(serialnumber, 'no serial number') AS example
FROM (
    SELECT serialnumber, email, count(*) OVER (PARTITION BY email) AS customers
    FROM "customer_landing"
    -- A line that is no record reads as NULL throughout; ingestion.customer_landing tells of it.
    WHERE coalesce(customername, email, phone, serialnumber) IS NOT NULL
) AS c
WHERE email IS NULL OR serialnumber IS NULL OR customers > 1
