from sandbox.athena.api.results import csv_line, metadata_bytes
from sandbox.athena.sql.types import ResultColumn


def test_csv_quotes_every_value_and_writes_null_as_nothing() -> None:
    assert csv_line(["a", None, "", 'say "x"', "1\n2"]) == '"a",,"","say ""x""","1\n2"\n'


def test_the_metadata_file_names_columns_and_types() -> None:
    written = metadata_bytes("an-id", [ResultColumn("total", "bigint", 19)])
    assert written.startswith(b"\x0a\x05an-id")
    assert b"total" in written
    assert b"bigint" in written
