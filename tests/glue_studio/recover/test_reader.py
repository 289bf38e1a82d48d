"""Scripts of older eras and scripts that people edited, back to graphs."""

import ast
import textwrap
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glue_studio import (
    Node,
    RecoverError,
    generate_script,
    parse_nodes,
    recover,
    recover_with_notes,
)
from glue_studio.formats import read, to_api
from glue_studio.model import dump_nodes
from glue_studio.nodes import databases
from tests.glue_studio.graphs import graphs

_HEADER = """\
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
"""
_SESSION = """
args = getResolvedOptions(sys.argv, ['JOB_NAME'])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args['JOB_NAME'], args)

"""
_SOURCE = """\
# Script generated for node Orders
Orders_node1 = glueContext.create_dynamic_frame.from_catalog(database="shop", table_name="orders", transformation_ctx="Orders_node1")

"""
_TARGET = """\
# Script generated for node Out
Out_node3 = glueContext.write_dynamic_frame.from_catalog(frame=Mid_node2, database="shop", table_name="out", transformation_ctx="Out_node3")

job.commit()"""
_OLDER = '''\
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.dynamicframe import DynamicFrameCollection
from awsglue.dynamicframe import DynamicFrame
from awsglue import DynamicFrame
import re
from pyspark.sql import functions as SqlFuncs


# Script generated for node Custom Transform
def MyTransform(glueContext, dfc) -> DynamicFrameCollection:
    df = dfc.select(list(dfc.keys())[0])

    return DynamicFrameCollection({"a": df}, glueContext)


def sparkSqlQuery(glueContext, query, mapping, transformation_ctx) -> DynamicFrame:
    for alias, frame in mapping.items():
        frame.toDF().createOrReplaceTempView(alias)
    result = spark.sql(query)
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)


args = getResolvedOptions(sys.argv, ["JOB_NAME"])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

# Script generated for node S3 bucket
S3bucket_node1 = glueContext.create_dynamic_frame.from_options(
    format_options={"multiline": False},
    connection_type="s3",
    format="json",
    connection_options={
        "paths": ["s3://raw/orders/"],
        "recurse": True,
    },
    transformation_ctx="S3bucket_node1",
)

# Script generated for node Filter
Filter_node1686664582777 = Filter.apply(
    frame=S3bucket_node1,
    f=lambda row: (not (row["total"] == 0) and row["n"] >= 4),
    transformation_ctx="Filter_node1686664582777",
)

# Script generated for node Custom Transform
CustomTransform_node1686664582778 = MyTransform(
    glueContext,
    DynamicFrameCollection(
        {"Filter_node1686664582777": Filter_node1686664582777}, glueContext
    ),
)

# Script generated for node Select From Collection
SelectFromCollection_node1686664582779 = SelectFromCollection.apply(
    dfc=CustomTransform_node1686664582778,
    key=list(CustomTransform_node1686664582778.keys())[0],
    transformation_ctx="SelectFromCollection_node1686664582779",
)

# Script generated for node SQL Query
SqlQuery17 = """
select * from myDataSource
where note = 'it is'
"""
SQLQuery_node1686664582780 = sparkSqlQuery(
    glueContext,
    query=SqlQuery17,
    mapping={"myDataSource": SelectFromCollection_node1686664582779},
    transformation_ctx="SQLQuery_node1686664582780",
)

# Script generated for node Drop Duplicates
DropDuplicates_node1686844574680 = DynamicFrame.fromDF(
    SQLQuery_node1686664582780.toDF().dropDuplicates(),
    glueContext,
    "DropDuplicates_node1686844574680",
)

# Script generated for node S3 bucket
S3bucket_node3 = glueContext.getSink(
    path="s3://clean/orders/",
    connection_type="s3",
    updateBehavior="UPDATE_IN_DATABASE",
    partitionKeys=[],
    compression="snappy",
    enableUpdateCatalog=True,
    transformation_ctx="S3bucket_node3",
)
S3bucket_node3.setCatalogInfo(
    catalogDatabase="shop", catalogTableName="orders_clean"
)
S3bucket_node3.setFormat("glueparquet")
S3bucket_node3.writeFrame(DropDuplicates_node1686844574680)
job.commit()
'''

