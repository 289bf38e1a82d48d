from sandbox.athena.errors import Position


def test_positions_count_from_one() -> None:
    assert Position.of_offset("ab\ncd", 0) == Position(1, 1)
    assert Position.of_offset("ab\ncd", 4) == Position(2, 2)
