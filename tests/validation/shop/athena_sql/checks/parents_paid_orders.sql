-- id: parents.paid_orders
-- title: Every paid order is an order, with a payment
-- severity: error
-- why: Revenue from an order that nobody made, or nobody paid, is not revenue.
-- remedy: Run the workflow again.
-- tables: paid_orders, orders_raw, payments_raw
-- of: paid_orders
SELECT o.order_id AS example
FROM "paid_orders" AS o
LEFT JOIN (SELECT DISTINCT order_id FROM "orders_raw") AS r ON r.order_id = o.order_id
LEFT JOIN (SELECT DISTINCT order_id FROM "payments_raw") AS p ON p.order_id = o.order_id
WHERE r.order_id IS NULL OR p.order_id IS NULL