_OLDEST = '''\
import sys
from awsglue.transforms import *
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.dynamicframe import DynamicFrameCollection
from awsglue.dynamicframe import DynamicFrame

def Totals(glueContext, dfc) -> DynamicFrameCollection:
    return dfc

def sparkSqlQuery(glueContext, query, mapping, transformation_ctx) -> DynamicFrame:
    for alias, frame in mapping.items():
        frame.toDF().createOrReplaceTempView(alias)
    result = spark.sql(query)
    return DynamicFrame.fromDF(result, glueContext, transformation_ctx)

SqlQuery0 = """
select a from x

"""

## @params: [JOB_NAME]
args = getResolvedOptions(sys.argv, ['JOB_NAME'])

sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args['JOB_NAME'], args)
## @type: DataSource
## @args: [connection_type = "s3", transformation_ctx = "DataSource1"]
## @return: DataSource1
## @inputs: []
DataSource1 = glueContext.create_dynamic_frame.from_options(format_options = {"quoteChar":"\\"","escaper":"","withHeader":True,"separator":","}, connection_type = "s3", format = "csv", connection_options = {"paths": ["s3://b/a/"], "recurse":True}, transformation_ctx = "DataSource1")
## @type: DataSource
## @args: [connection_type = "s3", transformation_ctx = "DataSource0"]
## @return: DataSource0
## @inputs: []
DataSource0 = glueContext.create_dynamic_frame.from_options(format_options = {"jsonPath":"","multiline":False}, connection_type = "s3", format = "json", connection_options = {"paths": ["s3://b/b/"]}, transformation_ctx = "DataSource0")
## @type: SqlCode
## @args: [sqlName = SqlQuery0, transformation_ctx = "Transform1"]
## @return: Transform1
## @inputs: [dfc = DataSource1,DataSource0]
Transform1 = sparkSqlQuery(glueContext, query = SqlQuery0, mapping = {"x": DataSource1, "y": DataSource0}, transformation_ctx = "Transform1")
## @type: CustomCode
## @args: [className = Totals, transformation_ctx = "Transform2"]
## @return: Transform2
## @inputs: [dfc = Transform1]
Transform2 = Totals(glueContext, DynamicFrameCollection({"Transform1": Transform1}, glueContext))
## @type: SelectFromCollection
## @args: [key = list(Transform2.keys())[0], transformation_ctx = "Transform0"]
## @return: Transform0
## @inputs: [dfc = Transform2]
Transform0 = SelectFromCollection.apply(dfc = Transform2, key = list(Transform2.keys())[0], transformation_ctx = "Transform0")
## @type: DataSink
## @args: [connection_type = "s3", transformation_ctx = "DataSink0"]
## @return: DataSink0
## @inputs: [frame = Transform0]
DataSink0 = glueContext.write_dynamic_frame.from_options(frame = Transform0, connection_type = "s3", format = "parquet", connection_options = {"path": "s3://b/c/", "compression": "gzip", "partitionKeys": []}, transformation_ctx = "DataSink0")
job.commit()
'''


def _script(middle: str, imports: str = "", header: str = "") -> str:
    return _HEADER + imports + header + _SESSION + _SOURCE + middle + _TARGET


def _mid(text: str) -> str:
    return f"# Script generated for node Mid\n{text}\n\n"


def test_a_script_of_an_older_era_gives_its_graph() -> None:
    recovery = recover_with_notes(_OLDER)
    assert not recovery.exact
    assert recovery.notes == ()
    nodes = recovery.job.nodes
    assert [node.type for node in nodes.values()] == [
        "S3JsonSource",
        "Filter",
        "CustomCode",
        "SelectFromCollection",
        "SparkSQL",
        "DropDuplicates",
        "S3GlueParquetTarget",
    ]
    assert next(iter(nodes)) == "node-1"
    assert nodes["node-3"].settings["Compression"] == "snappy"
    assert nodes["node-1686664582780"].settings["SqlQuery"] == (
        "select * from myDataSource\nwhere note = 'it is'"
    )
    assert "return DynamicFrameCollection" in nodes["node-1686664582778"].settings["Code"]
    newest = generate_script(recovery.job)
    assert "SqlQuery17 = '''" in newest
    assert dict(recover(newest).nodes) == dict(nodes)


def test_windows_line_ends_and_a_last_line_feed_are_no_edits() -> None:
    script = _script(
        _mid(
            'Mid_node2 = DropFields.apply(frame=Orders_node1, paths=["a"], transformation_ctx="Mid_node2")'
        )
    )
    assert recover_with_notes(script).exact
    assert recover_with_notes("\ufeff" + script.replace("\n", "\r\n") + "\r\n").exact


def test_comments_that_people_add_are_not_the_graphs() -> None:
    text = '# why\nMid_node2 = DropFields.apply(frame=Orders_node1, paths=["a"], transformation_ctx="Mid_node2")  # so'
    recovery = recover_with_notes(_script(_mid(text)))
    assert not recovery.exact
    assert recovery.job.nodes["node-2"].type == "DropFields"


