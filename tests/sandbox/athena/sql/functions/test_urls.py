import pytest

from tests.sandbox.athena.conftest import Lake

CALLS: list[tuple[str, str | None]] = [
    ("IPADDRESS '9.0.0.0' < IPADDRESS '10.0.0.0'", "true"),
    ("url_encode('a b&c=ü*')", "a+b%26c%3D%C3%BC*"),
    ("url_decode('a+b%26')", "a b&"),
    ("url_extract_fragment('http://x/y#f')", "f"),
    ("url_extract_host('http://u:p@ex.com:80/a?b=c')", "ex.com"),
    ("url_extract_parameter('http://x/?a=1&b=2%20','b')", "2 "),
    ("url_extract_path('http://x.com/a%20b/c?d')", "/a b/c"),
    ("url_extract_port('http://x:8080/')", "8080"),
    ("url_extract_protocol('https://x')", "https"),
    ("url_extract_query('http://x/?a=1&b=2#f')", "a=1&b=2"),
    ("url_extract_host('not a url')", None),
    ("url_extract_parameter('http://x/?a=1','z')", None),
    ("url_extract_port('http://x/')", None),
    ("ip_prefix(IPADDRESS '192.168.255.255', 9)", "192.128.0.0/9"),
    ("ip_subnet_min(CAST('192.64.0.0/9' AS IPPREFIX))", "192.0.0.0"),
    ("ip_subnet_max(CAST('192.64.0.0/9' AS IPPREFIX))", "192.127.255.255"),
    ("ip_subnet_range(CAST('1.2.3.0/30' AS IPPREFIX))", "[1.2.3.0, 1.2.3.3]"),
    ("is_subnet_of(CAST('1.2.3.128/26' AS IPPREFIX), IPADDRESS '1.2.3.129')", "true"),
]


@pytest.mark.parametrize(("call", "value"), CALLS)
def test_value(shared_lake: Lake, call: str, value: str | None) -> None:
    assert shared_lake.value(f"SELECT {call}") == value
