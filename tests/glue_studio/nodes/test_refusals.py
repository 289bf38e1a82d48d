"""Where the service's text is not known, or could not hold a value: an error with node and type."""

from typing import Any

import pytest

from glue_studio import GraphError, UnsupportedNodeError, generate_script, parse_nodes

_SOURCE = {"node-1": {"CatalogSource": {"Name": "Orders", "Database": "shop", "Table": "orders"}}}
_QUALITY = {"Ruleset": "Rules = [ RowCount > 0 ]"}
_TABLE = {"Database": "d", "Table": "t"}
_WAREHOUSE = {"Connection": {"Value": "c"}, "TempDir": "s3://b/", "Table": {"Value": "t"}}
_SNOWFLAKE = {"Connection": {"Value": "c"}, "Table": "t", "AutoPushdown": True}
_TARGET = {"Path": "s3://b/", "PartitionKeys": []}
_SIDE = {"From": "node-1", "Keys": [["id"]]}
_CONDITION = {
    "Operation": "EQ",
    "Values": [
        {"Type": "COLUMNEXTRACTED", "Value": ["a"]},
        {"Type": "CONSTANT", "Value": ["1"]},
    ],
}


@pytest.mark.parametrize(
    "node_type",
    [
        "Spigot",
        "SplitFields",
        "FillMissingValues",
        "Merge",
        "Recipe",
        "S3HudiDirectTarget",
        "S3HudiCatalogTarget",
        "S3DeltaDirectTarget",
        "S3DeltaCatalogTarget",
        "S3IcebergDirectTarget",
        "S3IcebergCatalogTarget",
        "DirectKinesisSource",
        "DirectKafkaSource",
        "CatalogKinesisSource",
        "CatalogKafkaSource",
        "SnowflakeSource",
        "SnowflakeTarget",
        "NoSuchNode",
    ],
)
def test_a_node_type_without_known_text_is_refused(node_type: str) -> None:
    graph = {**_SOURCE, "node-2": {node_type: {"Name": "Odd one", "Inputs": ["node-1"]}}}
    with pytest.raises(UnsupportedNodeError) as raised:
        generate_script(parse_nodes(graph))
    assert "node-2" in str(raised.value)
    assert node_type in str(raised.value)
    assert raised.value.node_id == "node-2"
    assert raised.value.node_type == node_type