def test_an_edited_transform_becomes_a_custom_transform() -> None:
    text = 'frame = Orders_node1.toDF().withColumn("a", lit(LIMIT))  # kept\nMid_node2 = DynamicFrame.fromDF(helper(frame), glueContext, "x")'
    header = "LIMIT = 3\n\ndef helper(frame):\n    return frame.limit(LIMIT)\n"
    imports = "from awsglue.dynamicframe import DynamicFrame\nfrom pyspark.sql.functions import *\n"
    recovery = recover_with_notes(_script(_mid(text), imports, header))
    nodes = recovery.job.nodes
    assert [(node.id, node.type) for node in nodes.values()] == [
        ("node-1", "CatalogSource"),
        ("node-20", "CustomCode"),
        ("node-2", "SelectFromCollection"),
        ("node-3", "CatalogTarget"),
    ]
    custom = nodes["node-20"].settings
    assert custom["ClassName"] == "edited_Mid"
    assert custom["Inputs"] == ["node-1"]
    assert custom["Code"].splitlines() == [
        "from pyspark.sql.functions import lit",
        "from awsglue.dynamicframe import DynamicFrame",
        "LIMIT = 3",
        "def helper(frame):",
        "    return frame.limit(LIMIT)",
        "Orders_node1 = dfc.select(list(dfc.keys())[0])",
        'frame = Orders_node1.toDF().withColumn("a", lit(LIMIT))  # kept',
        'Mid_node2 = DynamicFrame.fromDF(helper(frame), glueContext, "x")',
        'return DynamicFrameCollection({"Mid_node2": Mid_node2}, glueContext)',
    ]
    assert nodes["node-3"].inputs == ("node-2",)
    assert any("edited_Mid" in note for note in recovery.notes)
    script = generate_script(recovery.job)
    ast.parse(script)
    assert dict(recover(script).nodes) == dict(nodes)


def test_a_text_over_several_lines_keeps_its_value() -> None:
    text = 'Mid_node2 = Orders_node1.note("""a\n  b""")'
    code = recover(_script(_mid(text))).nodes["node-20"].settings["Code"]
    assert "Mid_node2 = Orders_node1.note('a\\n  b')" in code


def test_an_edited_target_becomes_a_custom_transform_that_nothing_reads() -> None:
    script = (
        _HEADER
        + _SESSION
        + _SOURCE
        + (
            "# Script generated for node Out\n"
            'Orders_node1.toDF().write.mode("overwrite").parquet("s3://b/")\n\njob.commit()'
        )
    )
    nodes = recover(script).nodes
    assert [node.type for node in nodes.values()] == ["CatalogSource", "CustomCode"]
    code = str(list(nodes.values())[1].settings["Code"])
    assert code.endswith("\nreturn dfc")


def test_an_edited_helper_makes_its_nodes_custom_transforms() -> None:
    header = (
        "def sparkUnion(glueContext, unionType, mapping, transformation_ctx):\n    return None\n"
    )
    text = 'Mid_node2 = sparkUnion(glueContext, unionType = "ALL", mapping = {"source1": Orders_node1, "source2": Orders_node1}, transformation_ctx = "Mid_node2")'
    nodes = recover(_script(_mid(text), header=header)).nodes
    assert nodes["node-20"].type == "CustomCode"
    assert "def sparkUnion" in nodes["node-20"].settings["Code"]


def test_an_edited_node_that_gives_a_collection_needs_no_selection() -> None:
    text = (
        _mid("Mid_node2 = mine(Orders_node1)")
        + '# Script generated for node One\nOne_node4 = SelectFromCollection.apply(dfc=Mid_node2, key=list(Mid_node2.keys())[0], transformation_ctx="One_node4")\n\n'
    )
    nodes = recover(
        _script(text, header="def mine(frame):\n    return frame\n").replace(
            "frame=Mid_node2", "frame=One_node4"
        )
    ).nodes
    assert [(node.id, node.type) for node in nodes.values()][1:3] == [
        ("node-2", "CustomCode"),
        ("node-4", "SelectFromCollection"),
    ]
    assert nodes["node-2"].settings["Code"].endswith("return Mid_node2")


def test_a_node_without_text_is_left_out() -> None:
    recovery = recover_with_notes(
        _script(
            "# Script generated for node Gone\n\n"
            + _mid(
                'Mid_node2 = DropFields.apply(frame=Orders_node1, paths=["a"], transformation_ctx="Mid_node2")'
            )
        )
    )
    assert len(recovery.job.nodes) == 3
    assert "“Gone” has no text" in recovery.notes[0]


def test_two_custom_functions_of_one_name_keep_their_own_code() -> None:
    custom = {"Inputs": ["node-1"], "ClassName": "MyTransform"}
    graph = {
        "node-1": {"CatalogSource": {"Name": "a", "Database": "d", "Table": "t"}},
        "node-2": {"CustomCode": {"Name": "First", **custom, "Code": "return dfc"}},
        "node-3": {"CustomCode": {"Name": "Second", **custom, "Code": "x = 1\nreturn dfc"}},
    }
    nodes = parse_nodes(graph)
    assert dump_nodes(recover(generate_script(nodes)).nodes) == graph


