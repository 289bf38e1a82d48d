"""Random graphs of every node type whose text is known, in the form that `recover` gives them."""

from typing import Any

from hypothesis import strategies as st

from glue_studio.model import Node, parse_nodes
from glue_studio.names import prefix

# Names as people type them: symbols, spaces and other scripts among the letters.
_NAMES = st.one_of(
    st.text("abcXYZ _-0é日#()'\"/,.", max_size=12).filter(
        lambda name: not prefix(name)[:1].isdigit()
    ),
    st.sampled_from(["Amazon S3", "Join", "SQL Query", "§§", "", "  ", "originalData"]),
)
# What may stand between quotes as it is, escapes included.
_TEXTS = st.one_of(
    st.text("abcXYZ _-0é日#()'/,.{}%$", min_size=1, max_size=10),
    st.sampled_from([r"\d+", r"a\\b", r"\"quoted\"", "s3://bucket/prefix/", "#"]),
)
_COLUMNS = st.text("abcXYZ _-0é日#()'/,.%", min_size=1, max_size=8)
_PATHS = st.lists(_COLUMNS, min_size=1, max_size=3)
_PATH_LISTS = st.lists(_PATHS, max_size=3)
_KEYS = st.lists(st.text("abcXYZ _0日#()/,.%", min_size=1, max_size=8), min_size=1, max_size=2)
_LINES = st.lists(st.text("abc XYZ\"'#=<>(),.;*é日", max_size=12), max_size=4).map("\n".join)
_SQL = _LINES.filter(lambda text: "'''" not in text)
_RULES = _LINES.filter(lambda text: '"""' not in text)
_CODES = st.sampled_from(
    [
        "return dfc",
        "df = dfc.select(list(dfc.keys())[0]).toDF()\n\n# why\nreturn DynamicFrameCollection({}, glueContext)",
        "if True:\n    def inner(row):\n        return row\n    \n    text = '''a\n  b'''\nreturn dfc\n",
        "\nreturn dfc",
        "return dfc  # the end\n# after it",
        "return dfc\n\n",
    ]
)
_NUMBERS = st.sampled_from(["0", "-3", "15", "99.5", "1e3"])


@st.composite
def graphs(draw: st.DrawFn, max_nodes: int = 14) -> dict[str, Node]:
    """A graph in file order; every setting is what a script can show."""
    numbers = draw(
        st.lists(st.integers(1, 9_999_999_999_999), min_size=1, max_size=max_nodes, unique=True)
    )
    entries: dict[str, Any] = {}
    readable: list[str] = []
    for number in numbers:
        node_id = f"node-{number}"
        kinds = _SOURCES if not readable else [*_SOURCES, *_TRANSFORMS, *_TARGETS]
        kind = draw(st.sampled_from(sorted(kinds)))
        name = draw(_NAMES)
        build = _SOURCES.get(kind) or _TRANSFORMS.get(kind) or _TARGETS[kind]
        settings = build(draw, _Around(node_id, name, readable, entries))
        entries[node_id] = {kind: {"Name": name, **settings}}
        if kind not in _TARGETS:
            readable.append(node_id)
    order = draw(st.permutations(list(entries)))
    return dict(parse_nodes({node_id: entries[node_id] for node_id in order}))


class _Around:
    """What a node's settings are drawn in: its id and name, and the nodes before it."""

    def __init__(
        self, node_id: str, name: str, readable: list[str], entries: dict[str, Any]
    ) -> None:
        self.node_id = node_id
        self.name = name
        self.readable = readable
        self.entries = entries

    def one(self, draw: st.DrawFn) -> list[str]:
        return [draw(st.sampled_from(self.readable))]

    def two(self, draw: st.DrawFn) -> list[str]:
        return [*self.one(draw), *self.one(draw)]

    @property
    def variable(self) -> str:
        return f"{prefix(self.name)}_{self.node_id.replace('-', '')}"


def _maybe(draw: st.DrawFn, key: str, strategy: st.SearchStrategy[Any]) -> dict[str, Any]:
    return {key: draw(strategy)} if draw(st.booleans()) else {}


