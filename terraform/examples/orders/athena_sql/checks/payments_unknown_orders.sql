-- id: payments.unknown_orders
-- title: Every payment is for an order that the shop knows
-- severity: error
-- why: Money that belongs to no order is in no day's revenue.
-- remedy: Ask the payment provider what was paid for.
-- tables: payments_landing, orders_landing
-- of: payments_landing
SELECT p.paymentid AS example
FROM "payments_landing" AS p
LEFT JOIN (
    SELECT DISTINCT orderid FROM "orders_landing"
) AS o ON o.orderid = p.orderid
WHERE o.orderid IS NULL