def test_what_a_script_does_not_show_is_said() -> None:
    recovery = recover_with_notes(
        _script(_mid("Mid_node2 = Orders_node1.gs_now()"), "import gs_now\n")
    )
    assert recovery.exact
    assert [note.partition(": ")[2] for note in recovery.notes] == [
        "a script does not show its Path, TransformName; set it by hand."
    ]


def test_nodes_whose_comments_were_removed_are_found() -> None:
    source = {"Database": "d", "Table": "t"}
    sides = [{"From": node_id, "Keys": [["id"]]} for node_id in ("node-1", "node-2")]
    quality = {"IsEnabled": True, "EvaluationContext": "c"}
    graph = {
        "node-1": {"CatalogSource": {"Name": "Orders", **source}},
        "node-2": {"CatalogIcebergSource": {"Name": "Shops", **source}},
        "node-3": {
            "Join": {
                "Name": "Both",
                "Inputs": ["node-1", "node-2"],
                "JoinType": "left",
                "Columns": sides,
            }
        },
        "node-4": {
            "SparkSQL": {
                "Name": "Query",
                "Inputs": ["node-3"],
                "SqlQuery": "select 1",
                "SqlAliases": [{"Alias": "a", "From": "node-3"}],
            }
        },
        "node-5": {
            "S3DirectTarget": {
                "Format": "json",
                "Name": "Out",
                "Inputs": ["node-4"],
                "Path": "s3://b/",
                "PartitionKeys": [],
                "NumberTargetPartitions": "1",
                "AutoDataQuality": quality,
            }
        },
    }
    first, comment, rest = generate_script(parse_nodes(graph)).partition("# Script generated")
    kept, *lines = rest.splitlines(keepends=True)
    bare = "".join(line for line in lines if not line.startswith(comment))
    recovery = recover_with_notes(first + comment + kept + "\n" + bare)
    assert dump_nodes(recovery.job.nodes) == graph
    assert [note.partition("; ")[2] for note in recovery.notes] == [
        f"it is called “{name}” now." for name in ("Shops", "Both", "Query", "Out")
    ]


@pytest.mark.parametrize("custom", [False, True])
def test_a_first_node_whose_comment_was_removed_is_found(custom: bool) -> None:
    comment = "# Script generated for node Orders\n"
    function = (
        "# Script generated for node Mid\n"
        "def mine(glueContext, dfc) -> DynamicFrameCollection:\n    return dfc\n"
    )
    call = 'Mid_node2 = mine(glueContext, DynamicFrameCollection({"Orders_node1": Orders_node1}, glueContext))'
    middle = _mid(call if custom else _DROP)
    script = _script(middle)
    if custom:
        script = script.replace(_SESSION, function + _SESSION)
    assert comment in script
    gone = script.replace(comment, "")
    without_context = gone.replace(', transformation_ctx="Orders_node1"', "")
    whole, *others = (recover_with_notes(text) for text in (script, gone, without_context))
    for cut in others:
        assert dump_nodes(cut.job.nodes) == dump_nodes(whole.job.nodes)
        assert sum("comment with the node's name is gone" in note for note in cut.notes) == 1


def test_the_script_of_a_streaming_job_is_called_one() -> None:
    batch = (
        "def processBatch(data_frame, batchId):\n"
        "    # Script generated for node A\n    pass\n\n"
        "glueContext.forEachBatch(frame = a, batch_function = processBatch, options = {})\n"
    )
    with pytest.raises(RecoverError, match="streaming job") as caught:
        recover(_HEADER + _SESSION + batch)
    assert caught.value.line == _LINE + 4


def test_text_that_python_cannot_lay_out_itself_is_kept() -> None:
    # `ast.unparse` would need a backslash where Python allows none.
    added = "Mid_node2 = Orders_node1.limit(f\"{ {'\x7f': 1} }\")"
    code = recover(_script(_mid(added))).nodes["node-20"].settings["Code"]
    assert added in str(code)


def test_other_arguments_of_the_job_are_no_part_of_the_graph() -> None:
    script = _script(_mid("Mid_node2 = Orders_node1.gs_now()"), "import gs_now\n")
    edited = script.replace("job.init(args['JOB_NAME'], args)", "job.init('nightly', args)")
    recovery = recover_with_notes(edited)
    assert dump_nodes(recovery.job.nodes) == dump_nodes(recover(script).nodes)
    assert any("job.init has other arguments" in note for note in recovery.notes)


def test_queries_and_null_dropping_stand_in_the_header_as_the_script_uses_them() -> None:
    for query_reads, nulls_read, nulls_first in (
        ("node-1", "node-2", False),
        ("node-3", "node-1", True),
    ):
        query = {"Name": "q", "Inputs": [query_reads], "SqlQuery": "select 1", "SqlAliases": []}
        graph = {
            "node-1": {"CatalogSource": {"Name": "a", "Database": "d", "Table": "t"}},
            "node-2": {"SparkSQL": query},
            "node-3": {"DropNullFields": {"Name": "n", "Inputs": [nulls_read]}},
        }
        script = generate_script(parse_nodes(graph))
        before = script.index("def drop_nulls") < script.index("def sparkSqlQuery")
        assert before is nulls_first


