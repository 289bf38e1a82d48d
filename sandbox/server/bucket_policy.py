"""Bucket policies, with their conditions, as far as they can be judged without identities.

The sandbox knows no callers: whoever asks is the account. So a statement counts only when its
principal is everyone, and a condition on a key that the sandbox cannot know (who calls, from
which VPC or organisation) leaves its statement out. Transport over loopback counts as secure.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

from sandbox.environment import ACCOUNT_ID

DENIED, PERMITTED, NEUTRAL = "DENIED", "PERMITTED", "NEUTRAL"

_CONTEXT = {
    "aws:securetransport": "true",
    "s3:tlsversion": "1.3",
    "aws:sourceip": "127.0.0.1",
    "aws:principalaccount": ACCOUNT_ID,
    "aws:resourceaccount": ACCOUNT_ID,
    "s3:resourceaccount": ACCOUNT_ID,
    "aws:principalisawsservice": "false",
    "aws:viaawsservice": "false",
}
_HEADER_KEY = "s3:x-amz-"
# What the policy language calls the requests for which HTTP has other names.
_ACTIONS = {"s3:HeadObject": "s3:GetObject", "s3:PostObject": "s3:PutObject"}


def judge(policy: bytes | str, action: str, resource: str, headers: Mapping[str, str]) -> str:
    """What a bucket policy says to a request: DENIED, PERMITTED or NEUTRAL.

    Args:
        policy: the policy's JSON.
        action: for example `s3:GetObject`; HeadObject and PostObject are taken for what they need.
        resource: the object's ARN.
        headers: the request's, in lower case.
    """
    statements = json.loads(policy).get("Statement", [])
    effects = {
        statement.get("Effect")
        for statement in _several(statements)
        if _applies(statement, _ACTIONS.get(action, action), resource, headers)
    }
    if "Deny" in effects:
        return DENIED
    return PERMITTED if "Allow" in effects else NEUTRAL


def _applies(
    statement: Mapping[str, Any], action: str, resource: str, headers: Mapping[str, str]
) -> bool:
    return (
        statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        and _matches(statement, "Action", action, ignore_case=True)
        and _matches(statement, "Resource", resource)
        and all(
            _holds(operator, key, _several(wanted), headers)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _matches(
    statement: Mapping[str, Any], element: str, value: str, *, ignore_case: bool = False
) -> bool:
    def among(patterns: Any) -> bool:
        return any(_like(value, pattern, ignore_case=ignore_case) for pattern in _several(patterns))

    if f"Not{element}" in statement:
        return not among(statement[f"Not{element}"])
    return among(statement.get(element, []))


def _holds(operator: str, key: str, wanted: Sequence[Any], headers: Mapping[str, str]) -> bool:
    """Whether a condition is met; False for one that cannot be judged."""
    name = operator.rpartition(":")[2]
    optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    key = key.lower()
    if key.startswith(_HEADER_KEY):
        actual = headers.get(key.removeprefix("s3:"))
    elif key in _CONTEXT:
        actual = _CONTEXT[key]
    else:
        return False
    values = [str(value).lower() if isinstance(value, bool) else str(value) for value in wanted]
    if name == "Null":
        return any((actual is None) == (value.lower() == "true") for value in values)
    negated = "Not" in name
    test = _OPERATORS.get(name.replace("Not", "", 1) if negated else name)
    if test is None:
        return False
    if actual is None:
        return negated or optional
    return any(test(actual, value) for value in values) != negated


def _like(text: str, pattern: str, *, ignore_case: bool = False) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch(expression, text, flags) is not None


def _in_network(address: str, network: str) -> bool:
    return ip_address(address) in ip_network(network, strict=False)


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "Bool": lambda actual, wanted: actual.lower() == wanted.lower(),
    "StringEquals": lambda actual, wanted: actual == wanted,
    "StringEqualsIgnoreCase": lambda actual, wanted: actual.lower() == wanted.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "NumericEquals": lambda actual, wanted: float(actual) == float(wanted),
    "NumericLessThan": lambda actual, wanted: float(actual) < float(wanted),
    "NumericLessThanEquals": lambda actual, wanted: float(actual) <= float(wanted),
    "NumericGreaterThan": lambda actual, wanted: float(actual) > float(wanted),
    "NumericGreaterThanEquals": lambda actual, wanted: float(actual) >= float(wanted),
    "IpAddress": _in_network,
}


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
