-- id: revenue.sums
-- title: The days' revenue is what the orders add up to
-- severity: error
-- why: A day that is missing or counted twice makes every report of revenue wrong.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: revenue_daily, orders_clean
-- of: revenue_daily
SELECT CAST(d.cents AS varchar) AS example
FROM (
    SELECT sum(orderedcents) AS cents FROM "revenue_daily"
) AS d
CROSS JOIN (
    SELECT sum(amountcents) AS cents FROM "orders_clean"
) AS o
WHERE d.cents <> o.cents
