"""Rows made distinct, united and aggregated, and columns without values dropped."""

import ast
from typing import Any

from glue_studio.model import Node
from glue_studio.nodes.base import Helper, Kind, Scope, Text
from glue_studio.nodes.paths import path_segments, quoted_path, quoted_paths
from glue_studio.nodes.reading import Block, Unread, elements
from glue_studio.nodes.values import absent, boolean, entries, items, mapping, member, quoted, text

_FRAME_IMPORT = "from awsglue import DynamicFrame"
_FUNCTIONS_IMPORTS = (
    "from awsglue.dynamicframe import DynamicFrame",
    "from pyspark.sql import functions as SqlFuncs",
)

UNION_HELPER = Helper(
    "sparkUnion",
    """\
def sparkUnion(glueContext, unionType, mapping, transformation_ctx) -> DynamicFrame:
    for alias, frame in mapping.items():
        frame.toDF().createOrReplaceTempView(alias)
    result = spark.sql("(select * from source1) UNION " + unionType + " (select * from source2)")
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)""",
    place=2,
)

AGGREGATE_HELPER = Helper(
    "sparkAggregate",
    """\
def sparkAggregate(glueContext, parentFrame, groups, aggs, transformation_ctx) -> DynamicFrame:
    aggsFuncs = []
    for column, func in aggs:
        aggsFuncs.append(getattr(SqlFuncs, func)(column))
    result = parentFrame.toDF().groupBy(*groups).agg(*aggsFuncs) if len(groups) > 0 else parentFrame.toDF().agg(*aggsFuncs)
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)""",
    place=3,
    blank_after=True,
)

NULLS_HELPER = Helper(
    "drop_nulls",
    """\
def _find_null_fields(ctx, schema, path, output, nullStringSet, nullIntegerSet, frame):
    if isinstance(schema, StructType):
        for field in schema:
            new_path = path + "." if path != "" else path
            output = _find_null_fields(ctx, field.dataType, new_path + field.name, output, nullStringSet, nullIntegerSet, frame)
    elif isinstance(schema, ArrayType):
        if isinstance(schema.elementType, StructType):
            output = _find_null_fields(ctx, schema.elementType, path, output, nullStringSet, nullIntegerSet, frame)
    elif isinstance(schema, NullType):
        output.append(path)
    else:
        x, distinct_set = frame.toDF(), set()
        for i in x.select(path).distinct().collect():
            distinct_ = i[path.split('.')[-1]]
            if isinstance(distinct_, list):
                distinct_set |= set([item.strip() if isinstance(item, str) else item for item in distinct_])
            elif isinstance(distinct_, str) :
                distinct_set.add(distinct_.strip())
            else:
                distinct_set.add(distinct_)
        if isinstance(schema, StringType):
            if distinct_set.issubset(nullStringSet):
                output.append(path)
        elif isinstance(schema, IntegerType) or isinstance(schema, LongType) or isinstance(schema, DoubleType):
            if distinct_set.issubset(nullIntegerSet):
                output.append(path)
    return output

def drop_nulls(glueContext, frame, nullStringSet, nullIntegerSet, transformation_ctx) -> DynamicFrame:
    nullColumns = _find_null_fields(frame.glue_ctx, frame.schema(), "", [], nullStringSet, nullIntegerSet, frame)
    return DropFields.apply(frame=frame, paths=nullColumns, transformation_ctx=transformation_ctx)""",
    place=0,
    blank_after=True,
)


def _emit_distinct(node: Node, scope: Scope) -> Text:
    columns = items(node, "Columns")
    listed = quoted_paths(node, "Columns", columns) if columns else ""
    variable = scope.variable(node)
    return Text(
        f"{variable} =  DynamicFrame.fromDF({scope.frame(node)}.toDF().dropDuplicates({listed}), "
        f'glueContext, "{variable}")',
        imports=_FUNCTIONS_IMPORTS,
    )


def _recognise_distinct(block: Block) -> dict[str, Any]:
    distinct = block.call(block.first_call.expect("DynamicFrame.fromDF").argument(0))
    frame = block.call(distinct.method("dropDuplicates"))
    settings: dict[str, Any] = {"Inputs": [block.node(frame.method("toDF")).id]}
    if distinct.positional:
        settings["Columns"] = [path_segments(path) for path in block.raws(distinct.argument(0))]
    return settings