def test_custom_functions_stand_before_the_aggregation_in_the_header() -> None:
    source = {"node-1": {"CatalogSource": {"Name": "a", "Database": "d", "Table": "t"}}}
    sums = {"Inputs": ["node-1"], "Groups": [], "Aggs": [{"Column": ["b"], "AggFunc": "sum"}]}
    custom = {"Inputs": ["node-1"], "ClassName": "MyTransform", "Code": "return dfc"}
    graph = {
        **source,
        "node-2": {"Aggregate": {"Name": "s", **sums}},
        "node-3": {"CustomCode": {"Name": "c", **custom}},
    }
    script = generate_script(parse_nodes(graph))
    assert script.index("def MyTransform") < script.index("def sparkAggregate")


_LINE = len((_HEADER + _SESSION).splitlines()) + 1


@pytest.mark.parametrize(
    ("script", "said", "line"),
    [
        ("", "not a Glue script", 0),
        ("print('hello')", "not a Glue script", 0),
        ("def f(:\n", "not Python 3", 1),
        ("import sys\x00", "null bytes", 0),
        ("(" * 500_000, "not Python 3", 1),
        ("import awsglue\nx = " + "-" * 100_000 + "1", "nests too deep", 0),
        (_script(_mid(f"Mid_node2 = Orders_node1{' + a' * 5_000}")), "nests too deep", 0),
        (_HEADER + _SESSION + "job.commit()", "no comment", 0),
        (
            _HEADER + "def main():\n    # Script generated for node A\n    pass\n",
            "inside a function",
            8,
        ),
        (
            _HEADER + _SESSION + _SOURCE.replace("from_catalog", "from_elsewhere"),
            "without an input",
            _LINE,
        ),
        (
            _script(
                _mid("Mid_node2 = Orders_node1.x(other)")
                + _mid("other = 3\nMid_node5 = Orders_node1.y()")
            ),
            "another node sets",
            _LINE + 3,
        ),
        (
            _script(
                _mid("Orders_node1 = Orders_node1.limit(3)\nMid_node2 = Orders_node1.y()")
                + _mid("Mid_node6 = Orders_node1.z()")
            ),
            "which a later node reads",
            _LINE + 3,
        ),
        (
            _script(_mid("Mid_node2 = Orders_node1.y()"), header="spark_conf()\n"),
            "belongs to no node",
            7,
        ),
        (
            _script("").replace("Orders\nOrders", "Orders\nprint('read')\nOrders"),
            r"print\('read'\).*; remove it",
            _LINE + 1,
        ),
        (
            _script("").replace('database="shop"', "database=\\\nargs['d']", 1),
            "args\\['d'\\]",
            _LINE + 2,
        ),
        (
            _script("", header='TWICE = "a"\nTWICE = "b"\n').replace(
                'database="shop"', "database=TWICE", 1
            ),
            "'TWICE' is neither",
            _LINE + 3,
        ),
        (
            _script(
                _mid("Mid_node2 = Orders_node1.x(unknown)"), "from a import *\nfrom b import *\n"
            ),
            "could come from any",
            7,
        ),
        (
            _script(
                _mid("Mid_node2 = f(glueContext, Orders_node1)")
                + "# Script generated for node X\ndef f(glueContext, dfc) -> DynamicFrameCollection:\n    return dfc\n"
            ),
            "after a node",
            _LINE + 6,
        ),
    ],
)
def test_what_no_graph_can_hold_is_told_with_its_line(script: str, said: str, line: int) -> None:
    with pytest.raises(RecoverError, match=said) as raised:
        recover(script)
    assert raised.value.line == line


def test_the_job_has_the_name_that_is_given() -> None:
    script = _script(
        _mid(
            'Mid_node2 = DropFields.apply(frame=Orders_node1, paths=["a"], transformation_ctx="Mid_node2")'
        )
    )
    job = recover(script, name="orders")
    assert job.name == "orders"
    assert job.settings["JobMode"] == "VISUAL"


@pytest.mark.parametrize("swap", [False, True])
def test_the_order_of_functions_in_the_header_is_kept(swap: bool) -> None:
    graph = {
        "node-1": {"CatalogSource": {"Name": "a", "Database": "d", "Table": "t"}},
        "node-2": {
            "SparkSQL": {
                "Name": "b",
                "Inputs": ["node-1"],
                "SqlQuery": "select 1",
                "SqlAliases": [{"Alias": "a", "From": "node-1"}],
            }
        },
        "node-3": {
            "CustomCode": {
                "Name": "c",
                "Inputs": ["node-2"],
                "ClassName": "mine",
                "Code": "return dfc",
            }
        },
    }
    script = generate_script(parse_nodes(graph))
    helper, custom = (
        script.index("def sparkSqlQuery"),
        script.index("# Script generated for node c"),
    )
    session = script.index("args = ")
    assert custom < helper < session
    if swap:
        script = script[:custom] + script[helper:session] + script[custom:helper] + script[session:]
    recovery = recover_with_notes(script)
    assert recovery.exact
    assert generate_script(recovery.job) == script
    from_file = generate_script(read(to_api(recovery.job).text()).job)
    assert (from_file == script) is not swap
    assert (
        any("functions of the header stand in another order" in n for n in recovery.notes) is swap
    )


