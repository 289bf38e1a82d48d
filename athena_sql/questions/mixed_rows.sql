-- Question: How much of the training set pairs one customer's accelerometer with another
--   customer's trainer, and why?
-- Answer: One row for each number of trainers that measured at one instant. Where it is more than
--   one, the join by time alone pairs every accelerometer reading with every trainer: mixed_rows
--   of the rows are wrong. Train on machine_learning_curated_by_customer, which has none of them.
WITH instants AS (
    SELECT
        sensorreadingtime,
        count(DISTINCT serialnumber) AS trainers,
        count(*) AS joined_rows,
        count_if(accelerometer_serialnumber IS DISTINCT FROM serialnumber) AS mixed_rows
    FROM machine_learning_curated
    GROUP BY sensorreadingtime
)
SELECT
    trainers AS trainers_at_the_instant,
    count(*) AS instants,
    sum(joined_rows) AS joined_rows,
    sum(mixed_rows) AS mixed_rows
FROM instants
GROUP BY trainers
ORDER BY trainers
