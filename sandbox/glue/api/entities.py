"""What all of Glue's named things have in common: names, ARNs, tags, pages, errors."""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from sandbox.aws_json import PassToMoto, RequestContext
from sandbox.errors import AwsError

_PAGE = 100  # most of Glue's list calls give at most this many


def now() -> datetime:
    """The present, in UTC, whole milliseconds as Glue keeps it."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def invalid_input(message: str) -> AwsError:
    """Glue's answer to a value that makes no sense."""
    return AwsError("InvalidInputException", message)


def not_found(kind: str, name: str) -> AwsError:
    """Glue's answer to a name that nothing has."""
    return AwsError("EntityNotFoundException", f"{kind} {name} not found.")


class Registry:
    """Glue's named things of one kind in one region, with their tags.

    Args:
        kind: for people, for example `Job`.
        arn_kind: as in the ARN, for example `job`.
        arn_prefix: `arn:aws:glue:REGION:ACCOUNT:`.
    """

    def __init__(self, kind: str, arn_kind: str, arn_prefix: str) -> None:
        self.kind = kind
        self._arn_prefix = f"{arn_prefix}{arn_kind}/"
        self._items: dict[str, dict[str, Any]] = {}
        self._tags: dict[str, dict[str, str]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._items

    def add(self, name: str, item: dict[str, Any], tags: Mapping[str, str] | None) -> None:
        """Keep a new one.

        Raises:
            AwsError: AlreadyExistsException.
        """
        if name in self._items:
            raise AwsError("AlreadyExistsException", f"{self.kind} {name} already exists.")
        self._items[name] = item
        self._tags[name] = dict(tags or {})

    def get(self, name: str) -> dict[str, Any]:
        """The one with this name.

        Raises:
            AwsError: EntityNotFoundException.
        """
        try:
            return self._items[name]
        except KeyError:
            raise not_found(self.kind, name) from None

    def replace(self, name: str, item: dict[str, Any]) -> None:
        """Put another in place of one that exists; its tags stay."""
        self._items[name] = item

    def remove(self, name: str) -> None:
        """Forget one; as in Glue, it need not exist."""
        self._items.pop(name, None)
        self._tags.pop(name, None)

    def list(self, parameters: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
        """All, by name, that carry the Tags asked for."""
        wanted = (parameters.get("Tags") or {}).items()
        return [
            item for name, item in sorted(self._items.items()) if wanted <= self._tags[name].items()
        ]

    def tags_of(self, arn: str) -> dict[str, str] | None:
        """The tags to read or change of the one with this ARN; None if it is of another kind.

        Raises:
            AwsError: EntityNotFoundException.
        """
        if not arn.startswith(self._arn_prefix):
            return None
        name = arn.removeprefix(self._arn_prefix)
        self.get(name)
        return self._tags[name]


class Tags:
    """GetTags, TagResource and UntagResource over several registries."""

    def __init__(self, registries: Iterable[Registry], lock: RLock) -> None:
        self._registries = list(registries)
        self._lock = lock

    def operations(self) -> dict[str, Any]:
        """Operation name to handler."""
        return {
            "GetTags": self._get,
            "TagResource": self._tag,
            "UntagResource": self._untag,
        }

    def _get(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            return {"Tags": dict(self._of(parameters["ResourceArn"]))}

    def _tag(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            self._of(parameters["ResourceArn"]).update(parameters["TagsToAdd"])
        return {}

    def _untag(self, parameters: dict[str, Any], _: RequestContext) -> dict[str, Any]:
        with self._lock:
            tags = self._of(parameters["ResourceArn"])
            for key in parameters["TagsToRemove"]:
                tags.pop(key, None)
        return {}

    def _of(self, arn: str) -> dict[str, str]:
        for registry in self._registries:
            tags = registry.tags_of(arn)
            if tags is not None:
                return tags
        raise PassToMoto


def page(
    parameters: Mapping[str, Any], key: str, items: Sequence[Any], show: Callable[[Any], Any]
) -> dict[str, Any]:
    """One page of a list call's answer, with NextToken when more follow.

    Raises:
        AwsError: InvalidInputException when NextToken is not one that was given out.
    """
    token = parameters.get("NextToken") or "0"
    if not token.isdecimal():
        raise invalid_input(f"NextToken {token!r} is not valid.")
    start = int(token)
    end = start + min(int(parameters.get("MaxResults") or _PAGE), 1000)
    answer: dict[str, Any] = {key: [show(item) for item in items[start:end]]}
    if end < len(items):
        answer["NextToken"] = str(end)
    return answer


def shown(item: Mapping[str, Any]) -> dict[str, Any]:
    """A copy for an answer: what is kept may change while the answer is on its way."""
    return copy.deepcopy(dict(item))
