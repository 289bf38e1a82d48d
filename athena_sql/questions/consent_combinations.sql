-- Question: Which consents do customers give together?
-- Answer: One row a combination of the three consents, most frequent first. A consent that was
--   not given is NULL in the table, whatever the others say.
SELECT
    sharewithresearchasofdate IS NOT NULL AS research,
    sharewithpublicasofdate IS NOT NULL AS public,
    sharewithfriendsasofdate IS NOT NULL AS friends,
    count(*) AS customers,
    round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS percent
FROM customer_landing
GROUP BY 1, 2, 3
ORDER BY customers DESC, research, public, friends
