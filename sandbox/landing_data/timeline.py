"""When each customer's accelerometer and trainer took their readings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sandbox.landing_data import shape


@dataclass(frozen=True)
class Timeline:
    """The instants of one block of customers.

    Attributes:
        instants: 30 epoch milliseconds a customer, rising by a step of the customer's own.
        companions: the customers who share at least one instant with a customer, itself included.
        meetings: instant to the trusted customers who have it, where there are two or more.
        mixed: (customer, position) of the trusted customers' instants that only a customer
            without research consent shares.
    """

    instants: tuple[tuple[int, ...], ...]
    companions: tuple[frozenset[int], ...]
    meetings: dict[int, tuple[int, ...]]
    mixed: tuple[tuple[int, int], ...]


def make_timeline(rng: Random, start: int) -> Timeline:
    """Draw the instants of one block, whose slot begins at `start` (epoch milliseconds)."""
    trusted = list(range(shape.TRUSTED))
    others = list(range(shape.TRUSTED, shape.CUSTOMERS))
    rng.shuffle(trusted)
    rng.shuffle(others)
    drawing = _Drawing(rng, start)
    for _ in range(shape.TRUSTED_TRIPLES):
        drawing.cross([trusted.pop(), trusted.pop(), trusted.pop()])
    for shared in _parts(rng, *shape.TRUSTED_PAIRS):
        drawing.overlap(trusted.pop(), trusted.pop(), shared)
    for shared in _parts(rng, *shape.MIXED_PAIRS):
        drawing.overlap(trusted.pop(), others.pop(), shared)
    for shared in _parts(rng, *shape.OTHER_PAIRS):
        drawing.overlap(others.pop(), others.pop(), shared)
    for customer, step in zip(others, (shape.SHORTEST_STEP, shape.LONGEST_STEP), strict=False):
        drawing.alone(customer, step)
    for customer in (*others[2:], *trusted):
        drawing.alone(customer, drawing.step())
    return drawing.timeline()


def _parts(rng: Random, count: int, total: int) -> list[int]:
    """Split a total into a count of parts, each from 1 to 29 and most of them small."""
    parts = [1] * count
    for _ in range(total - count):
        # Growing in proportion to size gives a few long overlaps among many short ones.
        growing = [part if part < shape.INSTANTS - 1 else 0 for part in parts]
        parts[rng.choices(range(count), growing)[0]] += 1
    return parts


class _Drawing:
    """Places customers on the time line, so that nobody shares an instant by accident."""

    def __init__(self, rng: Random, start: int) -> None:
        self._rng = rng
        self._first = start + shape.BEFORE_READINGS
        self._last = start + shape.SLOT - shape.AFTER_READINGS
        self._taken: set[int] = set()
        self._instants: dict[int, tuple[int, ...]] = {}
        self._groups: list[tuple[int, ...]] = []

    def step(self) -> int:
        return self._rng.randint(shape.SHORTEST_STEP, shape.LONGEST_STEP)

    def alone(self, customer: int, step: int) -> None:
        while True:
            start = self._rng.randrange(self._first, self._last - step * shape.INSTANTS)
            if self._place([customer], [(start, step)], shape.INSTANTS):
                return

    def overlap(self, one: int, other: int, shared: int) -> None:
        """Two customers who share a number of instants: the end of one's is the other's start."""
        if shared == 1:
            self.cross([one, other])
            return
        while True:
            step = self.step()
            shift = (shape.INSTANTS - shared) * step
            start = self._rng.randrange(self._first, self._last - step * shape.INSTANTS - shift)
            pair = [one, other] if self._rng.random() < 0.5 else [other, one]  # noqa: PLR2004
            if self._place(
                pair, [(start, step), (start + shift, step)], 2 * shape.INSTANTS - shared
            ):
                return

    def cross(self, customers: Sequence[int]) -> None:
        """Customers of different steps who share a single instant."""
        reach = shape.LONGEST_STEP * shape.INSTANTS
        while True:
            instant = self._rng.randrange(self._first + reach, self._last - reach)
            ways = []
            for _ in customers:
                step = self.step()
                ways.append((instant - step * self._rng.randrange(shape.INSTANTS), step))
            distinct = len(customers) * (shape.INSTANTS - 1) + 1
            if self._place(customers, ways, distinct):
                return

    def _place(
        self, customers: Sequence[int], ways: Sequence[tuple[int, int]], distinct: int
    ) -> bool:
        drawn = [tuple(range(s, s + d * shape.INSTANTS, d)) for s, d in ways]
        union = set().union(*drawn)
        if len(union) != distinct or not self._taken.isdisjoint(union):
            return False
        self._taken |= union
        self._instants.update(zip(customers, drawn, strict=True))
        self._groups.append(tuple(customers))
        return True

    def timeline(self) -> Timeline:
        companions: dict[int, frozenset[int]] = {}
        for group in self._groups:
            companions.update(dict.fromkeys(group, frozenset(group)))
        present: dict[int, list[int]] = defaultdict(list)
        for customer, instants in self._instants.items():
            for instant in instants:
                present[instant].append(customer)
        meetings: dict[int, tuple[int, ...]] = {}
        mixed: list[tuple[int, int]] = []
        for instant, customers in present.items():
            trusted = tuple(sorted(c for c in customers if c < shape.TRUSTED))
            if len(trusted) > 1:
                meetings[instant] = trusted
            elif trusted and len(customers) > 1:
                mixed.append((trusted[0], self._instants[trusted[0]].index(instant)))
        everyone = range(shape.CUSTOMERS)
        return Timeline(
            instants=tuple(self._instants[c] for c in everyone),
            companions=tuple(companions[c] for c in everyone),
            meetings=dict(sorted(meetings.items())),
            mixed=tuple(sorted(mixed)),
        )
