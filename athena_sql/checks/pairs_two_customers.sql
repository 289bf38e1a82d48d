-- id: pairs.two_customers
-- title: Training rows that pair two different customers
-- severity: warning
-- why: The training set joins by time alone, and some instants are shared: in these rows one
--      customer's accelerometer goes with another customer's trainer.
-- remedy: Train on the view machine_learning_curated_by_customer, which leaves them out.
-- tables: machine_learning_curated
-- of: machine_learning_curated
SELECT concat(
    'trainer ', coalesce(serialnumber, 'unknown'),
    ' with the accelerometer of ', coalesce(accelerometer_serialnumber, 'unknown')
) AS example
FROM "machine_learning_curated"
WHERE serialnumber IS DISTINCT FROM accelerometer_serialnumber
