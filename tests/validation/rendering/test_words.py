from dataclasses import replace

import pytest

from tests.validation import sample
from validation.model import QueryState
from validation.rendering import words


def test_words() -> None:
    assert words.size(None) == "-"
    assert words.size(999) == "999 bytes"
    assert words.size(1_500_000) == "1.5 MB"
    assert words.size(2 * 10**15) == "2,000.0 TB"
    assert words.seconds(75) == "1 min 15 s"
    assert words.signed(0) == "0"
    assert words.signed(-1200) == "-1,200"
    assert words.count(1, "query") == "1 query"
    assert words.count(2, "query") == "2 queries"
    assert words.usd(12) == "12.00 USD"
    assert words.group_title("my_group") == "My group"


def test_a_query_costs_ten_megabytes_at_least_and_nothing_if_it_never_ran() -> None:
    query = sample.queries()[0]
    small, unknown = replace(query, bytes_scanned=1), replace(query, bytes_scanned=None)
    assert words.cost([small, unknown]) == pytest.approx(10 / 1024**2 * 5)


def test_a_query_is_billed_by_the_megabyte_and_a_failed_one_not_at_all() -> None:
    query = sample.queries()[0]
    read = replace(query, bytes_scanned=20 * 1024**2 + 1)
    assert words.cost([read]) == pytest.approx(21 / 1024**2 * 5)
    # One that was stopped is billed for what it has read.
    assert words.cost([replace(read, state=QueryState.CANCELLED)]) == words.cost([read])
    assert words.cost([replace(read, state=QueryState.FAILED)]) == 0
