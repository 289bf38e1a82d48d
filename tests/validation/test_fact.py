import pytest
from botocore.exceptions import ClientError

from validation.fact import Fact, UnknownFactError, attempt


def test_an_unknown_fact_has_a_reason_and_no_value() -> None:
    def refused() -> int:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "said so"}}, "GetThing")

    known = attempt(refused)
    assert known.reason
    with pytest.raises(UnknownFactError):
        _ = known.value
    assert attempt(lambda: 3) == Fact(3)


def test_only_refusals_of_aws_are_reasons_a_mistake_of_ours_is_not() -> None:
    def mistaken() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attempt(mistaken)
