-- Question: How much of what customers sent may be used for research, and how much of it is in
--   the training set?
-- Answer: One row a source. in_landing is what arrived, in_trusted what belongs to customers who
--   consented to research. For readings, customers are those who have any.
SELECT
    'customers' AS source,
    (SELECT count(*) FROM customer_landing) AS in_landing,
    (SELECT count(*) FROM customer_trusted) AS in_trusted,
    (SELECT count(*) FROM customers_curated) AS in_curated
UNION ALL
SELECT
    'accelerometer readings',
    (SELECT count(*) FROM accelerometer_landing),
    (SELECT count(*) FROM accelerometer_trusted),
    (SELECT count(*) FROM machine_learning_curated_by_customer)
UNION ALL
SELECT
    'step trainer readings',
    (SELECT count(*) FROM step_trainer_landing),
    (SELECT count(*) FROM step_trainer_trusted),
    (
        SELECT count(*)
        FROM (
            SELECT DISTINCT sensorreadingtime, serialnumber
            FROM machine_learning_curated_by_customer
        ) AS used
    )
ORDER BY in_landing
