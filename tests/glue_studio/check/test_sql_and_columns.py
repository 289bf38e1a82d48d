"""Spark SQL as people write it: what must be found, and above all what must not be."""

from typing import Any

import pytest

from glue_studio import Job, parse_nodes
from glue_studio.access import TableRef
from glue_studio.check import check_job
from glue_studio.check.context import Context
from glue_studio.check.tables import KnownTables

_TABLES = KnownTables(
    {
        TableRef("d", "t"): ("id", "Name", "tags", "info", "ts", "amount"),
        TableRef("d", "u"): ("id", "city"),
    }
)


def _job(*nodes: dict[str, Any]) -> Job:
    graph: dict[str, Any] = {
        "node-1": {"CatalogSource": {"Name": "t", "Database": "D", "Table": "T"}},
        "node-2": {"CatalogSource": {"Name": "u", "Database": "d", "Table": "u"}},
    }
    for number, node in enumerate(nodes, 3):
        graph[f"node-{number}"] = node
    graph["node-99"] = {
        "CatalogTarget": {
            "Name": "o",
            "Inputs": [f"node-{len(nodes) + 2}"],
            "Database": "d",
            "Table": "o",
            "PartitionKeys": [],
        }
    }
    return Job("j", {}, parse_nodes(graph))


def _sql(query: str) -> dict[str, Any]:
    aliases = [{"Alias": "t", "From": "node-1"}, {"Alias": "u", "From": "node-2"}]
    settings = {"Name": "q", "Inputs": ["node-1", "node-2"], "SqlAliases": aliases}
    return {"SparkSQL": {**settings, "SqlQuery": query}}


