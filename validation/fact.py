"""A fact that may be missing, with the reason why, and one that was asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from common import aws
from common.s3 import S3UriError
from validation.errors import UnavailableError

T = TypeVar("T")
U = TypeVar("U")


class UnknownFactError(Exception):
    """A fact was asked for that is not known; whoever asks must look at `reason` first."""


@dataclass(frozen=True)
class Fact(Generic[T]):
    """Either a value, or the reason in one plain sentence why there is none."""

    _value: T | None = None
    reason: str | None = None

    @property
    def value(self) -> T:
        """The value.

        Raises:
            UnknownFactError: there is a reason instead.
        """
        if self.reason is not None:
            raise UnknownFactError(self.reason)
        return self._value  # type: ignore[return-value]  # T may itself be optional

    @property
    def or_none(self) -> T | None:
        """The value, or None where it is not known."""
        return self._value

    def then(self, call: Callable[[T], "Fact[U]"]) -> "Fact[U]":
        """What `call` makes of the value; what is not known stays so, for the same reason."""
        return call(self.value) if self.reason is None else Fact(reason=self.reason)


@dataclass(frozen=True)
class Reply(Generic[T]):
    """What became of a question to Athena.

    Attributes:
        fact: the answer, or why there is none.
        sql: what is asked.
        query: the name of the query that asked it; None if none did.
    """

    fact: Fact[T]
    sql: str | None = None
    query: str | None = None


def attempt(call: Callable[[], T]) -> Fact[T]:
    """What `call` gives, or why AWS did not give it."""
    try:
        return Fact(call())
    except aws.CALL_ERRORS as error:
        return Fact(reason=aws.explain(error))
    except (UnavailableError, S3UriError) as error:
        return Fact(reason=str(error))
