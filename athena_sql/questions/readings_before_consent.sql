-- Question: How many readings in the trusted zone were taken before their customer consented?
-- Answer: One row. The trusted zone asks whether a customer consented, not when: readings from
--   before the consent are in it. only_before counts customers who have no later reading at all.
WITH compared AS (
    SELECT
        a."user" AS email,
        count_if(a."timestamp" < c.sharewithresearchasofdate) AS before_consent,
        count_if(a."timestamp" >= c.sharewithresearchasofdate) AS from_consent_on
    FROM accelerometer_trusted AS a
    INNER JOIN customer_trusted AS c
        ON c.email = a."user"
    GROUP BY a."user"
)
SELECT
    sum(before_consent) AS readings_before,
    sum(from_consent_on) AS readings_after,
    count_if(from_consent_on = 0) AS customers_only_before,
    count_if(before_consent > 0 AND from_consent_on > 0) AS customers_before_and_after,
    count_if(before_consent = 0) AS customers_only_after
FROM compared