def _codes(job: Job, tables: Any = _TABLES) -> list[str]:
    return [finding.code for finding in check_job(job, tables) if finding.code[2] in "23"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM t JOIN u ON t.id = u.id",
        "select t.*, u.city as c from t left join u using (id)",
        "select id, name as n, n || 'x' as m from t, u where t.id = u.id",
        "with x as (select id as k, city from u) select x.k, t.name from x join t on t.id=x.k where k>1",
        "select t.info.street, info.street, tags[0], e from t lateral view explode(tags) ex as e join u",
        "select id, explode(tags) from t union all select id, city from u",
        "select transform(tags, v -> v+1) z, sum(amount) over (partition by id order by ts) s from t, u",
        "select row_number() over w as rn from t, u window w as (partition by t.id)",
        "select name, count(*) c from t,u group by name having c > 1 order by c",
        "select * from (select id, max(ts) mts from t group by id) a join u b on a.id=b.id where a.mts > 0",
        "select t.id from t where exists (select 1 from u where u.id = t.id and city = name)",
        "select `Name`, inline(info) from t, u",
        "select * from t pivot (sum(amount) for name in ('a','b')), u",
        "select stack(2, id, name) as (k, v) from t, u",
        "select k from (select stack(2, id, name) as (k, v) from t), u",
        "select x from (select inline(info) from t), u",
        "select id from t, u;",
        "select date_add(ts, 1), current_date, current_timestamp(), interval 1 day from t,u",
        "select id, year(ts) from t, u group by all",
        "select * except (id) from t,u",
        "select try_cast(id as int), named_struct('a', id) s, s.a from t,u",
        "select t.id from t left semi join u on t.id=u.id",
        "select /*+ BROADCAST(u) */ t.id from t join u on t.id=u.id",
        "select unix_timestamp() - ts as d, date_format(ts,'yyyy') from t,u",
        'select "a" as x, "id" from t,u',
        "select * from t,u distribute by id sort by id",
        "select r.id from (select * from t) r, u",
        "select id from t, u where name rlike '^a' and id <=> 3",
        "select * from t, u, range(10)",
        "select id from t, u, lateral (select city c2 from u) z",
        "select id from values (1) as v(id), t, u",
        "select col, pos from t,u lateral view posexplode(tags)",
        "select input_file_name(), _metadata.file_path from t, u",
        "select `t`.`id` as `a b` from t,u order by `a b`",
        "select filter(tags, x -> x.y > 1) from t, u",
        "with recursive_ as (select 1 as one) select one, id from recursive_, t, u",
        "with v(a, b) as (select id, city from u) select a, b, t.name from v, t",
        "values (1, 2), (3, 4) -- t u",
        "table t",
        "with r2 as (select r.id, r.name as nm from t r) select r.nm, u.city from r2 r join u",
        "select x.k from (select id as k from t) x union all select x.city from u x",
        "select a.n from (select a.id as n from t a) a join u",
        "select u.e from t lateral view explode(tags) u as e union all select u.city from u",
        "select `u`.e from t lateral view outer explode(tags) `u` as e join u as w",
        "select t.col from t join lateral (select u.city as col from u) t",
        "select t.id from explode(array(1)) as t(id), u",
        "select x.a from t as x(a, b, c, d, e, f), u",
        "select info.street from t join u info",
        "select p.a, t.x from t pivot (sum(amount) for name in ('a','b')), u p(a)",
        "select t.k from t unpivot (v for k in (id, amount)) as t, u",
        "select (select max(t.city) from u t) m, t.name from t",
        "select q.city, t.name from (t join u q on t.id = q.id)",
        "select t.name /* t.nope */, u.city -- u.nope\n from t, u",
        "with recursive r(n) as (select 1 union all select r.n+1 from r) select r.n, id from r, t, u",
        "with a as (select id from t), b as (with a as (select 1 z from u) select a.z from a) select id, z from a, b",
        "select value from t, u, my_function(1)",
        "select current_user, localtimestamp, grouping__id from t, u group by id with cube",
    ],
)
def test_a_query_that_runs_has_no_error(query: str) -> None:
    assert [code for code in _codes(_job(_sql(query))) if code != "GS203"] == []


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("select a.id from t a, u b where a.nope = b.city", ["GS301"]),
        ("select t.id, u.name from t, u", ["GS301"]),
        ("select nope, nope from t, u", ["GS301"]),
        ("select nope1, nope2 from t, u", ["GS301", "GS301"]),
        ("select id from myDataSource, t, u", ["GS204"]),
        ("select id from d.z, t, u", ["GS207"]),
        ("select id from t", ["GS203"]),
        ("select id from t -- u", ["GS203"]),
        ("insert into x select * from t,u", ["GS208"]),
        ("merge into t using u on t.id=u.id when matched then delete", ["GS208"]),
        ("drop table t", ["GS208"]),
        ("total = amount * 2", ["GS208"]),
        ("t.id", ["GS208"]),
        ("hello world", ["GS208"]),
        ("create table x as select * from t, u", ["GS208"]),
        ("", ["GS208"]),
        ("-- nothing", ["GS208"]),
        ("select 1; select 2", ["GS208"]),
        ("select from where", ["GS201"]),
        ("select (id from t", ["GS201"]),
        ("select 'open from t", ["GS201"]),
        ("select " + "(" * 3000 + "id" + ")" * 3000 + " from t", ["GS201"]),
    ],
)
def test_a_query_that_does_not_is_found(query: str, codes: list[str]) -> None:
    assert _codes(_job(_sql(query))) == codes


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("with t as (select id as k from t) select t.k, city from t join u on u.id = t.k", []),
        ("with x as (select * from t), t as (select id as q from x) select t.q from t, u", []),
        ("with t as (select 1 as k) select t.k from t, u", ["GS203"]),
        ("with x as (select x.nope from t x) select x.nope from x, u", ["GS301"]),
        ("select v.k from (select t.nope as k from t) v, u", ["GS301"]),
        ("select t.id from t where exists (select 1 from u where u.id = t.nope)", ["GS301"]),
        ("with x as (select 1 from y), y as (select 2 from t, u) select * from x, y", ["GS204"]),
    ],
)
def test_names_are_looked_up_where_they_stand(query: str, codes: list[str]) -> None:
    assert _codes(_job(_sql(query))) == codes


def test_nothing_is_claimed_about_columns_that_are_not_known() -> None:
    assert _codes(_job(_sql("select nope, t.nope from t, u")), tables={}) == []
    half = KnownTables({TableRef("d", "u"): ("id", "city")})
    assert _codes(_job(_sql("select nope, t.nope, u.nope from t, u")), half) == ["GS301"]


def test_a_definition_without_a_database_is_of_any() -> None:
    tables = KnownTables({TableRef("*", "t"): ("id",), TableRef("d", "u"): ("id",)})
    assert _codes(_job(_sql("select t.name from t, u")), tables) == ["GS301"]
    assert len(tables) == 2
    assert TableRef("x", "nope") not in tables


def test_the_line_of_the_query_is_told() -> None:
    job = _job(_sql("select t.id\nfrom t, u\nwhere t.nope = 1"))
    (finding,) = (f for f in check_job(job, _TABLES) if f.code == "GS301")
    assert finding.detail == 3


def _node(type_: str, inputs: list[str], **settings: Any) -> dict[str, Any]:
    return {type_: {"Name": "x", "Inputs": inputs, **settings}}


def _map(*pairs: tuple[str, str], dropped: str = "") -> dict[str, Any]:
    mapping = [
        {"FromPath": [old], "FromType": "string", "ToKey": new, "ToType": "string",
         "Dropped": new == dropped}
        for old, new in pairs
    ]  # fmt: skip
    return _node("ApplyMapping", ["node-1"], Mapping=mapping)


