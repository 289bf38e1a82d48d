"""The numbers of the published data set that the generator reproduces (docs/data.md)."""

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

CUSTOMERS: Final = 956
TRUSTED: Final = 482  # customers with a research consent date; the first ones inside a block
INSTANTS: Final = 30  # timestamps of one customer, in arithmetic progression

# The published times all lie on one day. A block of 956 customers has a hundredth of a day, so
# that a hundred blocks fill the day and no two blocks share an instant; the 101st starts the next.
DAY: Final = int(datetime(2024, 5, 14, tzinfo=UTC).timestamp() * 1000)  # epoch milliseconds
DAY_LENGTH: Final = 86_400_000  # milliseconds
BLOCKS_A_DAY: Final = 100
SLOT: Final = DAY_LENGTH // BLOCKS_A_DAY
BEFORE_READINGS: Final = 60_000  # milliseconds at a slot's start, for registrations
AFTER_READINGS: Final = 30_000  # milliseconds at a slot's end, for consents after all readings
SHORTEST_STEP: Final = 2_033  # milliseconds between two timestamps of one customer
LONGEST_STEP: Final = 4_000

PLAIN_SCALE: Final = 64  # scale up to which files are plain text, of 64 MB at most
BLOCKS_A_FILE: Final = 1_000  # blocks after which new files are begun
BLOCK_BYTES: Final = (11_000_000, 2_500_000)  # bytes on disk that a block takes, plain, compressed

# Timestamps shared between customers, by who shares them. 423 + 2 * 16 + 826 + 289 = 1,570, so
# that 28,680 pairs of customer and time have 27,110 distinct times; 158 pairs and 16 triples of
# trusted customers are the 364 customers that a join on time alone mixes up.
TRUSTED_TRIPLES: Final = 16  # three trusted customers at one instant
TRUSTED_PAIRS: Final = (158, 423)  # pairs of trusted customers, timestamps they share in all
MIXED_PAIRS: Final = (100, 826)  # a trusted customer and another
OTHER_PAIRS: Final = (140, 289)  # two customers who did not consent to research

# How many (customer, time) pairs have how many readings, where three is the rule: 86,040 less what
# is missing here are the 81,273 accelerometer rows, 40,981 of them trusted. Split by who else has
# the timestamp, which gives 2,430 and 135 rows that a join on time repeats, and 2,341 more against
# trainers of customers who never consented.
TRIPLE_READINGS: Final = MappingProxyType({2: 9})
PAIR_READINGS: Final = MappingProxyType({1: 2, 2: 104})
MIXED_READINGS: Final = MappingProxyType({1: 3, 2: 131})
TRUSTED_READINGS: Final = MappingProxyType({1: 46, 2: 2_054, 4: 1})
OTHER_READINGS: Final = MappingProxyType({1: 41, 2: 2_291, 5: 1, 6: 1})

# Readings that two customers have alike at a shared instant: 187 * 2 + 16 * 3 = 422 rows that
# DISTINCT would lose once the user is dropped.
ALIKE_IN_PAIRS: Final = 187
ALIKE_IN_TRIPLES: Final = 16

# Consent: (public, friends) among those who consented to research, and among the others.
TRUSTED_CONSENTS: Final = MappingProxyType(
    {(False, False): 102, (False, True): 140, (True, False): 110, (True, True): 130}
)
OTHER_CONSENTS: Final = MappingProxyType(
    {(False, False): 102, (False, True): 121, (True, False): 134, (True, True): 117}
)
PUBLIC_ROWS: Final = 41_766  # accelerometer rows of customers with a public consent date
CONSENT_AFTER_ALL: Final = 18  # trusted customers whose readings are all from before their consent
CONSENT_BEFORE_ALL: Final = 95
ROWS_BEFORE_CONSENT: Final = 8_956
MIXED_ROWS_BEFORE_CONSENT: Final = 288  # of the 2,700 rows that pair two customers

UPDATED_LATER: Final = 44  # customers whose lastUpdateDate is not their registrationDate
FIRST_BIRTH_YEAR: Final = 967
LAST_BIRTH_YEAR: Final = 1_964
PHONE: Final = "8015550100"  # of the numbers reserved for fiction
DISTANCES: Final = (201, 300)  # distanceFromObject, both ends included

# Rows of one block in each file of a source; the last file has what is left.
ROWS_A_FILE: Final = 10_000
ACCELEROMETER_FILES: Final = 9
STEP_TRAINER_FILES: Final = 3
