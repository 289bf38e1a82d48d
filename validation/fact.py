"""A fact that may be missing, with the reason why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from validation import aws
from validation.errors import UnavailableError

T = TypeVar("T")


class UnknownFactError(Exception):
    """A fact was asked for that is not known; whoever asks must look at `reason` first."""


@dataclass(frozen=True)
class Fact(Generic[T]):
    """Either a value, or the reason in one plain sentence why there is none."""

    _value: T | None = None
    reason: str | None = None

    @property
    def value(self) -> T:
        """The value. Raises UnknownFactError if there is a reason instead."""
        if self.reason is not None:
            raise UnknownFactError(self.reason)
        return self._value  # type: ignore[return-value]  # T may itself be optional


def attempt(call: Callable[[], T]) -> Fact[T]:
    """What `call` gives, or why AWS did not give it."""
    try:
        return Fact(call())
    except aws.AwsCallError as error:
        return Fact(reason=aws.explain(error))
    except UnavailableError as error:
        return Fact(reason=str(error))
