import pytest

from sandbox.table_formats import own_metadata


@pytest.mark.parametrize(
    ("parameters", "input_format", "expected"),
    [
        ({"table_type": "ICEBERG"}, "", "Iceberg"),
        ({"table_type": "DELTA"}, "", "Delta Lake"),
        ({"classification": "hudi"}, "", "Hudi"),
        ({"spark.sql.sources.provider": "delta"}, "", "Delta Lake"),
        ({}, "org.apache.hudi.hadoop.HoodieParquetInputFormat", "Hudi"),
        ({}, "org.apache.iceberg.mr.hive.HiveIcebergInputFormat", "Iceberg"),
        ({}, "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat", "symlink"),
        ({"classification": "parquet", "EXTERNAL": "TRUE"}, "", None),
        (
            {"table_type": "HIVE"},
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            None,
        ),
    ],
)
def test_formats_whose_files_alone_do_not_tell_the_rows(
    parameters: dict[str, str], input_format: str, expected: str | None
) -> None:
    assert own_metadata(parameters, input_format) == expected