_DROP = (
    'Mid_node2 = DropFields.apply(frame=Orders_node1, paths=["a"], transformation_ctx="Mid_node2")'
)


def test_statements_after_a_nodes_own_become_a_transform_that_follows_it() -> None:
    source = _SOURCE.rstrip() + "\nOrders_node1.printSchema()\n\n"
    script = _script(_mid(_DROP)).replace(_SOURCE, source)
    recovery = recover_with_notes(script)
    assert [(node.id, node.type, node.inputs) for node in recovery.job.nodes.values()] == [
        ("node-1", "CatalogSource", ()),
        ("node-110", "CustomCode", ("node-1",)),
        ("node-11", "SelectFromCollection", ("node-110",)),
        ("node-2", "DropFields", ("node-11",)),
        ("node-3", "CatalogTarget", ("node-2",)),
    ]
    code = next(node for node in recovery.job.nodes.values() if node.type == "CustomCode")
    assert "\nOrders_node1.printSchema()\n" in code.settings["Code"]
    again = recover_with_notes(generate_script(recovery.job))
    assert again.exact


def test_a_result_that_is_changed_is_what_later_nodes_read() -> None:
    text = _DROP + "\nMid_node2 = Mid_node2.limit(3)"
    nodes = recover(_script(_mid(text))).nodes
    assert nodes["node-2"].type == "DropFields"
    [target] = [node for node in nodes.values() if node.type == "CatalogTarget"]
    assert nodes[target.inputs[0]].type == "SelectFromCollection"


@pytest.mark.parametrize(("printed", "reader"), [("", "node-3"), ("print(clean.count())", "")])
def test_a_variable_of_a_persons_own_is_read(printed: str, reader: str) -> None:
    text = _mid(f"{_DROP}\n{printed}".rstrip()).replace("Mid_node2", "clean")
    nodes = recover(_script(text).replace("frame=Mid_node2", "frame=clean")).nodes
    [node] = [node for node in nodes.values() if node.type == "DropFields"]
    assert node.id == "node-2"
    [reading] = [node_id for node_id in nodes if nodes[node_id].inputs == ("node-2",)]
    assert reading == reader or nodes[reading].type == "CustomCode"


@pytest.mark.parametrize(
    "text",
    [
        'Mid_node2 = DropFields.apply(frame=Orders_node1, paths=["a"])',
        'Mid_node2 = DropFields.apply(paths=["a"], frame=Orders_node1, transformation_ctx="mine")',
    ],
)
def test_another_context_or_order_of_arguments_is_no_edit(text: str) -> None:
    recovery = recover_with_notes(_script(_mid(text)))
    assert recovery.job.nodes["node-2"].type == "DropFields"
    assert len(recovery.notes) == 1
    assert "a job bookmark starts anew" in recovery.notes[0]


def test_an_unknown_target_is_kept_as_code() -> None:
    script = (
        _HEADER
        + _SESSION
        + _SOURCE
        + "# Script generated for node Out\n"
        + 'additional_options = {"path": "s3://b/", "write.parquet.compression-codec": "snappy"}\n'
        + "Out_node4_df = Orders_node1.toDF()\n"
        + 'Out_node4_df.write.format("delta").options(**additional_options).mode("append").save()\n'
        + "\njob.commit()"
    )
    nodes = recover(script).nodes
    assert [(node.id, node.type) for node in nodes.values()] == [
        ("node-1", "CatalogSource"),
        ("node-4", "CustomCode"),
    ]


@pytest.mark.parametrize(
    ("added", "used", "line"),
    [
        ("import boto3\n", "boto3.client('s3')", "import boto3"),
        ("LIMIT = 3\n", "df.limit(LIMIT)", "LIMIT = 3"),
        ("def mine(row):\n    return row\n", "df.map(mine)", "def mine(row):\n    return row"),
        ("TEXT = '''a\nb'''\n", "df.filter(TEXT)", "TEXT = 'a\\nb'"),
        (
            "from pyspark.sql.functions import *\n",
            "lit(1)",
            "from pyspark.sql.functions import lit",
        ),
    ],
)
def test_a_custom_transform_keeps_what_it_uses_of_the_header(
    added: str, used: str, line: str
) -> None:
    function = (
        "# Script generated for node Mid\n"
        "def mine_too(glueContext, dfc) -> DynamicFrameCollection:\n"
        f"    df = dfc\n    {used}\n    return dfc\n"
    )
    call = 'Mid_node2 = mine_too(glueContext, DynamicFrameCollection({"Orders_node1": Orders_node1}, glueContext))'
    node = recover(_script(_mid(call), header=added + function)).nodes["node-2"]
    assert node.settings["Code"].rstrip() == f"{line}\ndf = dfc\n{used}\nreturn dfc"
    assert node.settings["ClassName"] == "mine_too"