_KEYS = [{"From": "node-1", "Keys": [["id"]]}, {"From": "node-2", "Keys": [["id"]]}]
_T = ("id", "Name", "tags", "info", "ts", "amount")


@pytest.mark.parametrize(
    ("node", "columns"),
    [
        (_sql("select * from t, u"), (*_T, "id", "city")),
        (_sql("select u.*, t.name as n from t, u"), ("id", "city", "n")),
        (_sql("select * from t left anti join u on t.id = u.id"), _T),
        (_sql("select * from t join u using (id)"), None),
        (_sql("select count(*) from t, u"), None),
        (_sql("select id from t union select city from u"), ("id",)),
        (_sql("select * from (select city from u) x"), ("city",)),
        (_sql("with v(a) as (select id from t) select * from v"), ("a",)),
        (_sql("select stack(1, id) as (k, v) from t"), ("k", "v")),
        (_sql("select * from u as x(a, b), (select id from t) y(c)"), ("a", "b", "c")),
        (_sql("with u as (select id as k from u) select * from u"), ("k",)),
        (_map(("id", "key"), ("Name", "name"), dropped="name"), ("key",)),
        (_node("SelectFields", ["node-1"], Paths=[["id"], ["info", "x"]]), ("id", "info")),
        (
            _node("DropFields", ["node-1"], Paths=[["NAME"], ["info", "x"]]),
            ("id", "tags", "info", "ts", "amount"),
        ),
        (
            _node("RenameField", ["node-2"], SourcePath=["city"], TargetPath=["town"]),
            ("id", "town"),
        ),
        (_node("Filter", ["node-2"], LogicalOperator="AND", Filters=[]), ("id", "city")),
        (
            _node("Join", ["node-2", "node-2"], JoinType="equijoin", Columns=[]),
            ("id", "city", ".id", ".city"),
        ),
        (
            _node("Join", ["node-2", "node-2"], JoinType="left", Columns=[]),
            ("id", "city", "id", "city"),
        ),
        (_node("Join", ["node-2", "node-1"], JoinType="leftsemi", Columns=[]), ("id", "city")),
        (
            _node("Aggregate", ["node-1"], Groups=[["id"]], Aggs=[{"Column": ["amount"], "AggFunc": "sum"}]),
            ("id", "sum(amount)"),
        ),
        (
            _node("Aggregate", ["node-1"], Groups=[], Aggs=[{"Column": ["id"], "AggFunc": "countDistinct"}]),
            ("count(DISTINCT id)",),
        ),
        (
            _node("CustomCode", ["node-1"], ClassName="c", Code="return dfc", OutputSchemas=[{"Columns": [{"Name": "z"}]}]),
            ("z",),
        ),
        (_node("CustomCode", ["node-1"], ClassName="c", Code="return dfc"), None),
    ],
)  # fmt: skip
def test_the_columns_that_flow_out(node: dict[str, Any], columns: tuple[str, ...] | None) -> None:
    assert Context(_job(node), _TABLES).columns["node-3"] == columns


@pytest.mark.parametrize(
    ("node", "codes"),
    [
        (_map(("idd", "key")), ["GS301"]),
        (_map(("info.street", "street"), ("ID", "id")), []),
        (_map(("id", "key"), ("id", "key")), []),
        (_map(("id", "key"), ("info.street", "key")), ["GS306"]),
        (_node("SelectFields", ["node-1"], Paths=[["nope"]]), ["GS305"]),
        (_node("DropFields", ["node-1"], Paths=[["nope"]]), []),
        (_node("RenameField", ["node-1"], SourcePath=["nope"], TargetPath=["x"]), ["GS301"]),
        (_node("DropDuplicates", ["node-1"], Columns=[["id"], ["nope"]]), ["GS301"]),
        (_node("DropDuplicates", ["node-1"]), []),
        (
            _node("Aggregate", ["node-1"], Groups=[["nope"]], Aggs=[{"Column": ["no"], "AggFunc": "sum"}]),
            ["GS301", "GS301"],
        ),
        (
            _node("Filter", ["node-1"], LogicalOperator="AND", Filters=[
                {"Operation": "EQ", "Values": [{"Type": "COLUMNEXTRACTED", "Value": ["nope"]},
                                               {"Type": "CONSTANT", "Value": ["other"]}]}]),
            ["GS301"],
        ),
        (
            _node("Route", ["node-1"], GroupFiltersList=[{"GroupName": "g", "LogicalOperator": "AND", "Filters": [
                {"Operation": "EQ", "Values": [{"Type": "COLUMNEXTRACTED", "Value": ["nope"]}]}]}]),
            ["GS301"],
        ),
        (
            _node("Join", ["node-1", "node-2"], JoinType="equijoin",
                  Columns=[{"From": "node-1", "Keys": [["nope"]]}, {"From": "node-2", "Keys": [["id"]]}]),
            ["GS301", "GS303"],
        ),
        (_node("Join", ["node-1", "node-2"], JoinType="equijoin", Columns=_KEYS), ["GS303"]),
        (_node("Join", ["node-1", "node-2"], JoinType="leftanti", Columns=_KEYS), []),
    ],
)  # fmt: skip
def test_columns_that_settings_name(node: dict[str, Any], codes: list[str]) -> None:
    assert _codes(_job(node)) == codes