@pytest.mark.parametrize(
    ("node_type", "settings", "said"),
    [
        ("CatalogSource", {"Database": 'a"b', "Table": "t"}, "Database"),
        ("CatalogSource", {"Database": "d"}, "Table is missing"),
        ("CatalogSource", {"Database": "d", "Table": 7}, "Table is not a text"),
        ("CatalogSource", {"Database": "d", "Table": "t\n"}, "Table"),
        (
            "S3CatalogSource",
            {"Database": "d", "Table": "t", "AdditionalOptions": {"BoundedSize": 1}},
            "AdditionalOptions",
        ),
        ("S3JsonSource", {"Paths": ["s3://b/"], "Exclusions": ["a"]}, "Exclusions"),
        ("S3JsonSource", {"Paths": "s3://b/"}, "Paths is not a list"),
        (
            "S3ParquetSource",
            {"Paths": ["s3://b/"], "Recurse": "yes"},
            "Recurse is not true or false",
        ),
        ("S3CsvSource", {"Paths": [], "QuoteChar": "quillemet", "Separator": "comma"}, "quillemet"),
        ("SparkSQL", {"SqlQuery": "select '''x'''", "SqlAliases": []}, "'''"),
        ("SparkSQL", {"SqlQuery": r"select '\x'", "SqlAliases": []}, "backslash"),
        (
            "SparkSQL",
            {"SqlQuery": "select 1", "SqlAliases": [{"Alias": "a", "From": "node-9"}]},
            "alias",
        ),
        ("ApplyMapping", {"Mapping": [{"Children": [{}]}]}, "Children"),
        ("ApplyMapping", {"Mapping": [{"FromPath": ["a"], "ToKey": "a"}]}, "FromType"),
        ("ApplyMapping", {"Mapping": ["a"]}, "list of objects"),
        ("DropFields", {"Paths": ["id"]}, "Paths"),
        ("RenameField", {"SourcePath": ["a"]}, "TargetPath"),
        ("Filter", {"LogicalOperator": "AND", "Filters": []}, "no condition"),
        ("Filter", {"LogicalOperator": "XOR", "Filters": [_CONDITION]}, "XOR"),
        (
            "Filter",
            {"LogicalOperator": "AND", "Filters": [{**_CONDITION, "Operation": "ISNULL"}]},
            "ISNULL",
        ),
        (
            "Filter",
            {"LogicalOperator": "AND", "Filters": [{"Operation": "EQ", "Values": []}]},
            "two values",
        ),
        (
            "Filter",
            {"LogicalOperator": "AND", "Filters": [{"Operation": "REGEX", "Values": []}]},
            "pattern",
        ),
        ("Route", {"GroupFiltersList": []}, "no group"),
        ("DropNullFields", {"NullTextList": [{"Value": "0"}]}, "NullTextList"),
        ("DropNullFields", {"NullCheckBoxList": {"IsEmpty": "yes"}}, "IsEmpty"),
        ("CustomCode", {"ClassName": "a-b", "Code": "return dfc"}, "ClassName"),
        ("CustomCode", {"ClassName": "import", "Code": "return dfc"}, "ClassName"),
        ("CustomCode", {"ClassName": "f", "Code": "return ("}, "Code"),
        ("CustomCode", {"ClassName": "f", "Code": "x = 1 \\"}, "Code"),
        ("CustomCode", {"ClassName": "f", "Code": "'''"}, "Code"),
        ("CustomCode", {"ClassName": "f", "Code": ""}, "Code"),
        ("DynamicTransform", {"FunctionName": "os.system"}, "FunctionName"),
        (
            "DynamicTransform",
            {"FunctionName": "f", "Parameters": [{"Name": "a b", "Type": "str", "Value": ["x"]}]},
            "Parameters",
        ),
        (
            "DynamicTransform",
            {
                "FunctionName": "f",
                "Parameters": [{"Name": "a", "Type": "int", "Value": ["1); x("]}],
            },
            "int",
        ),
        (
            "DynamicTransform",
            {
                "FunctionName": "f",
                "Parameters": [{"Name": "a", "Type": "complex", "Value": ["1j"]}],
            },
            "complex",
        ),
        ("AmazonRedshiftSource", {"Data": {"TempDir": "s3://b/"}}, "Connection"),
        ("AmazonRedshiftSource", {"Data": {**_WAREHOUSE, "Table": "t"}}, "object with a Value"),
        ("AmazonRedshiftSource", {"Data": {**_WAREHOUSE, "SourceType": "view"}}, "view"),
        ("AmazonRedshiftSource", {"Data": {**_WAREHOUSE, "SourceType": "query"}}, "SampleQuery"),
        ("AmazonRedshiftSource", {"Data": {**_WAREHOUSE, "TempDir": 7}}, "TempDir is not a text"),
        ("AmazonRedshiftSource", {"Data": {**_WAREHOUSE, "TablePrefix": "x"}}, "TablePrefix"),
        (
            "AmazonRedshiftSource",
            {"Data": {**_WAREHOUSE, "AdvancedOptions": [{"Key": "dbtable", "Value": "x"}]}},
            "advanced option",
        ),
        (
            "AmazonRedshiftTarget",
            {"Data": {**_WAREHOUSE, "AdvancedOptions": [{"Key": "x", "Value": "y"}]}},
            "AdvancedOptions",
        ),
        ("AmazonRedshiftTarget", {"Data": {**_WAREHOUSE, "SourceType": "query"}}, "query"),
        ("AmazonRedshiftTarget", {"Data": {**_WAREHOUSE, "Upsert": True}}, "StagingTable"),
        ("RedshiftSource", {**_TABLE, "TmpDirIAMRole": "arn:x"}, "TmpDirIAMRole"),
        ("RedshiftTarget", {**_TABLE, "UpsertRedshiftOptions": {"a": 1}}, "UpsertRedshiftOptions"),
        ("SnowflakeTarget", {"Data": {**_SNOWFLAKE, "SourceType": "query"}}, "query"),
        ("SnowflakeTarget", {"Data": {**_SNOWFLAKE, "Upsert": True}}, "StagingTable"),
        ("SnowflakeTarget", {"Data": {**_SNOWFLAKE, "AutoPushdown": False}}, "AutoPushdown"),
        ("DynamoDBELTConnectorSource", {"ConnectionOptions": {}}, "nested"),
        (
            "DynamoDBELTConnectorSource",
            {"ConnectionOptions": {"DynamodbStsRoleArn": "a", "DynamodbUnnestDDBJson": True}},
            "DynamodbStsRoleArn",
        ),
        ("SelectFromCollection", {"Index": "first"}, "Index"),
        (
            "EvaluateDataQualityMultiFrame",
            {**_QUALITY, "AdditionalDataSources": {"other": "node-1"}},
            "additional data sources",
        ),
        ("EvaluateDataQualityMultiFrame", {"Ruleset": 'Rules = [ """ ]'}, "Ruleset"),
        (
            "EvaluateDataQualityMultiFrame",
            {**_QUALITY, "AdditionalOptions": {"a": 1}},
            "AdditionalOptions",
        ),
        (
            "EvaluateDataQualityMultiFrame",
            {**_QUALITY, "StopJobOnFailureOptions": {"StopJobOnFailureTiming": "AfterDataLoad"}},
            "AfterDataLoad",
        ),
        (
            "S3GlueParquetTarget",
            {**_TARGET, "AutoDataQuality": {"IsEnabled": True}},
            "EvaluationContext",
        ),
        (
            "S3GlueParquetTarget",
            {**_TARGET, "NumberTargetPartitions": "many"},
            "NumberTargetPartitions",
        ),
        ("S3DirectTarget", {**_TARGET, "Format": "hudi"}, "hudi"),
        ("CatalogTarget", {"Database": "d", "Table": "t", "PartitionKeys": "day"}, "PartitionKeys"),
        (
            "Join",
            {"Inputs": ["node-1", "node-1"], "JoinType": "left", "Columns": [_SIDE]},
            "Columns",
        ),
        (
            "Join",
            {"Inputs": ["node-1", "node-1"], "JoinType": "cross", "Columns": [_SIDE, _SIDE]},
            "cross",
        ),
        (
            "Join",
            {
                "Inputs": ["node-1", "node-1"],
                "JoinType": "left",
                "Columns": [_SIDE, {**_SIDE, "Keys": []}],
            },
            "numbers of keys",
        ),
        (
            "Join",
            {
                "Inputs": ["node-1", "node-1"],
                "JoinType": "left",
                "Columns": [_SIDE, {**_SIDE, "Keys": [["it's"]]}],
            },
            "quote",
        ),
        (
            "S3DirectTarget",
            {**_TARGET, "Format": "json", "SchemaChangePolicy": {"EnableUpdateCatalog": True}},
            "SchemaChangePolicy has no UpdateBehavior",
        ),
        (
            "S3CatalogTarget",
            {"Database": "d", "Table": "t", "SchemaChangePolicy": {"EnableUpdateCatalog": True}},
            "SchemaChangePolicy has no UpdateBehavior",
        ),
        ("Union", {"UnionType": "ALL"}, "1 inputs and needs 2"),
    ],
)
def test_a_setting_that_no_known_text_can_hold_is_refused(
    node_type: str, settings: dict[str, Any], said: str
) -> None:
    inputs = {} if node_type.endswith("Source") else {"Inputs": ["node-1"]}
    node = {node_type: {"Name": "Odd one", **inputs, **settings}}
    with pytest.raises(GraphError) as raised:
        generate_script(parse_nodes({**_SOURCE, "node-2": node}))
    assert said in str(raised.value)
    assert f"node node-2 ({node_type} “Odd one”)" in str(raised.value)
