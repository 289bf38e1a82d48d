"""The one place that takes the URI of an object or folder in S3 apart and puts it together."""

from dataclasses import dataclass
from typing import Self

from common.command import CommandError

# Spark's and Hadoop's names of the same thing.
_SCHEMES = frozenset({"s3", "s3a", "s3n"})


class S3UriError(CommandError):
    """A text that should be the URI of an object or folder in S3 is not one."""


@dataclass(frozen=True)
class S3Uri:
    """A place in S3; `str()` gives it as `s3://bucket/key`.

    Attributes:
        bucket: name of the bucket.
        key: key of an object, or prefix of keys; empty for the whole bucket. It is taken as it
            stands: `?`, `#` and `%` are characters of a key like any other.
    """

    bucket: str
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The place that `s3://bucket/key` names; `s3a://` and `s3n://` mean the same.

        Raises:
            S3UriError: the text has another scheme, or no bucket.
        """
        scheme, separator, rest = text.partition("://")
        bucket, _, key = rest.partition("/")
        if scheme.lower() not in _SCHEMES or not separator or not bucket:
            raise S3UriError(f"{text!r} is not an S3 URI: write s3://bucket/prefix/.")
        return cls(bucket, key)

    @classmethod
    def parse_object(cls, text: str) -> Self:
        """The same for an object, which has a key.

        Raises:
            S3UriError: as `parse`, and without a key.
        """
        place = cls.parse(text)
        if not place.key:
            raise S3UriError(f"{text!r} names no object in S3: write s3://bucket/key.")
        return place

    @property
    def folder(self) -> Self:
        """The same place with a key that ends in one slash, as the prefix of what lies in it."""
        return type(self)(self.bucket, f"{self.key.rstrip('/')}/" if self.key.strip("/") else "")

    def __truediv__(self, name: str) -> Self:
        """The object or folder `name` in this folder."""
        return type(self)(self.bucket, self.folder.key + name)

    def __str__(self) -> str:
        """The URI."""
        return f"s3://{self.bucket}/{self.key}"
