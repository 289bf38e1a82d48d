"""How many accelerometer readings each instant has, and their values."""

from collections.abc import Iterable, Mapping
from random import Random

from sandbox.landing_data import shape
from sandbox.landing_data.timeline import Timeline

VALUES = tuple(
    (float(x), float(y), float(z)) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0)
)
_USUAL = 3

Readings = list[list[tuple[int, ...]]]
"""Customer, then position of the instant, then indices into VALUES: one a reading."""


def make_readings(rng: Random, timeline: Timeline) -> Readings:
    """Draw the readings of a block; those of one customer and instant are all different."""
    counts = _counts(rng, timeline)
    kinds = range(len(VALUES))
    readings: Readings = [[tuple(rng.sample(kinds, n)) for n in row] for row in counts]
    positions = [{t: i for i, t in enumerate(row)} for row in timeline.instants]
    pairs = [t for t, customers in timeline.meetings.items() if len(customers) == 2]  # noqa: PLR2004
    alike_pairs = set(rng.sample(pairs, shape.ALIKE_IN_PAIRS))
    triples = [t for t, customers in timeline.meetings.items() if len(customers) > 2]  # noqa: PLR2004
    alike = alike_pairs | set(rng.sample(triples, shape.ALIKE_IN_TRIPLES))
    for instant, customers in timeline.meetings.items():
        places = [(c, positions[c][instant]) for c in customers]
        total = sum(counts[c][i] for c, i in places)
        drawn = rng.sample(kinds, total - (instant in alike))
        taken = 0
        for number, (c, i) in enumerate(places):
            # The second customer's first reading repeats the first customer's last.
            first = taken - (number == 1 and instant in alike)
            readings[c][i] = tuple(drawn[first : first + counts[c][i]])
            taken = first + counts[c][i]
    return readings


def _counts(rng: Random, timeline: Timeline) -> list[list[int]]:
    counts = [[_USUAL] * shape.INSTANTS for _ in range(shape.CUSTOMERS)]
    positions = [{t: i for i, t in enumerate(row)} for row in timeline.instants]
    pairs: list[tuple[int, int]] = []
    triples: list[tuple[int, int]] = []
    for instant, customers in timeline.meetings.items():
        where = pairs if len(customers) == 2 else triples  # noqa: PLR2004
        where.extend((c, positions[c][instant]) for c in customers)
    shared = {*pairs, *triples, *timeline.mixed}

    def rest(customers: Iterable[int]) -> list[tuple[int, int]]:
        return [(c, i) for c in customers for i in range(shape.INSTANTS) if (c, i) not in shared]

    for places, special in (
        (triples, shape.TRIPLE_READINGS),
        (pairs, shape.PAIR_READINGS),
        (list(timeline.mixed), shape.MIXED_READINGS),
        (rest(range(shape.TRUSTED)), shape.TRUSTED_READINGS),
        (rest(range(shape.TRUSTED, shape.CUSTOMERS)), shape.OTHER_READINGS),
    ):
        _spread(rng, counts, places, special)
    return counts


def _spread(
    rng: Random,
    counts: list[list[int]],
    places: list[tuple[int, int]],
    special: Mapping[int, int],
) -> None:
    chosen = iter(rng.sample(places, sum(special.values())))
    for count, times in special.items():
        for _ in range(times):
            customer, position = next(chosen)
            counts[customer][position] = count
