"""File formats as the Data Catalog describes them, both ways."""

from collections.abc import Mapping
from typing import Any

from gluesandbox.storage.catalog import Table

_BY_SERDE = {
    "json": "json",
    "parquet": "parquet",
    "orc": "orc",
    "opencsv": "csv",
    "lazysimple": "csv",
    "avro": "avro",
}
_HIVE = "org.apache.hadoop.hive.ql.io."
_TEXT = {
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": _HIVE + "HiveIgnoreKeyTextOutputFormat",
}
_DESCRIPTORS: Mapping[str, Mapping[str, Any]] = {
    "parquet": {
        "InputFormat": _HIVE + "parquet.MapredParquetInputFormat",
        "OutputFormat": _HIVE + "parquet.MapredParquetOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": _HIVE + "parquet.serde.ParquetHiveSerDe",
            "Parameters": {"serialization.format": "1"},
        },
    },
    "orc": {
        "InputFormat": _HIVE + "orc.OrcInputFormat",
        "OutputFormat": _HIVE + "orc.OrcOutputFormat",
        "SerdeInfo": {"SerializationLibrary": _HIVE + "orc.OrcSerde", "Parameters": {}},
    },
    "json": {
        **_TEXT,
        "SerdeInfo": {
            "SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe",
            "Parameters": {},
        },
    },
    "csv": {
        **_TEXT,
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
            "Parameters": {"field.delim": ",", "skip.header.line.count": "1"},
        },
    },
}


def file_format(table: Table) -> str:
    """`json`, `csv`, `parquet`, `orc`, `avro`, or the SerDe's name if it is none of these."""
    serde = table.serde.rpartition(".")[2].lower()
    for part, kind in _BY_SERDE.items():
        if part in serde:
            return kind
    return table.parameters.get("classification") or table.serde or "unknown"


def descriptor(kind: str) -> Mapping[str, Any]:
    """InputFormat, OutputFormat and SerdeInfo of a new table in this format."""
    return _DESCRIPTORS[kind]