def test_reserved_words_after_a_join_are_told() -> None:
    tables = KnownTables({TableRef("d", "t"): ("id", "user"), TableRef("d", "u"): ("key", "Order")})
    keys = [{"From": "node-1", "Keys": [["id"]]}, {"From": "node-2", "Keys": [["key"]]}]
    job = _job(_node("Join", ["node-1", "node-2"], JoinType="equijoin", Columns=keys))
    (finding,) = (f for f in check_job(job, tables) if f.code == "GS303")
    assert finding.reason == "Columns after the join are reserved words of SQL: Order, user."


def test_two_joins_in_a_row_tell_names_apart_by_dots() -> None:
    first = _node("Join", ["node-2", "node-2"], JoinType="equijoin", Columns=[])
    second = _node("Join", ["node-3", "node-2"], JoinType="equijoin", Columns=[])
    columns = Context(_job(first, second), _TABLES).columns["node-4"]
    assert columns == ("id", "city", ".id", ".city", "..id", "..city")


@pytest.mark.parametrize("kind", ["left", "equijoin"])
def test_a_chain_of_joins_with_itself_ends(kind: str) -> None:
    nodes = [_node("Join", ["node-1", "node-1"], JoinType=kind, Columns=[])]
    nodes += [
        _node("Join", [f"node-{n}", f"node-{n}"], JoinType=kind, Columns=[]) for n in range(3, 60)
    ]
    assert Context(_job(*nodes), _TABLES).columns["node-60"] is None


@pytest.mark.parametrize(
    ("node", "names"),
    [
        (_node("SelectFields", ["node-3"], Paths=[[".id"], ["name"]]), ".id"),
        (_node("DropDuplicates", ["node-3"], Columns=[["timestamp"]]), "timestamp"),
        (_node("DropFields", ["node-3"], Paths=[[".id"]]), None),
        (_node("RenameField", ["node-3"], SourcePath=[".id"], TargetPath=["right_id"]), None),
        (_node("RenameField", ["node-3"], SourcePath=["id"], TargetPath=["user"]), "user"),
        (_node("ApplyMapping", ["node-3"], Mapping=[{"FromPath": [".id"], "ToKey": "rid"}]), None),
        (_node("ApplyMapping", ["node-3"], Mapping=[{"FromPath": ["a"], "ToKey": "a.b"}]), "a.b"),
        (
            _node("SparkSQL", ["node-3"], SqlAliases=[{"Alias": "j", "From": "node-3"}],
                  SqlQuery="select user, `.id`, `order`, name from j"),
            ".id, user",
        ),
        (
            _node("SparkSQL", ["node-3"], SqlAliases=[{"Alias": "j", "From": "node-3"}],
                  SqlQuery="select from from"),
            None,
        ),
    ],
)  # fmt: skip
def test_troublesome_names_behind_a_join_whose_columns_are_not_known(
    node: dict[str, Any], names: str | None
) -> None:
    job = _job(_node("Join", ["node-1", "node-2"], JoinType="equijoin", Columns=_KEYS), node)
    told = [finding.reason for finding in check_job(job) if finding.code == "GS303"]
    start = "It uses columns from a join whose names hold a dot or are reserved words of SQL: "
    assert told == ([] if names is None else [f"{start}{names}."])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("originalData", ["GS301"]), ("kept", ["GS301"]), ("rowLevelOutcomes", [])],
)
def test_what_a_quality_node_adds_is_no_unknown_column(name: str, expected: list[str]) -> None:
    job = _job(
        _node("EvaluateDataQualityMultiFrame", ["node-1"], Ruleset="Rules = [ RowCount > 0 ]"),
        # Whatever the index says, the script goes by the name.
        _node("SelectFromCollection", ["node-3"], Name=name, Index=0),
        _node("DropDuplicates", ["node-4"], Columns=[["DataQualityEvaluationResult"]]),
    )
    assert _codes(job) == expected
