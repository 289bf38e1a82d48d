"""Serial numbers, and the fulfilment defect: trainers that several customers claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from sandbox.landing_data import shape
from sandbox.landing_data.timeline import Timeline

# A contested trainer takes up to three customers with research consent out of 482.
MOST_CONTESTED = 150
"""Trainers of one block of 956 customers that can be contested."""


@dataclass(frozen=True)
class ContestedSerial:
    """A trainer's serial number that several customers are recorded with.

    Attributes:
        serial_number: the trainer's.
        right_owner: e-mail of the customer whose accelerometer moved when the trainer measured.
        wrong_claimants: e-mails of the customers recorded with it who own another trainer. They
            share no instant with this one.
        own_serial_numbers: serial numbers of the wrong claimants' own trainers, in their order.
            Their readings are in step_trainer, and no customer is recorded with them.
    """

    serial_number: str
    right_owner: str
    wrong_claimants: tuple[str, ...]
    own_serial_numbers: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A contested trainer of a block, by the customers' numbers."""

    owner: int
    wrong: tuple[int, ...]


def serial_numbers(rng: Random) -> list[str]:
    """A UUIDv4 for each trainer of a block."""
    return [str(UUID(int=rng.getrandbits(128), version=4)) for _ in range(shape.CUSTOMERS)]


def make_claims(rng: Random, timeline: Timeline, count: int) -> tuple[Claim, ...]:
    """Pick the contested trainers of a block, each customer in one of them at most.

    Four owners of five consented to research. Every trainer is wrongly claimed by one customer
    with research consent and one without; every second one by another with consent.
    """
    trusted = list(range(shape.TRUSTED))
    others = list(range(shape.TRUSTED, shape.CUSTOMERS))
    rng.shuffle(trusted)
    rng.shuffle(others)
    claims = []
    for number in range(count):
        owner = others.pop() if number % 5 == 4 else trusted.pop()  # noqa: PLR2004
        wrong = [_stranger(timeline, owner, trusted), _stranger(timeline, owner, others)]
        if number % 2:
            wrong.append(_stranger(timeline, owner, trusted))
        claims.append(Claim(owner, tuple(wrong)))
    return tuple(claims)


def _stranger(timeline: Timeline, owner: int, candidates: list[int]) -> int:
    """Take a customer who shares no instant with the owner: evidence must tell them apart."""
    return candidates.pop(
        next(i for i, c in enumerate(candidates) if c not in timeline.companions[owner])
    )


def claimed_serials(serials: Sequence[str], claims: Sequence[Claim]) -> list[str]:
    """The serial number that each customer is recorded with."""
    claimed = list(serials)
    for claim in claims:
        for customer in claim.wrong:
            claimed[customer] = serials[claim.owner]
    return claimed
