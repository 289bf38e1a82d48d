"""Landing data in the shape of the published STEDI data set, with no row of it.

Needs a seed and, for names, Faker. Gives a folder with customer, accelerometer and step_trainer
as JSON lines that hits every count of docs/data.md, at any scale and in flat memory.
"""

from sandbox.landing_data.errors import LandingDataError
from sandbox.landing_data.generator import DEFAULT_SEED, MANIFEST, LandingData, generate
from sandbox.landing_data.serials import ContestedSerial

__all__ = [
    "DEFAULT_SEED",
    "MANIFEST",
    "ContestedSerial",
    "LandingData",
    "LandingDataError",
    "generate",
]
