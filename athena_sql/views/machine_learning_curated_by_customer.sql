-- The training set without the rows that pair one customer's accelerometer with another customer's
-- trainer: machine_learning_curated is joined by time alone, and some instants belong to several.
CREATE OR REPLACE VIEW machine_learning_curated_by_customer AS
SELECT
    sensorreadingtime,
    serialnumber,
    distancefromobject,
    x,
    y,
    z,
    accelerometer_serialnumber
FROM machine_learning_curated
WHERE serialnumber = accelerometer_serialnumber
