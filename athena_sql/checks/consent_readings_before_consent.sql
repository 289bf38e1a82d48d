-- id: consent.readings_before_consent
-- title: Trusted readings taken before their customer's consent
-- severity: info
-- why: The rule asks whether somebody agreed, not when: these readings are older than the consent
--      that lets them in.
-- remedy: Decide with the legal owner whether consent reaches back; the jobs do not compare the
--      two times.
-- tables: accelerometer_trusted, customer_landing
-- of: accelerometer_trusted
SELECT c.serialnumber AS example
FROM "accelerometer_trusted" AS a
INNER JOIN (
    SELECT email, min(serialnumber) AS serialnumber, max(sharewithresearchasofdate) AS consent
    FROM "customer_landing"
    GROUP BY email
) AS c ON c.email = a."user"
WHERE a."timestamp" < c.consent
