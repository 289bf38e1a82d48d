"""Rows joined, united, made distinct and aggregated, and columns without values dropped."""

import ast
from typing import Any

from glue_studio.model import Node, head, heads_at, objects_at
from glue_studio.nodes.kind import Columns, Helper, Kind, Scope, Text, same_columns
from glue_studio.nodes.reading import Block, Unread, elements_of
from glue_studio.nodes.settings import (
    absent,
    boolean,
    checked_path,
    entries,
    items,
    mapping,
    member,
    path_segments,
    quoted,
    quoted_path,
    quoted_paths,
    refuse,
    text,
)

_FRAME_IMPORT = "from awsglue import DynamicFrame"
_FUNCTIONS_IMPORTS = (
    "from awsglue.dynamicframe import DynamicFrame",
    "from pyspark.sql import functions as SqlFuncs",
)

_DATA_FRAME_JOINS = ("left", "right", "outer", "leftsemi", "leftanti")
_SIDES = 2

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
    for pair in elements_of(call.keywords.get("aggs")):
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
    """The members of a set, or of the empty dict that `{}` is."""
    if isinstance(expression, ast.Set):
        return expression.elts
    if isinstance(expression, ast.Dict) and not expression.keys:
        return []
    raise Unread


def _emit_join(node: Node, scope: Scope) -> Text:
    scope.frames(node, _SIDES)
    sides = entries(node, "Columns")
    if len(sides) != _SIDES:
        raise refuse(node, "its Columns are not those of two inputs.")
    for side in sides:
        if side.get("From") not in node.inputs:
            raise refuse(node, f"its Columns.From {side.get('From')!r} is not among its Inputs.")
    first, second = (scope.variables[str(side["From"])] for side in sides)
    keys = [side.get("Keys") for side in sides]
    variable, kind = scope.variable(node), text(node, "JoinType")
    if kind == "equijoin":
        keys1, keys2 = (quoted_paths(node, "Columns.Keys", side) for side in keys)
        return Text(
            f"{variable} = Join.apply(frame1={first}, frame2={second}, keys1={keys1}, "
            f'keys2={keys2}, transformation_ctx="{variable}")'
        )
    if kind not in _DATA_FRAME_JOINS:
        raise refuse(node, f"its JoinType {kind!r} is unknown.")
    left, right = (_join_columns(node, side) for side in keys)
    if len(left) != len(right) or not left:
        raise refuse(node, "its two sides have different numbers of keys, or none.")
    conditions = " & ".join(
        f"({first}DF[{a}] == {second}DF[{b}])" for a, b in zip(left, right, strict=True)
    )
    return Text(
        f"{first}DF = {first}.toDF()\n"
        f"{second}DF = {second}.toDF()\n"
        f"{variable} = DynamicFrame.fromDF({first}DF.join({second}DF, {conditions}, "
        f'"{kind}"), glueContext, "{variable}")',
        imports=("from awsglue.dynamicframe import DynamicFrame",),
    )


def _join_columns(node: Node, paths: Any) -> list[str]:
    if not isinstance(paths, list):
        raise refuse(node, "its Columns.Keys is not a list of paths.")
    columns = [checked_path(node, "Columns.Keys", path) for path in paths]
    for column in columns:
        quoted(node, "Columns.Keys", column)
        if "'" in column:
            raise refuse(node, f"its key {column!r} cannot stand in the script: it holds a quote.")
    return [f"'{column}'" for column in columns]


def _recognise_join(block: Block) -> dict[str, Any]:
    if len(block.statements) == 1:
        call = block.first_call.expect("Join.apply")
        first, second = call.input("frame1"), call.input("frame2")
        return _join_settings("equijoin", (first, call.raws("keys1")), (second, call.raws("keys2")))
    frame = block.assigned(len(block.statements) - 1, block.variable)
    join = block.call(frame.expect("DynamicFrame.fromDF").argument(0))
    first = _of_data_frame(block, join.method("join"))
    second = _of_data_frame(block, join.argument(0))
    keys: tuple[list[str], list[str]] = ([], [])
    for condition in _conjunction(join.argument(1)):
        if not isinstance(condition, ast.Compare) or len(condition.comparators) != 1:
            raise Unread
        for side, part in zip(keys, (condition.left, condition.comparators[0]), strict=True):
            if not isinstance(part, ast.Subscript):
                raise Unread
            side.append(_join_key(block, part.slice))
    return _join_settings(block.raw(join.argument(2)), (first, keys[0]), (second, keys[1]))


def _join_settings(kind: str, *sides: tuple[str, list[str]]) -> dict[str, Any]:
    return {
        "Inputs": [source for source, _ in sides],
        "JoinType": kind,
        "Columns": [
            {"From": source, "Keys": [path_segments(key) for key in keys]} for source, keys in sides
        ],
    }


def _of_data_frame(block: Block, expression: ast.expr) -> str:
    """The node of a variable such as `Filter_node1DF`."""
    name = getattr(expression, "id", "")
    if not name.endswith("DF") or name[:-2] not in block.known:
        raise Unread
    return block.known[name[:-2]].id


def _conjunction(expression: ast.expr) -> list[ast.expr]:
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.BitAnd):
        return [*_conjunction(expression.left), expression.right]
    return [expression]


def _join_key(block: Block, expression: ast.expr) -> str:
    shown = block.source.segment(expression)
    if shown.startswith("'") and shown.endswith("'") and len(shown) > 1:
        return shown[1:-1]
    return block.raw(expression)


def _joined_columns(node: Node, inputs: list[Columns]) -> Columns:
    if len(inputs) != _SIDES or inputs[0] is None:
        return None
    if node.settings.get("JoinType") in ("leftsemi", "leftanti"):
        return inputs[0]
    if inputs[1] is None:
        return None
    if node.settings.get("JoinType") == "equijoin":
        # Join.apply puts dots before the right side's names until they are names of their own.
        used = dict.fromkeys(inputs[0])
        for name in inputs[1]:
            new = name
            while new in used:
                new = f".{new}"
            used[new] = None
        return tuple(used)
    return (*inputs[0], *inputs[1])


def _aggregated_columns(node: Node, _: list[Columns]) -> Columns:
    figures = []
    for figure in objects_at(node.settings, "Aggs[]"):
        function, column = str(figure.get("AggFunc")), head(figure.get("Column"))
        if function.endswith("Distinct"):  # as Spark names it
            function, column = function.removesuffix("Distinct"), f"DISTINCT {column}"
        figures.append(f"{function}({column})")
    return (*heads_at("Groups[]")(node.settings), *figures)


KINDS = (
    Kind(
        "Join",
        emit=_emit_join,
        recognise=_recognise_join,
        paths=("Columns[].Keys[]",),
        columns=_joined_columns,
    ),
    Kind(
        "DropDuplicates",
        emit=_emit_distinct,
        recognise=_recognise_distinct,
        paths=("Columns[]",),
        uses=heads_at("Columns[]"),
        columns=same_columns,
    ),
    Kind("Union", emit=_emit_union, recognise=_recognise_union, columns=same_columns),
    Kind(
        "Aggregate",
        emit=_emit_aggregate,
        recognise=_recognise_aggregate,
        paths=("Groups[]", "Aggs[].Column"),
        uses=heads_at("Groups[]", "Aggs[].Column"),
        columns=_aggregated_columns,
    ),
    Kind("DropNullFields", emit=_emit_drop_nulls, recognise=_recognise_drop_nulls),
    Kind("Merge", paths=("PrimaryKeys[]",)),
)
