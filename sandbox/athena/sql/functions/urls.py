"""Functions of URLs and IP addresses: what they are in DuckDB."""

import ipaddress
import re
from urllib.parse import quote_plus, unquote, unquote_plus

from sandbox.athena.errors import bad_argument
from sandbox.athena.sql.functions.base import Function, Helper, macro, taking

# As java.net.URI takes a URL apart: RFC 2396's own expression.
_URL = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)
_AUTHORITY = re.compile(r"(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?")


def _parts(url: str) -> re.Match[str] | None:
    return None if re.search(r"[\s<>\"{}|\\^`]", url) else _URL.fullmatch(url)


def _part(number: int) -> Helper:
    name = {1: "protocol", 3: "path", 4: "query", 5: "fragment"}[number]

    def one(url: str) -> str | None:
        found = _parts(url)
        return None if found is None else unquote(found[number] or "")

    return Helper(f"url_{name}", one, ("VARCHAR",), "VARCHAR")


def _authority(url: str) -> re.Match[str] | None:
    found = _parts(url)
    return _AUTHORITY.fullmatch(found[2]) if found and found[2] else None


def _host(url: str) -> str | None:
    if _parts(url) is None:
        return None
    found = _authority(url)
    return found[1] if found else ""


def _port(url: str) -> int | None:
    found = _authority(url)
    return int(found[2]) if found and found[2] else None


def _parameter(url: str, name: str) -> str | None:
    found = _parts(url)
    for item in (found[4] or "").split("&") if found and found[4] is not None else ():
        key, _, value = item.partition("=")
        if key == name:
            return unquote_plus(value)
    return None


def _encode(text: str) -> str:
    return quote_plus(text, safe="*-._").replace("~", "%7E")


def _contains_ip(network: str, address: str) -> bool:
    try:
        # An address within a network's bits is taken for its network.
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError as error:
        raise bad_argument(f"Invalid CIDR or address: {error}") from error


def _ip_prefix(address: str, bits: int) -> str:
    try:
        return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
    except ValueError:
        raise bad_argument(f"Invalid prefix of {address}: {bits}") from None


def _ip_subnet_min(prefix: str) -> str:
    return str(ipaddress.ip_network(prefix, strict=False).network_address)


def _ip_subnet_max(prefix: str) -> str:
    return str(ipaddress.ip_network(prefix, strict=False).broadcast_address)


def _ip_order(text: str) -> str:
    """A text whose order is that of addresses: Trino's has IPv4 among IPv6, as ::ffff:1.2.3.4."""
    address = ipaddress.ip_address(text)
    mapped = f"::ffff:{address}" if address.version == 4 else text  # noqa: PLR2004
    return ipaddress.IPv6Address(mapped).packed.hex()


def ip_address(text: str) -> str:
    """An address in its shortest form."""
    try:
        made = ipaddress.ip_address(text)
    except ValueError:
        raise bad_argument(f"Cannot cast value to IPADDRESS: {text}") from None
    mapped = getattr(made, "ipv4_mapped", None)
    return str(mapped or made)


_OF_TEXT = [
    macro("url_decode", ("s", "python_url_decode(s)"), kind="varchar"),
    macro("url_encode", ("s", "python_url_encode(s)"), kind="varchar"),
    macro("url_extract_fragment", ("u", "python_url_fragment(u)"), kind="varchar"),
    macro("url_extract_host", ("u", "python_url_host(u)"), kind="varchar"),
    macro("url_extract_parameter", ("u, n", "python_url_parameter(u, n)"), kind="varchar"),
    macro("url_extract_path", ("u", "python_url_path(u)"), kind="varchar"),
    macro("url_extract_port", ("u", "python_url_port(u)"), kind="bigint"),
    macro("url_extract_protocol", ("u", "python_url_protocol(u)"), kind="varchar"),
    macro("url_extract_query", ("u", "python_url_query(u)"), kind="varchar"),
]
FUNCTIONS: list[Function] = [
    *taking("text", _OF_TEXT),
    macro("ip_prefix", ("a, n", "python_ip_prefix(a, CAST(n AS BIGINT))"), kind="ipprefix"),
    macro("ip_subnet_min", ("p", "python_ip_subnet_min(p)"), kind="ipaddress"),
    macro("ip_subnet_max", ("p", "python_ip_subnet_max(p)"), kind="ipaddress"),
    macro(
        "ip_subnet_range",
        ("p", "[python_ip_subnet_min(p), python_ip_subnet_max(p)]"),
        kind="array(ipaddress)",
    ),
    macro("is_subnet_of", ("p, a", "python_contains_ip(p, a)"), kind="boolean"),
]

MACROS: list[Function] = [macro("contains_ip", ("n, a", "python_contains_ip(n, a)"))]

HELPERS = [
    _part(1),
    _part(3),
    _part(4),
    _part(5),
    Helper("contains_ip", _contains_ip, ("VARCHAR", "VARCHAR"), "BOOLEAN"),
    Helper("ip_address", ip_address, ("VARCHAR",), "VARCHAR"),
    Helper("ip_order", _ip_order, ("VARCHAR",), "VARCHAR"),
    Helper("ip_prefix", _ip_prefix, ("VARCHAR", "BIGINT"), "VARCHAR"),
    Helper("ip_subnet_max", _ip_subnet_max, ("VARCHAR",), "VARCHAR"),
    Helper("ip_subnet_min", _ip_subnet_min, ("VARCHAR",), "VARCHAR"),
    Helper("url_decode", unquote_plus, ("VARCHAR",), "VARCHAR"),
    Helper("url_encode", _encode, ("VARCHAR",), "VARCHAR"),
    Helper("url_host", _host, ("VARCHAR",), "VARCHAR"),
    Helper("url_parameter", _parameter, ("VARCHAR", "VARCHAR"), "VARCHAR"),
    Helper("url_port", _port, ("VARCHAR",), "BIGINT"),
]
