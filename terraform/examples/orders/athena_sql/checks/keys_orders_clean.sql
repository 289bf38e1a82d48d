-- id: keys.orders_clean
-- title: Every order that stands has a key, and stands once
-- severity: error
-- why: An order that stands twice is counted twice in every sum after it.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: orders_clean
-- of: orders_clean
SELECT coalesce(orderid, 'no key') AS example
FROM (
    SELECT orderid, count(*) OVER (PARTITION BY orderid) AS times
    FROM "orders_clean"
) AS o
WHERE orderid IS NULL OR times > 1
