"""The queries of AWS's own guides, over tables of logs as those guides define them."""

import json

import pytest

from tests.sandbox.athena.conftest import BUCKET, Lake

BALANCER = r"""
CREATE EXTERNAL TABLE IF NOT EXISTS balancer (
  type string, time string, elb string, client_ip string, client_port int,
  elb_status_code int, request_verb string, request_url string)
PARTITIONED BY (day STRING)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('serialization.format' = '1', 'input.regex' =
  '([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) (|[-0-9]*) \"([^ ]*) (.*) (- |[^ ]*)\" \"([^\"]*)\".*')
LOCATION 's3://athena-data/balancer/'
TBLPROPERTIES ("projection.enabled" = "true", "projection.day.type" = "date",
  "projection.day.range" = "2022/01/01,NOW", "projection.day.format" = "yyyy/MM/dd",
  "projection.day.interval" = "1", "projection.day.interval.unit" = "DAYS",
  "storage.location.template" = "s3://athena-data/balancer/${day}")
"""
FLOW = """
CREATE EXTERNAL TABLE flow (
  version int, srcaddr string, dstaddr string, protocol bigint, packets bigint, start bigint,
  `end` bigint, action string)
PARTITIONED BY (`date` date)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://athena-data/flow/' TBLPROPERTIES ("skip.header.line.count"="1")
"""
FIREWALL = """
CREATE EXTERNAL TABLE `firewall`(
  `timestamp` bigint, `action` string,
  `rulegrouplist` array < struct < rulegroupid: string,
    nonterminatingmatchingrules: array < struct < ruleid: string > > > >,
  `httprequest` struct < clientip: string, headers: array < struct < name: string, value: string > > >)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://athena-data/firewall/'
"""


@pytest.fixture(scope="module")
def logs(shared_lake: Lake) -> Lake:
    shared_lake.put(
        "balancer/2024/01/02/a.log",
        "https 2024-01-02T22:23:00.186641Z app/lb 192.168.131.39:2817 200 "
        '"GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0"\n',
    )
    shared_lake.put("flow/a", "version …\n2 10.0.0.1 10.0.0.2 6 10 1620140761 1620140821 REJECT\n")
    request = {"clientIp": "1.1.1.1", "headers": [{"name": "Host", "value": "h"}]}
    rules = [{"ruleGroupId": "g", "nonTerminatingMatchingRules": [{"ruleId": "r"}]}]
    line = {
        "timestamp": 1576280412771,
        "action": "BLOCK",
        "httpRequest": request,
        "ruleGroupList": rules,
    }
    shared_lake.put("firewall/a", json.dumps(line))
    for table in (BALANCER, FLOW, FIREWALL):
        shared_lake.rows(table)
    shared_lake.rows(
        f"ALTER TABLE flow ADD PARTITION (`date`='2024-01-02') LOCATION 's3://{BUCKET}/flow/'"
    )
    return shared_lake


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        (
            "SELECT request_verb, client_ip, elb_status_code FROM balancer WHERE day = '2024/01/02'",
            [["GET", "192.168.131.39", "200"]],
        ),
        (
            (
                "SELECT request_url FROM balancer WHERE parse_datetime(time, "
                "'yyyy-MM-dd''T''HH:mm:ss.SSSSSS''Z') BETWEEN parse_datetime('2024-01-02-12:00:00', "
                "'yyyy-MM-dd-HH:mm:ss') AND parse_datetime('2024-01-03-00:00:00','yyyy-MM-dd-HH:mm:ss')"
            ),
            [["https://www.example.com:443/"]],
        ),
        (
            (
                'SELECT day_of_week(date), from_unixtime(start), "end" - start FROM flow '
                "WHERE action = 'REJECT' AND date > DATE '2024-01-01' - interval '7' day"
            ),
            [["2", "2021-05-04 15:06:01.000 UTC", "60"]],
        ),
        (
            (
                "SELECT sum(packets) * 100.0 / 3 FROM flow "
                "WHERE contains('10.0.0.0/8', CAST(srcaddr AS IPADDRESS))"
            ),
            [["333.3333333333333"]],
        ),
        (
            (
                "SELECT header.value FROM firewall CROSS JOIN UNNEST(httprequest.headers) AS t(header) "
                "WHERE lower(header.name) = 'host'"
            ),
            [["h"]],
        ),
        (
            (
                "SELECT grp.rulegroupid, rule.ruleid FROM firewall CROSS JOIN UNNEST(rulegrouplist) "
                "AS t(grp) CROSS JOIN UNNEST(grp.nonterminatingmatchingrules) AS t(rule)"
            ),
            [["g", "r"]],
        ),
        (
            (
                "SELECT date_trunc('minute', from_unixtime(timestamp / 1000)), httprequest.clientip "
                "FROM firewall WHERE action = 'BLOCK'"
            ),
            [["2019-12-13 23:40:00.000 UTC", "1.1.1.1"]],
        ),
    ],
)
def test_query(logs: Lake, query: str, rows: list[list[str | None]]) -> None:
    assert logs.rows(query) == rows