def _emit_union(node: Node, scope: Scope) -> Text:
    first, second = scope.frames(node, 2)
    variable = scope.variable(node)
    return Text(
        f"{variable} = sparkUnion(glueContext, "
        f"unionType = {quoted(node, 'UnionType', text(node, 'UnionType'))}, "
        f'mapping = {{"source1": {first}, "source2": {second}}}, '
        f'transformation_ctx = "{variable}")',
        imports=(_FRAME_IMPORT,),
        helper=UNION_HELPER,
    )


def _recognise_union(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("sparkUnion")
    frames = call.entries("mapping").values()
    return {
        "Inputs": [block.node(frame).id for frame in frames],
        "UnionType": call.raw("unionType"),
    }


def _emit_aggregate(node: Node, scope: Scope) -> Text:
    key = "Aggs"
    functions = ", ".join(
        f"[{quoted_path(node, key, entry.get('Column'))}, "
        f"{quoted(node, key, member(node, key, entry, 'AggFunc'))}]"
        for entry in entries(node, key)
    )
    variable = scope.variable(node)
    return Text(
        f"{variable} = sparkAggregate(glueContext, parentFrame = {scope.frame(node)}, "
        f"groups = {quoted_paths(node, 'Groups', items(node, 'Groups'))}, "
        f'aggs = [{functions}], transformation_ctx = "{variable}")',
        imports=_FUNCTIONS_IMPORTS,
        helper=AGGREGATE_HELPER,
    )


def _recognise_aggregate(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("sparkAggregate")
    functions = []
    for pair in elements(call.keywords.get("aggs")):
        column, function = block.raws(pair)
        functions.append({"Column": path_segments(column), "AggFunc": function})
    return {
        "Inputs": [call.input("parentFrame")],
        "Groups": [path_segments(path) for path in call.raws("groups")],
        "Aggs": functions,
    }


def _emit_drop_nulls(node: Node, scope: Scope) -> Text:
    absent(node, "NullTextList")
    boxes = mapping(node, "NullCheckBoxList")
    on = {
        name: boolean(node, f"NullCheckBoxList.{name}", boxes.get(name) or False)
        for name in ("IsEmpty", "IsNullString", "IsNegOne")
    }
    strings = ['""'] * on["IsEmpty"] + ['"null"'] * on["IsNullString"]
    integers = "-1" if on["IsNegOne"] else ""
    variable = scope.variable(node)
    return Text(
        f"{variable} = drop_nulls(glueContext, frame={scope.frame(node)}, "
        f"nullStringSet={{{', '.join(strings)}}}, nullIntegerSet={{{integers}}}, "
        f'transformation_ctx="{variable}")',
        imports=("from awsglue.gluetypes import *", _FRAME_IMPORT),
        helper=NULLS_HELPER,
    )


def _recognise_drop_nulls(block: Block) -> dict[str, Any]:
    call = block.first_call.expect("drop_nulls")
    shown = {ast.unparse(item) for item in _members(call.keywords.get("nullStringSet"))}
    numbers = {ast.unparse(item) for item in _members(call.keywords.get("nullIntegerSet"))}
    return {
        "Inputs": [call.input("frame")],
        "NullCheckBoxList": {
            "IsEmpty": "''" in shown,
            "IsNullString": "'null'" in shown,
            "IsNegOne": "-1" in numbers,
        },
    }


def _members(expression: ast.expr | None) -> list[ast.expr]:
    """Of a set, or of the empty dict that `{}` is."""
    if isinstance(expression, ast.Set):
        return expression.elts
    if isinstance(expression, ast.Dict) and not expression.keys:
        return []
    raise Unread


KINDS = (
    Kind("DropDuplicates", _emit_distinct, _recognise_distinct),
    Kind("Union", _emit_union, _recognise_union),
    Kind("Aggregate", _emit_aggregate, _recognise_aggregate),
    Kind("DropNullFields", _emit_drop_nulls, _recognise_drop_nulls),
)
