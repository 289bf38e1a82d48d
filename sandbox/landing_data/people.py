"""Names, e-mail addresses and dates of the customers."""

from math import gcd
from random import Random

from faker.providers.person.en_US import Provider

from sandbox.landing_data import shape

# Domains reserved for examples and tests (RFC 2606): mail to them reaches nobody.
_DOMAINS = ("stedi.example", "balance.example", "steps.example", "stedi.test", "walk.test")


class Names:
    """Every customer of every block has a name of their own, without keeping those given."""

    def __init__(self, seed: int) -> None:
        rng = Random(f"{seed} names")  # noqa: S311
        self._firsts = sorted(Provider.first_names)
        self._lasts = sorted(Provider.last_names)
        self._size = len(self._firsts) * len(self._lasts)
        # Multiplying by a number without a common factor visits every pair of names once.
        while gcd(factor := rng.randrange(self._size // 3, self._size), self._size) > 1:
            pass
        self._factor = factor
        self._offset = rng.randrange(self._size)

    def name(self, number: int) -> tuple[str, ...]:
        """The parts of the name of customer `number`, counted over all blocks."""
        around, index = divmod(number, self._size)
        first, last = divmod((index * self._factor + self._offset) % self._size, len(self._lasts))
        middle = () if around == 0 else (self._firsts[(around - 1) % len(self._firsts)],)
        return (self._firsts[first], *middle, self._lasts[last])


def email(rng: Random, name: tuple[str, ...]) -> str:
    """An address at a reserved domain, as unique as the name."""
    return f"{'.'.join(name)}@{rng.choice(_DOMAINS)}"


def birth_days(rng: Random) -> list[str]:
    """The birthDay strings of a block, from 967 (not padded, as published) to 1964."""
    years = [shape.FIRST_BIRTH_YEAR, shape.LAST_BIRTH_YEAR]
    years += [
        rng.randint(shape.FIRST_BIRTH_YEAR, shape.LAST_BIRTH_YEAR)
        for _ in range(shape.CUSTOMERS - len(years))
    ]
    rng.shuffle(years)
    return [f"{year}-01-01" for year in years]
