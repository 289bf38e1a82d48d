from sandbox.athena.api.results import csv_line, metadata_bytes
from sandbox.athena.sql.types import ResultColumn


def test_csv_quotes_every_value_and_writes_null_as_nothing() -> None:
    assert csv_line(["a", None, "", 'say "x"', "1\n2"]) == '"a",,"","say ""x""","1\n2"\n'


def test_the_metadata_file_names_columns_and_types() -> None:
    written = metadata_bytes("an-id", [ResultColumn("total", "bigint", 19)])
    assert written.startswith(b"\x0a\x05an-id")
    assert b"total" in written
    assert b"bigint" in written


def test_the_metadata_file_is_as_others_found_it() -> None:
    def column(name: str, kind: str, *numbers: int) -> bytes:
        inner = b"\x0a\x04hive"
        for number, text in ((4, name), (5, name), (6, kind)):
            inner += bytes([number << 3 | 2, len(text)]) + text.encode()
        for number, value in zip(numbers[::2], numbers[1::2], strict=True):
            inner += bytes([number << 3, value])
        return b"\x22" + bytes([len(inner)]) + inner

    for described, expected in (
        (ResultColumn("a", "integer", 10), column("a", "integer", 7, 10, 8, 0, 9, 3, 10, 0)),
        (ResultColumn("v", "varchar", 5), column("v", "varchar", 7, 5, 8, 0, 9, 3, 10, 1)),
        (ResultColumn("d", "date"), column("d", "date", 8, 0, 9, 3, 10, 0)),
        (ResultColumn("b", "boolean"), column("b", "boolean", 9, 3, 10, 0)),
        (ResultColumn("r", "row"), column("r", "row", 9, 3)),
    ):
        assert metadata_bytes("i", [described]) == b"\x0a\x01i" + expected
    written = metadata_bytes("i", [ResultColumn("rows", "bigint", 19)], ("INSERT", 0))
    assert written == b"\x0a\x01i\x12\x06INSERT\x18\x00" + column(
        "rows", "bigint", 7, 19, 8, 0, 9, 3, 10, 0
    )
