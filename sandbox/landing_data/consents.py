"""Who consented to what, and where among the readings the research consent falls."""

from collections.abc import Mapping, Sequence
from random import Random

from sandbox.landing_data import shape
from sandbox.landing_data.readings import Readings
from sandbox.landing_data.timeline import Timeline

Sharing = tuple[bool, bool]
"""Consent to share with the public, and with friends."""


def make_sharing(rng: Random, readings: Readings) -> list[Sharing]:
    """Public and friends consent a customer, such that the public ones have 41,766 readings."""
    rows = [sum(map(len, customer)) for customer in readings]
    trusted = _shuffled(rng, shape.TRUSTED_CONSENTS)
    others = _shuffled(rng, shape.OTHER_CONSENTS)
    sharing = trusted + others
    missing = shape.PUBLIC_ROWS - sum(
        n for n, (public, _) in zip(rows, sharing, strict=True) if public
    )
    groups = (range(shape.TRUSTED), range(shape.TRUSTED, shape.CUSTOMERS))
    while missing:
        group = groups[rng.randrange(2)]
        one, other = rng.sample(group, 2)
        if sharing[one][0] == sharing[other][0]:
            continue
        joins, leaves = (other, one) if sharing[one][0] else (one, other)
        after = missing - (rows[joins] - rows[leaves])
        if abs(after) <= max(abs(missing), 3):
            sharing[one], sharing[other] = sharing[other], sharing[one]
            missing = after
    return sharing


def _shuffled(rng: Random, counts: Mapping[Sharing, int]) -> list[Sharing]:
    values = [value for value, count in counts.items() for _ in range(count)]
    rng.shuffle(values)
    return values


def make_positions(rng: Random, timeline: Timeline, readings: Readings) -> list[int]:
    """How many of a trusted customer's 30 instants are from before the research consent.

    18 customers have 30, 95 have 0, the others 1 to 29; 8,956 readings are from before, and with
    them 288 of the rows in which a join on time alone pairs two customers.
    """
    rows, pairings = _rows_before(timeline, readings)
    meeting = {c for customers in timeline.meetings.values() for c in customers}
    apart = [c for c in range(shape.TRUSTED) if c not in meeting]
    after_all = set(rng.sample(apart, shape.CONSENT_AFTER_ALL))
    left = [c for c in range(shape.TRUSTED) if c not in after_all]
    rng.shuffle(left)
    positions = [shape.INSTANTS] * shape.TRUSTED
    for number, customer in enumerate(left):
        positions[customer] = 0 if number < shape.CONSENT_BEFORE_ALL else _early(rng)
    _settle_pairings(rng, sorted(meeting), left, positions, pairings)
    _settle_rows(rng, left, positions, rows, pairings)
    return positions


def _settle_pairings(
    rng: Random,
    meeting: Sequence[int],
    customers: Sequence[int],
    positions: list[int],
    pairings: Sequence[Sequence[int]],
) -> None:
    """Move and exchange consents until the pairings of two customers before them are right."""
    missing = shape.MIXED_ROWS_BEFORE_CONSENT - _total(pairings, positions)
    while missing:
        one, other = rng.choice(meeting), rng.choice(customers)
        new = {one: positions[other], other: positions[one]}
        if 0 < positions[one] < shape.INSTANTS and rng.randrange(2):
            new = {one: _early(rng)}
        after = missing - sum(pairings[c][new[c]] - pairings[c][positions[c]] for c in new)
        if abs(after) <= max(abs(missing), 3):
            missing = after
            for customer, position in new.items():
                positions[customer] = position


def _settle_rows(
    rng: Random,
    customers: Sequence[int],
    positions: list[int],
    rows: Sequence[Sequence[int]],
    pairings: Sequence[Sequence[int]],
) -> None:
    """Move consents past instants that nobody shares until the readings before them are right."""
    missing = shape.ROWS_BEFORE_CONSENT - _total(rows, positions)
    while missing:
        customer = rng.choice(customers)
        old = positions[customer]
        new = old + rng.choice((-1, 1))
        if old == 0 or not 0 < new < shape.INSTANTS:
            continue  # all of this customer's readings stay after the consent, or some before it
        if pairings[customer][new] != pairings[customer][old]:
            continue
        after = missing - (rows[customer][new] - rows[customer][old])
        if abs(after) <= max(abs(missing), 3):
            positions[customer] = new
            missing = after


def _early(rng: Random) -> int:
    """A position between two instants; a quarter of all readings are from before consent."""
    return 1 + int((shape.INSTANTS - 1) * rng.random() ** 3)


def _total(before: Sequence[Sequence[int]], positions: Sequence[int]) -> int:
    return sum(row[position] for row, position in zip(before, positions, strict=True))


def _rows_before(timeline: Timeline, readings: Readings) -> tuple[list[list[int]], list[list[int]]]:
    """Of each trusted customer: readings, and pairings with others' trainers, before position p."""
    rows: list[list[int]] = []
    pairings: list[list[int]] = []
    for customer in range(shape.TRUSTED):
        row, pairing = [0], [0]
        for instant, drawn in zip(timeline.instants[customer], readings[customer], strict=True):
            others = len(timeline.meetings.get(instant, (customer,))) - 1
            row.append(row[-1] + len(drawn))
            pairing.append(pairing[-1] + others * len(drawn))
        rows.append(row)
        pairings.append(pairing)
    return rows, pairings
