-- id: parents.customer_trusted
-- title: Every trusted customer is a landed record, unchanged
-- severity: error
-- why: A row that no source explains was changed on the way, left over from an older run, or
--      written by something else.
-- remedy: Run the workflow again: each job replaces its whole table.
-- tables: customer_trusted, customer_landing
-- of: customer_trusted
SELECT coalesce(t.serialnumber, 'no serial number') AS example
FROM "customer_trusted" AS t
LEFT JOIN "customer_landing" AS l
    ON l.email = t.email
    AND l.serialnumber = t.serialnumber
    AND l.customername IS NOT DISTINCT FROM t.customername
    AND l.phone IS NOT DISTINCT FROM t.phone
    AND l.birthday IS NOT DISTINCT FROM t.birthday
    AND l.registrationdate IS NOT DISTINCT FROM t.registrationdate
    AND l.lastupdatedate IS NOT DISTINCT FROM t.lastupdatedate
    AND l.sharewithresearchasofdate IS NOT DISTINCT FROM t.sharewithresearchasofdate
    AND l.sharewithpublicasofdate IS NOT DISTINCT FROM t.sharewithpublicasofdate
    AND l.sharewithfriendsasofdate IS NOT DISTINCT FROM t.sharewithfriendsasofdate
WHERE l.email IS NULL
