-- Question: When did customers practise?
-- Answer: One row an hour (UTC) with the number of customers and readings. Times are stored as
--   milliseconds since 1970-01-01, so they are divided by 1000 before they become a timestamp.
SELECT
    date_trunc('hour', from_unixtime("timestamp" / 1000)) AS hour_utc,
    count(DISTINCT "user") AS customers,
    count(*) AS readings
FROM accelerometer_trusted
GROUP BY 1
ORDER BY hour_utc