@pytest.mark.parametrize(
    "body",
    [
        ":\n\tif dfc:\n\t\treturn dfc\n",
        ":\n  if dfc:\n    return dfc\n",
        ":\n    if dfc:\n  # why\n        return dfc\n",
        ": return dfc\n",
    ],
)
@pytest.mark.parametrize("comment", ["# Script generated for node Mid\n", ""])
def test_a_custom_function_may_be_laid_out_otherwise(body: str, comment: str) -> None:
    function = f"{comment}def mine(glueContext, dfc) -> DynamicFrameCollection{body}"
    call = 'Mid_node2 = mine(glueContext, DynamicFrameCollection({"Orders_node1": Orders_node1}, glueContext))'
    node = recover(_script(_mid(call), header=function)).nodes["node-2"]
    assert node.type == "CustomCode"
    code = textwrap.indent(node.settings["Code"], "    ")
    again = ast.parse(f"def mine(glueContext, dfc) -> DynamicFrameCollection:\n{code}")
    assert ast.dump(again) == ast.dump(ast.parse(function))


def test_a_script_without_any_comment_is_read_by_its_variables() -> None:
    script = _script(_mid(_DROP), header='# mine\nDB = "shop"\n')
    bare = "\n".join(line for line in script.split("\n") if not line.startswith("#"))
    recovery = recover_with_notes(bare)
    assert dict(recovery.job.nodes) == dict(recover(script).nodes)
    assert sum("the comment with the node's name is gone" in note for note in recovery.notes) == 3


def test_texts_that_the_header_names_are_put_back() -> None:
    header = 'DB = "shop"\nROOT = f"s3://{DB}"\nN = 3\nTWICE = "a"\nTWICE = "b"\n'
    source = (
        'Mid_node2 = glueContext.create_dynamic_frame.from_catalog(database=DB, table_name=ROOT + "/x",'
        ' transformation_ctx="Mid_node2")'
    )
    recovery = recover_with_notes(_script(_mid(source), header=header))
    assert recovery.job.nodes["node-2"] == Node(
        "node-2",
        "CatalogSource",
        {"Name": "Mid", "Database": "shop", "Table": "s3://shop/x"},
    )
    assert "has the text of DB, ROOT now" in recovery.notes[0]


def test_what_was_printed_after_a_node_is_no_edit_of_the_node() -> None:
    nodes = recover(_script(_mid(f"{_DROP}\nprint('dropped')"))).nodes
    assert [node.type for node in nodes.values()][:4] == [
        "CatalogSource",
        "DropFields",
        "CustomCode",
        "SelectFromCollection",
    ]
    [target] = [node for node in nodes.values() if node.type == "CatalogTarget"]
    assert nodes[target.inputs[0]].type == "SelectFromCollection"


def test_a_frame_that_people_made_of_a_node_is_what_later_nodes_read() -> None:
    made = "df = Mid_node2.toDF().limit(3)\nfew = DynamicFrame.fromDF(df, glueContext, 'few')"
    script = _script(_mid(f"{_DROP}\n{made}")).replace("frame=Mid_node2", "frame=few")
    nodes = recover(script).nodes
    [target] = [node for node in nodes.values() if node.type == "CatalogTarget"]
    selection = nodes[target.inputs[0]]
    assert selection.type == "SelectFromCollection"
    custom = nodes[selection.inputs[0]]
    assert custom.inputs == ("node-2",)
    assert 'return DynamicFrameCollection({"few": few}, glueContext)' in custom.settings["Code"]


def test_a_sink_of_a_persons_own_name_is_a_target() -> None:
    script = _HEADER + _SESSION + _SOURCE + "# Script generated for node Out\n"
    script += (
        'sink = glueContext.getSink(path="s3://b/", connection_type="s3", updateBehavior="LOG", '
        'partitionKeys=[], enableUpdateCatalog=True, transformation_ctx="sink")\n'
        'sink.setCatalogInfo(catalogDatabase="d",catalogTableName="t")\n'
        'sink.setFormat("json")\nsink.writeFrame(Orders_node1)\njob.commit()'
    )
    assert [node.type for node in recover(script).nodes.values()] == [
        "CatalogSource",
        "S3DirectTarget",
    ]


