-- id: zones.sizes
-- title: No table has more rows than the one it is filtered from
-- severity: error
-- why: A filter can only take rows away: more rows mean a join that multiplied, or a run that
--      appended.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: customer_landing, customer_trusted, customers_curated, accelerometer_landing,
--      accelerometer_trusted, step_trainer_landing, step_trainer_trusted
SELECT 'customer_trusted has more rows than customer_landing' AS example
FROM (SELECT count(*) AS n FROM "customer_trusted") AS t
CROSS JOIN (SELECT count(*) AS n FROM "customer_landing") AS l
WHERE t.n > l.n
UNION ALL
SELECT 'customers_curated has more rows than customer_trusted' AS example
FROM (SELECT count(*) AS n FROM "customers_curated") AS t
CROSS JOIN (SELECT count(*) AS n FROM "customer_trusted") AS l
WHERE t.n > l.n
UNION ALL
SELECT 'accelerometer_trusted has more rows than accelerometer_landing' AS example
FROM (SELECT count(*) AS n FROM "accelerometer_trusted") AS t
CROSS JOIN (SELECT count(*) AS n FROM "accelerometer_landing") AS l
WHERE t.n > l.n
UNION ALL
SELECT 'step_trainer_trusted has more rows than step_trainer_landing' AS example
FROM (SELECT count(*) AS n FROM "step_trainer_trusted") AS t
CROSS JOIN (SELECT count(*) AS n FROM "step_trainer_landing") AS l
WHERE t.n > l.n
