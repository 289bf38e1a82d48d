-- Accelerometer readings as the mobile app sent them: one JSON object a line, under
-- s3://<bucket>/accelerometer_landing/. One customer has up to six readings at one instant.
-- A malformed line reads as a row of NULLs: it can be counted, and stops no query.
CREATE EXTERNAL TABLE IF NOT EXISTS accelerometer_landing (
    `user` string COMMENT 'E-mail address of the customer. Personal data.',
    `timestamp` bigint COMMENT 'Time of the reading, in milliseconds since 1970-01-01 UTC.',
    x double COMMENT 'Acceleration along x, -1 to 1.',
    y double COMMENT 'Acceleration along y, -1 to 1.',
    z double COMMENT 'Acceleration along z, -1 to 1.'
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://${landing_bucket}/accelerometer_landing/'
TBLPROPERTIES ('classification' = 'json');
