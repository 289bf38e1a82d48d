-- Step trainer readings as the devices sent them (the IoT records): one JSON object a line, under
-- s3://<bucket>/step_trainer_landing/. The serial number here is the device's own, and right.
-- A malformed line reads as a row of NULLs: it can be counted, and stops no query.
CREATE EXTERNAL TABLE IF NOT EXISTS step_trainer_landing (
    sensorreadingtime bigint COMMENT 'Time of the reading, in milliseconds since 1970-01-01 UTC.',
    serialnumber string COMMENT 'Serial number of the step trainer.',
    distancefromobject int COMMENT 'Distance of the object that the sensor saw.'
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://${landing_bucket}/step_trainer_landing/'
TBLPROPERTIES ('classification' = 'json');
