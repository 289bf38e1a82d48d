"""Bucket policies: conditions are judged, and what cannot be judged stays out of it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.server.bucket_policy import judge
from tests.sandbox.conftest import Client

ARN = "arn:aws:s3:::bucket-b/k"


def _judge(
    condition: dict[str, Any] | None = None, headers: dict[str, str] | None = None, **changes: Any
) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ARN, **changes}
    if condition:
        statement["Condition"] = condition
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return judge(policy, "s3:PutObject", ARN, headers or {})


KMS = {"x-amz-server-side-encryption": "aws:kms"}
SSE = "s3:x-amz-server-side-encryption"


@pytest.mark.parametrize(
    ("condition", "headers", "expected"),
    [
        (None, {}, "DENIED"),
        ({"Bool": {"aws:SecureTransport": "false"}}, {}, "NEUTRAL"),
        ({"Bool": {"aws:SecureTransport": False}}, {}, "NEUTRAL"),
        ({"Bool": {"aws:SecureTransport": "true"}}, {}, "DENIED"),
        ({"NumericLessThan": {"s3:TlsVersion": 1.2}}, {}, "NEUTRAL"),
        ({"NumericLessThanEquals": {"s3:TlsVersion": 1.3}}, {}, "DENIED"),
        ({"NumericGreaterThan": {"s3:TlsVersion": 1.2}}, {}, "DENIED"),
        ({"NumericGreaterThanEquals": {"s3:TlsVersion": 1.4}}, {}, "NEUTRAL"),
        ({"NumericEquals": {"s3:TlsVersion": 1.3}}, {}, "DENIED"),
        ({"NumericNotEquals": {"s3:TlsVersion": 1.3}}, {}, "NEUTRAL"),
        ({"StringNotEquals": {SSE: "aws:kms"}}, {}, "DENIED"),
        ({"StringNotEquals": {SSE: "aws:kms"}}, KMS, "NEUTRAL"),
        ({"StringNotEquals": {SSE: ["AES256", "aws:kms"]}}, KMS, "NEUTRAL"),
        ({"StringEquals": {SSE: "AES256"}}, {}, "NEUTRAL"),
        ({"StringEqualsIfExists": {SSE: "AES256"}}, {}, "DENIED"),
        ({"StringEqualsIgnoreCase": {SSE: "AWS:KMS"}}, KMS, "DENIED"),
        ({"StringLike": {SSE: "aws:*"}}, KMS, "DENIED"),
        ({"StringNotLike": {SSE: "aws:*"}}, KMS, "NEUTRAL"),
        ({"Null": {SSE: "true"}}, {}, "DENIED"),
        ({"Null": {SSE: "true"}}, KMS, "NEUTRAL"),
        ({"Null": {SSE: "false"}}, KMS, "DENIED"),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, {}, "DENIED"),
        ({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "127.0.0.1"]}}, {}, "NEUTRAL"),
        ({"StringNotEquals": {"aws:ResourceAccount": "123456789012"}}, {}, "NEUTRAL"),
        # What cannot be known, and operators that are not: the statement stays out of it.
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, {}, "NEUTRAL"),
        ({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::1:role/x"}}, {}, "NEUTRAL"),
        ({"DateLessThan": {"aws:SourceIp": "2020-01-01T00:00:00Z"}}, {}, "NEUTRAL"),
        # All conditions have to be met.
        ({"Bool": {"aws:SecureTransport": "false"}, "Null": {SSE: "true"}}, {}, "NEUTRAL"),
        ({"ForAnyValue:StringLike": {SSE: "aws:*"}}, KMS, "DENIED"),
    ],
)
def test_conditions(
    condition: dict[str, Any] | None, headers: dict[str, str], expected: str
) -> None:
    assert _judge(condition, headers) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Effect": "Allow"}, "PERMITTED"),
        ({"Principal": {"AWS": "*"}}, "DENIED"),
        ({"Principal": {"AWS": "arn:aws:iam::1:role/x"}}, "NEUTRAL"),
        ({"Principal": {"Service": "delivery.logs.amazonaws.com"}}, "NEUTRAL"),
        ({"Action": ["s3:GetObject", "s3:putobject"]}, "DENIED"),
        ({"Action": "s3:Get*"}, "NEUTRAL"),
        ({"Action": None, "NotAction": "s3:PutObject"}, "NEUTRAL"),
        ({"Resource": "arn:aws:s3:::bucket-b/?"}, "DENIED"),
        ({"Resource": "arn:aws:s3:::bucket-c/*"}, "NEUTRAL"),
        ({"Resource": None, "NotResource": "arn:aws:s3:::bucket-c/*"}, "DENIED"),
    ],
)
def test_statements(changes: dict[str, Any], expected: str) -> None:
    assert _judge(**changes) == expected


def test_one_statement_need_not_be_in_a_list() -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    policy = json.dumps({"Statement": statement})
    assert judge(policy, "s3:HeadObject", ARN, {}) == "DENIED"
    assert judge(policy, "s3:DeleteObject", ARN, {}) == "NEUTRAL"
    assert judge("{}", "s3:GetObject", ARN, {}) == "NEUTRAL"


def test_in_the_running_sandbox(client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket-b")
    insecure = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::bucket-b", "arn:aws:s3:::bucket-b/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    plain = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::bucket-b/*",
        "Condition": {"StringNotEquals": {SSE: "aws:kms"}},
    }
    s3.put_bucket_policy(Bucket="bucket-b", Policy=json.dumps({"Statement": [insecure]}))
    s3.put_object(Bucket="bucket-b", Key="k", Body=b"x")
    assert s3.head_object(Bucket="bucket-b", Key="k")["ContentLength"] == 1
    s3.put_bucket_policy(Bucket="bucket-b", Policy=json.dumps({"Statement": [insecure, plain]}))
    with pytest.raises(ClientError, match="403|Forbidden"):
        s3.put_object(Bucket="bucket-b", Key="k", Body=b"y")
    s3.put_object(Bucket="bucket-b", Key="k", Body=b"z", ServerSideEncryption="aws:kms")
    assert s3.get_object(Bucket="bucket-b", Key="k")["Body"].read() == b"z"
