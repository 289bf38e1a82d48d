"""How JSON files spell the keys that a table declares in lower case.

Spark's JSON reader matches keys by case; the Data Catalog lower-cases its columns and Glue reads
them all the same. Counting is exact and costs a fraction of parsing: in each piece of a file,
`"customername"` in the lower-cased text must occur as often as the spellings known so far.
"""

import gzip
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_PIECE = 8 << 20  # bytes looked at together


def spellings(files: Iterable[Path], names: Iterable[str]) -> dict[str, list[str]]:
    """Each lower-case name's spellings in the files, none if it is not there.

    Only ASCII letters are folded.
    """
    found: dict[str, list[str]] = {name.lower(): [] for name in names}
    for path in files:
        for piece in _pieces(path):
            folded = piece.lower()
            for name, known in found.items():
                missing = folded.count(_quoted(name))
                missing -= sum(piece.count(_quoted(spelling)) for spelling in known)
                if missing > 0:
                    # Perhaps only a value reads so; a key has a colon after it.
                    key = b'"(' + re.escape(name.encode()) + rb')"\s*:'
                    pattern = re.compile(key, re.IGNORECASE)
                    seen = {match.decode() for match in pattern.findall(piece)}
                    found[name] = known + sorted(seen - set(known))
    return found


def _quoted(name: str) -> bytes:
    return b'"' + name.encode() + b'"'


def _pieces(path: Path) -> Iterator[bytes]:
    """The file's text in pieces that end with a line, so that no key is cut in two."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece + stream.readline()
