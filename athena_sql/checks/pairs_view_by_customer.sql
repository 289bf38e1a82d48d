-- id: pairs.view_by_customer
-- title: The view by customer pairs nobody with somebody else
-- severity: error
-- why: The view exists to be safe to train on; a changed definition would take that away without
--      a word.
-- remedy: Run `terraform apply`: it owns the view.
-- tables: machine_learning_curated_by_customer
-- of: machine_learning_curated_by_customer
SELECT coalesce(serialnumber, 'no serial number') AS example
FROM "machine_learning_curated_by_customer"
WHERE serialnumber IS DISTINCT FROM accelerometer_serialnumber
