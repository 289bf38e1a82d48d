-- id: identity.claimed_serials
-- title: No serial number is claimed by several landed customers
-- severity: warning
-- why: Several customers recorded with one trainer cannot all own it; customers_curated keeps the
--      one whom the IoT records confirm.
-- remedy: Tell fulfilment which serial numbers were given out twice.
-- tables: customer_landing
SELECT serialnumber AS example
FROM "customer_landing"
WHERE serialnumber IS NOT NULL
GROUP BY serialnumber
HAVING count(DISTINCT email) > 1
