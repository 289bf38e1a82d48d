-- Question: Does every customer contribute about as much to the training set?
-- Answer: One row: how many trainers there are, and the fewest, the average and the most rows of
--   one. Where fewest and most are far apart, weigh rows by trainer before training.
SELECT
    count(*) AS trainers,
    min(rows_of_one) AS fewest_rows,
    round(avg(rows_of_one), 1) AS average_rows,
    max(rows_of_one) AS most_rows
FROM (
    SELECT serialnumber, count(*) AS rows_of_one
    FROM machine_learning_curated_by_customer
    GROUP BY serialnumber
) AS per_trainer
