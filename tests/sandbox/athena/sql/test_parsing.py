from sandbox.athena.sql.parsing import parse_query


def test_words_that_are_reserved_elsewhere_are_names() -> None:
    tree = parse_query('SELECT user, timestamp, date, "order" FROM t')
    assert [item.name for item in tree.expressions] == ["user", "timestamp", "date", "order"]
