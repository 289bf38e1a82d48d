-- Customers as the web site recorded them: one JSON object a line, under s3://<bucket>/customer_landing/.
-- A consent that was not given is a key that is not there, and reads as NULL. birthday stays a
-- string, since some years have three digits (967-01-01), which no date function accepts.
-- A malformed line reads as a row of NULLs: it can be counted, and stops no query.
CREATE EXTERNAL TABLE IF NOT EXISTS customer_landing (
    customername string COMMENT 'Full name. Personal data.',
    email string COMMENT 'E-mail address, unique. Personal data.',
    phone string COMMENT 'Telephone number. Personal data.',
    birthday string COMMENT 'Date of birth, YYYY-MM-DD; a string, since some years have three digits. Personal data.',
    serialnumber string COMMENT 'Serial number of the step trainer recorded for the customer.',
    registrationdate bigint COMMENT 'Time of registration, in milliseconds since 1970-01-01 UTC.',
    lastupdatedate bigint COMMENT 'Time of the last change to the record, in milliseconds since 1970-01-01 UTC.',
    sharewithresearchasofdate bigint COMMENT 'Time of consent to research, in milliseconds since 1970-01-01 UTC; NULL without consent.',
    sharewithpublicasofdate bigint COMMENT 'Time of consent to publication, in milliseconds since 1970-01-01 UTC; NULL without consent.',
    sharewithfriendsasofdate bigint COMMENT 'Time of consent to sharing with friends, in milliseconds since 1970-01-01 UTC; NULL without consent.'
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://${landing_bucket}/customer_landing/'
TBLPROPERTIES ('classification' = 'json');
