-- Question: Which serial numbers are several customers recorded with, and whose are they?
-- Answer: One row a contested serial number: how many customers claim it, and how many of them
--   were moving at an instant at which the trainer measured. That should be one: the right owner.
--   No row means that every customer has a serial number of their own. Customers who did not
--   consent to research are counted too, since the fault is in the sales records of everyone.
WITH contested AS (
    SELECT serialnumber, count(*) AS claimants
    FROM customer_landing
    GROUP BY serialnumber
    HAVING count(*) > 1
),

owners AS (
    SELECT DISTINCT c.serialnumber, c.email
    FROM customer_landing AS c
    INNER JOIN contested
        ON contested.serialnumber = c.serialnumber
    INNER JOIN accelerometer_landing AS a
        ON a."user" = c.email
    INNER JOIN step_trainer_landing AS s
        ON s.serialnumber = c.serialnumber
        AND s.sensorreadingtime = a."timestamp"
)
SELECT
    contested.serialnumber,
    contested.claimants,
    count(owners.email) AS with_evidence
FROM contested
LEFT JOIN owners
    ON owners.serialnumber = contested.serialnumber
GROUP BY contested.serialnumber, contested.claimants
ORDER BY with_evidence DESC, contested.claimants DESC, contested.serialnumber
