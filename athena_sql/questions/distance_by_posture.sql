-- Question: Does the distance that the trainer sees depend on how the phone is held?
-- Answer: One row a combination of x, y and z, with the number of readings, the average distance
--   and its spread. Averages that differ by less than their spread tell nothing by themselves.
SELECT
    x,
    y,
    z,
    count(*) AS readings,
    round(avg(distancefromobject), 1) AS average_distance,
    round(stddev(distancefromobject), 1) AS spread
FROM machine_learning_curated_by_customer
GROUP BY x, y, z
ORDER BY x, y, z
