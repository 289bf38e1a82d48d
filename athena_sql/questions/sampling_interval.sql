-- Question: How often does a step trainer measure?
-- Answer: One row for each whole second that a trainer's interval rounds down to: how many
--   trainers, and the shortest and longest interval in milliseconds. shortest and longest of one
--   trainer are the same, so a session can be resampled without gaps.
WITH intervals AS (
    SELECT
        serialnumber,
        sensorreadingtime - lag(sensorreadingtime) OVER (
            PARTITION BY serialnumber ORDER BY sensorreadingtime
        ) AS milliseconds
    FROM step_trainer_trusted
),

trainers AS (
    SELECT
        serialnumber,
        min(milliseconds) AS shortest,
        max(milliseconds) AS longest
    FROM intervals
    WHERE milliseconds IS NOT NULL
    GROUP BY serialnumber
)
SELECT
    shortest / 1000 AS seconds,
    count(*) AS trainers,
    min(shortest) AS shortest_milliseconds,
    max(longest) AS longest_milliseconds,
    count_if(shortest <> longest) AS uneven_trainers
FROM trainers
GROUP BY shortest / 1000
ORDER BY seconds
