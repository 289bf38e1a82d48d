"""Tags of the things that are ours; those of moto's databases and crawlers stay moto's."""

from collections.abc import Iterable
from threading import RLock
from typing import Any

from sandbox.aws_json import PassToMoto, RequestContext
from sandbox.glue.api.entities import Registry


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