@pytest.mark.parametrize("suffix", ["", "1"])
def test_nodes_may_share_what_is_left_of_their_ids(suffix: str) -> None:
    second = _SOURCE.replace("Orders", "Shops").replace("orders", "shops")
    script = _script(second + _mid('Mid_node2 = DropFields.apply(frame=Shops_node1, paths=["a"])'))
    recovery = recover_with_notes(script.replace("_node1", f"_node{suffix}"))
    sources = [node for node in recovery.job.nodes.values() if node.type == "CatalogSource"]
    assert [node.settings["Table"] for node in sources] == ["orders", "shops"]
    assert recovery.job.nodes["node-2"].inputs == (sources[1].id,)
    assert recover_with_notes(generate_script(recovery.job)).exact


def test_a_variable_that_two_nodes_set_is_the_later_one() -> None:
    again = _mid(_DROP.replace('"a"', '"b"').replace("frame=Orders_node1", "frame=Mid_node2"))
    nodes = recover(_script(_mid(_DROP) + again)).nodes
    [first, second] = [node for node in nodes.values() if node.type == "DropFields"]
    [target] = [node for node in nodes.values() if node.type == "CatalogTarget"]
    assert second.inputs == (first.id,)
    assert target.inputs == (second.id,)


def test_paths_of_the_oldest_era_have_no_backticks() -> None:
    node = recover(_script(_mid(_DROP.replace('"a"', '"(right) a", "b"')))).nodes["node-2"]
    assert node.settings["Paths"] == [["(right) a"], ["b"]]


def test_a_database_of_an_older_era_is_read() -> None:
    called = (
        'Mid_node2 = directJDBCSource(glueContext, connectionName="c", connectionType="mysql", '
        'database="d", table="t", redshiftTmpDir="", transformation_ctx="Mid_node2")'
    )
    script = _script(_mid(called), header=databases.OLDER_HELPER.text + "\n")
    recovery = recover_with_notes(script)
    assert recovery.job.nodes["node-2"] == Node(
        "node-2",
        "DirectJDBCSource",
        {
            "Name": "Mid",
            "ConnectionType": "mysql",
            "Table": "t",
            "ConnectionName": "c",
            "Database": "d",
        },
    )
    assert recovery.notes == ()
    with pytest.raises(RecoverError, match="was edited"):
        recover(script.replace('"dbtable": table', '"dbtable": database + table'))


def test_a_script_of_the_oldest_era_gives_its_graph() -> None:
    recovery = recover_with_notes(_OLDEST)
    assert recovery.notes == ()
    nodes = sorted(recovery.job.nodes.values(), key=lambda node: node.id)
    assert [(node.type, node.name, node.inputs) for node in nodes] == [
        ("S3CsvSource", "DataSource1", ()),
        ("S3JsonSource", "DataSource0", ()),
        ("SparkSQL", "Transform1", ("node-1", "node-2")),
        ("CustomCode", "Transform2", ("node-3",)),
        ("SelectFromCollection", "Transform0", ("node-4",)),
        ("S3DirectTarget", "DataSink0", ("node-5",)),
    ]
    assert recovery.job.nodes["node-3"].settings["SqlQuery"] == "select a from x\n"
    assert recover_with_notes(generate_script(recovery.job)).exact


def test_the_order_of_nodes_in_a_script_is_kept() -> None:
    second = _SOURCE.replace("node1", "node4").replace("orders", "shops")
    script = _script(second + _mid(_DROP))
    swapped = _script(_mid(_DROP)).replace(_SOURCE, second + _SOURCE)
    one, other = recover_with_notes(script), recover_with_notes(swapped)
    assert one.exact
    assert other.exact
    assert generate_script(other.job) == swapped
    assert len(one.notes) + len(other.notes) == 1
    assert "another order" in (*one.notes, *other.notes)[0]
    assert generate_script(other.job.nodes) == generate_script(one.job.nodes)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(max_nodes=6), st.data())
def test_any_edit_gives_a_graph_or_a_clear_error(
    nodes: dict[str, Node], data: st.DataObject
) -> None:
    lines = generate_script(nodes).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "add", "swap", "cut"])):
            case "drop":
                del lines[place]
            case "double":
                lines.insert(place, lines[place])
            case "add":
                lines.insert(place, data.draw(st.sampled_from(_ADDED)))
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
            case _:
                lines[place] = lines[place][: data.draw(st.integers(0, len(lines[place])))]
        lines = lines or [""]
    try:
        job = recover("\n".join(lines))
    except RecoverError as error:
        assert str(error).strip()  # noqa: PT017 - either outcome is right
        return
    script = generate_script(job)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # `\d` in a text is the user's
        ast.parse(script)
    assert recover(script).nodes == job.nodes


_ADDED = [
    "",
    "print('here')",
    "# Script generated for node Other",
    "df = 3",
    "from pyspark.sql.functions import *",
    "spark.conf.set('a', 'b')",
    "def helper(x):\n    return x",
    "job.commit()",
    "raise ValueError",
]