def _catalog_source(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    return {
        "Database": draw(_TEXTS),
        "Table": draw(_TEXTS),
        **_maybe(draw, "PartitionPredicate", _TEXTS),
    }


def _iceberg_source(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    return {"Database": draw(_TEXTS), "Table": draw(_TEXTS)}


def _s3(draw: st.DrawFn) -> dict[str, Any]:
    recurse = {"Recurse": True} if draw(st.booleans()) else {}
    return {"Paths": draw(st.lists(_TEXTS, max_size=2)), **recurse}


def _csv_source(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    return {
        **_s3(draw),
        "QuoteChar": draw(st.sampled_from(["quote", "single_quote", "disabled"])),
        "Separator": draw(st.sampled_from(["comma", "pipe", "semicolon", "tab"])),
        **_maybe(draw, "Escaper", st.sampled_from(["\\", "^"])),
        **_maybe(draw, "WithHeader", st.booleans()),
        **_maybe(draw, "Multiline", st.booleans()),
        **_maybe(draw, "OptimizePerformance", st.booleans()),
    }


def _json_source(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    return {**_s3(draw), "Multiline": draw(st.booleans()), **_maybe(draw, "JsonPath", _TEXTS)}


def _parquet_source(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    return _s3(draw)


def _jdbc_source(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    return {
        "ConnectionType": draw(st.sampled_from(["mysql", "postgresql", "sqlserver", "oracle"])),
        "Table": draw(_TEXTS),
        "ConnectionName": draw(_TEXTS),
        "Database": "",
    }


def _option(draw: st.DrawFn, texts: st.SearchStrategy[str] = _TEXTS) -> dict[str, str]:
    value = draw(texts)
    return {"Value": value, "Label": value}


def _redshift(draw: st.DrawFn) -> dict[str, Any]:
    query = draw(st.booleans())
    words = st.text("abcXYZ _-0é日", min_size=1, max_size=8)
    role = {"IamRole": _option(draw)} if draw(st.booleans()) else {}
    return {
        "AccessType": "Connection",
        **({"SourceType": "query", "SampleQuery": draw(_TEXTS)} if query else {}),
        **({} if query else {"SourceType": "table", "Table": _option(draw, words)}),
        **({"Schema": _option(draw, words)} if not query and draw(st.booleans()) else {}),
        "Connection": _option(draw),
        "TempDir": draw(_TEXTS),
        **role,
    }


def _redshift_source(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    option = st.fixed_dictionaries({"Key": _TEXTS, "Value": _TEXTS}).map(lambda one: [one])
    return {"Data": {**_redshift(draw), **_maybe(draw, "AdvancedOptions", option)}}


def _redshift_target(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    words = st.text("abcXYZ _-0é日", min_size=1, max_size=8)
    data = {key: value for key, value in _redshift(draw).items() if key != "SampleQuery"}
    data |= {"SourceType": "table", "Table": _option(draw, words)}
    return {"Inputs": around.one(draw), "Data": {**data, **_actions(draw)}}


def _actions(draw: st.DrawFn) -> dict[str, Any]:
    return {**_maybe(draw, "PreAction", _TEXTS), **_maybe(draw, "PostAction", _TEXTS)}


def _redshift_table(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    temporary = {"RedshiftTmpDir": draw(_TEXTS), **_maybe(draw, "TmpDirIAMRole", _TEXTS)}
    return {
        "Database": draw(_TEXTS),
        "Table": draw(_TEXTS),
        **(temporary if draw(st.booleans()) else {}),
    }


def _redshift_table_target(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    return {"Inputs": around.one(draw), **_redshift_table(draw, around)}


def _snowflake(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "SourceType": "table",
        "Connection": _option(draw),
        "AutoPushdown": True,
        "Table": draw(_TEXTS),
        **_maybe(draw, "Database", _TEXTS),
        **_maybe(draw, "Schema", _TEXTS),
    }


def _snowflake_source(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    return {"Data": _snowflake(draw)}


def _snowflake_target(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    return {"Inputs": around.one(draw), "Data": {**_snowflake(draw), **_actions(draw)}}


def _dynamodb_source(draw: st.DrawFn, _around: _Around) -> dict[str, Any]:
    return {
        "ConnectionOptions": {
            "DynamodbExport": draw(st.sampled_from(["ddb", "s3"])),
            "DynamodbS3Bucket": draw(_TEXTS),
            "DynamodbS3Prefix": draw(_TEXTS),
            "DynamodbTableArn": draw(_TEXTS),
            "DynamodbUnnestDDBJson": True,
        }
    }


def _sql(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    inputs = draw(st.lists(st.sampled_from(around.readable), min_size=1, max_size=3, unique=True))
    aliases = draw(
        st.lists(
            st.text("abc_日", min_size=1, max_size=6),
            min_size=len(inputs),
            max_size=len(inputs),
            unique=True,
        )
    )
    return {
        "Inputs": inputs,
        "SqlQuery": draw(_SQL),
        "SqlAliases": [
            {"Alias": alias, "From": source} for alias, source in zip(aliases, inputs, strict=True)
        ],
    }


def _mapping(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    types = st.sampled_from(["string", "int", "long", "double"])
    columns = [
        {
            "ToKey": draw(_TEXTS),
            "FromPath": draw(_PATHS),
            "FromType": draw(types),
            "ToType": draw(types),
            "Dropped": False,
        }
        for _ in range(draw(st.integers(0, 3)))
    ]
    return {"Inputs": around.one(draw), "Mapping": columns}


def _paths(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    return {"Inputs": around.one(draw), "Paths": draw(_PATH_LISTS)}


def _rename(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    return {
        "Inputs": around.one(draw),
        "SourcePath": draw(_PATHS),
        "TargetPath": draw(_PATHS),
    }


def _join(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    inputs = around.two(draw)
    keys = [draw(_KEYS) for _ in inputs]
    length = min(map(len, keys))
    kinds = ["equijoin", "left", "right", "outer", "leftsemi", "leftanti"]
    return {
        "Inputs": inputs,
        "JoinType": draw(st.sampled_from(kinds)),
        "Columns": [
            {"From": source, "Keys": [[key] for key in side[:length]]}
            for source, side in zip(inputs, keys, strict=True)
        ],
    }


def _conditions(draw: st.DrawFn) -> dict[str, Any]:
    filters = []
    for _ in range(draw(st.integers(1, 3))):
        column = {"Type": "COLUMNEXTRACTED", "Value": draw(_PATHS)}
        operation = draw(st.sampled_from(["EQ", "LT", "GT", "LTE", "GTE", "REGEX"]))
        constants = _TEXTS if operation == "REGEX" else st.one_of(_NUMBERS, _TEXTS)
        constant = {"Type": "CONSTANT", "Value": [draw(constants)]}
        filters.append(
            {
                "Operation": operation,
                "Negated": draw(st.booleans()),
                "Values": [column, constant],
            }
        )
    operator = draw(st.sampled_from(["AND", "OR"])) if len(filters) > 1 else "AND"
    return {"LogicalOperator": operator, "Filters": filters}


def _filter(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    return {"Inputs": around.one(draw), **_conditions(draw)}


def _route(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    names = draw(st.lists(_TEXTS, min_size=1, max_size=3, unique=True))
    groups = [{"GroupName": name, **_conditions(draw)} for name in names]
    return {"Inputs": around.one(draw), "GroupFiltersList": groups}


def _distinct(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    columns = draw(_PATH_LISTS)
    return {"Inputs": around.one(draw), **({"Columns": columns} if columns else {})}


def _union(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    return {"Inputs": around.two(draw), "UnionType": draw(st.sampled_from(["ALL", "DISTINCT"]))}


def _aggregate(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    functions = st.sampled_from(["avg", "countDistinct", "sum", "max"])
    return {
        "Inputs": around.one(draw),
        "Groups": draw(_PATH_LISTS),
        "Aggs": [
            {"Column": draw(_PATHS), "AggFunc": draw(functions)}
            for _ in range(draw(st.integers(1, 2)))
        ],
    }


def _nulls(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    boxes = {key: draw(st.booleans()) for key in ("IsEmpty", "IsNullString", "IsNegOne")}
    return {"Inputs": around.one(draw), "NullCheckBoxList": boxes}


def _custom(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    inputs = draw(st.lists(st.sampled_from(around.readable), min_size=1, max_size=2, unique=True))
    return {
        "Inputs": inputs,
        "ClassName": f"transform_{around.node_id.removeprefix('node-')}",
        "Code": draw(_CODES),
    }


def _select(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    inputs = around.one(draw)
    [(kind, settings)] = around.entries[inputs[0]].items()
    index = draw(st.integers(0, 2))
    names: list[str] = []
    if kind == "EvaluateDataQualityMultiFrame":
        names = ["originalData", "ruleOutcomes", "rowLevelOutcomes"]
    elif kind == "Route":
        names = [group["GroupName"] for group in settings["GroupFiltersList"]]
    if kind in {"EvaluateDataQualityMultiFrame", "Route"}:
        if '"' in around.name:  # the name becomes a text of the script
            around.name = "originalData"
        index = names.index(around.name) if around.name in names else 0
        return {"Name": around.name, "Inputs": inputs, "Index": index}
    return {"Inputs": inputs, "Index": index}


def _quality(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    stop = {"StopJobOnFailureOptions": {"StopJobOnFailureTiming": "Immediate"}}
    caching = draw(st.sampled_from(["CACHE_NOTHING", "CACHE_INPUT"]))
    options = {"observations.scope": "ALL", "performanceTuning.caching": caching}
    swapped = dict(reversed(options.items()))
    return {
        "Inputs": around.one(draw),
        "AdditionalDataSources": {},
        "Ruleset": draw(_RULES),
        "PublishingOptions": {
            "EvaluationContext": around.variable,
            "CloudWatchMetricsEnabled": draw(st.booleans()),
            "ResultsPublishingEnabled": draw(st.booleans()),
            **_maybe(draw, "ResultsS3Prefix", _TEXTS),
        },
        "AdditionalOptions": draw(st.sampled_from([options, swapped, {}])),
        **(stop if draw(st.booleans()) else {}),
    }


def _dynamic(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    function = draw(st.sampled_from(["gs_split", "gs_now", "gs_derived", "gs_null_rows", "mine"]))
    values = st.sampled_from(
        [
            {"Type": "str", "Value": [r"\+"]},
            {"Type": "int", "Value": ["-1"]},
            {"Type": "float", "Value": ["0.5"]},
            {"Type": "bool", "Value": ["True"]},
            {"Type": "list", "ListType": "str", "Value": ["a", "b c"]},
        ]
    )
    names = draw(st.lists(st.sampled_from(["colName", "expr", "n"]), max_size=3, unique=True))
    return {
        "Inputs": around.one(draw),
        "FunctionName": function,
        "TransformName": function,
        "Path": f"{function}.py",
        "Parameters": [{"Name": name, **draw(values)} for name in names],
    }


def _policy(draw: st.DrawFn, **table: str) -> dict[str, Any]:
    behavior = draw(st.sampled_from(["UPDATE_IN_DATABASE", "LOG"]))
    return {"EnableUpdateCatalog": True, "UpdateBehavior": behavior, **table}


def _auto_quality(draw: st.DrawFn) -> dict[str, Any]:
    return {"IsEnabled": True, "EvaluationContext": draw(_TEXTS)}


def _s3_target(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "Inputs": around.one(draw),
        "Path": draw(_TEXTS),
        "PartitionKeys": draw(_PATH_LISTS),
        **_maybe(draw, "Compression", st.sampled_from(["snappy", "gzip", "uncompressed"])),
        **_maybe(draw, "NumberTargetPartitions", st.sampled_from(["1", "12"])),
    }
    if draw(st.booleans()):
        settings["AutoDataQuality"] = _auto_quality(draw)
    if draw(st.booleans()):
        table = {"Table": draw(_TEXTS), "Database": draw(_TEXTS)}
        settings["SchemaChangePolicy"] = _policy(draw, **table)
    return settings


def _direct_target(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    formats = st.sampled_from(["json", "csv", "avro", "orc", "parquet", "xml"])
    return {"Format": draw(formats), **_s3_target(draw, around)}


def _catalog_target(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    return {
        "Inputs": around.one(draw),
        "Database": draw(_TEXTS),
        "Table": draw(_TEXTS),
        "PartitionKeys": draw(_PATH_LISTS),
    }


def _s3_catalog_target(draw: st.DrawFn, around: _Around) -> dict[str, Any]:
    settings = _catalog_target(draw, around)
    if draw(st.booleans()):
        settings["AutoDataQuality"] = _auto_quality(draw)
    if "AutoDataQuality" not in settings or draw(st.booleans()):
        settings["SchemaChangePolicy"] = _policy(draw)
    return settings


_SOURCES = {
    "CatalogSource": _catalog_source,
    "CatalogIcebergSource": _iceberg_source,
    "S3CsvSource": _csv_source,
    "S3JsonSource": _json_source,
    "S3ParquetSource": _parquet_source,
    "DirectJDBCSource": _jdbc_source,
    "AmazonRedshiftSource": _redshift_source,
    "RedshiftSource": _redshift_table,
    "SnowflakeSource": _snowflake_source,
    "DynamoDBELTConnectorSource": _dynamodb_source,
}
_TRANSFORMS = {
    "SparkSQL": _sql,
    "ApplyMapping": _mapping,
    "SelectFields": _paths,
    "DropFields": _paths,
    "RenameField": _rename,
    "Join": _join,
    "Filter": _filter,
    "Route": _route,
    "DropDuplicates": _distinct,
    "Union": _union,
    "Aggregate": _aggregate,
    "DropNullFields": _nulls,
    "CustomCode": _custom,
    "SelectFromCollection": _select,
    "EvaluateDataQualityMultiFrame": _quality,
    "DynamicTransform": _dynamic,
}
_TARGETS = {
    "CatalogTarget": _catalog_target,
    "S3CatalogTarget": _s3_catalog_target,
    "S3GlueParquetTarget": _s3_target,
    "S3DirectTarget": _direct_target,
    "AmazonRedshiftTarget": _redshift_target,
    "RedshiftTarget": _redshift_table_target,
    "SnowflakeTarget": _snowflake_target,
}
DRAWN_TYPES = frozenset([*_SOURCES, *_TRANSFORMS, *_TARGETS])
