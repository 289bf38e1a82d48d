import pytest

from sandbox.athena.errors import MalformedQueryError
from sandbox.athena.sql.statements import Execute, bind, parse_statement


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEC 1", "line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER', "),
        ("SELECT 1 +", "line 1:11: mismatched input '<EOF>'"),
        ("SELECT a,\nFROM t", "line 2:1: mismatched input 'FROM'"),
        ("SELECT * FORM t", "line 1:10: mismatched input 'FORM'"),
        ("SELECT a::int FROM t", "line 1:9: mismatched input '::'"),
        ("SELECT `a` FROM t", "line 1:8: backquoted identifiers are not supported"),
        ("SELECT 'abc FROM t", "line 1:8: mismatched input ''abc FROM t'"),
        ("SELECT FROM t", "line 1:8: mismatched input 'FROM'"),
        ("SELECT * FROM t WHERE", "mismatched input '<EOF>'"),
        ("SELECT (1 FROM t", "line 1:11: mismatched input 'FROM'"),
        ("SELECT 1; SELECT 2", "Only one sql statement is allowed"),
        ("SELECT a ILIKE 'x' FROM t", "line 1:10: mismatched input 'ILIKE'"),
        ("", "line 1:1: mismatched input '<EOF>'"),
        ("-- nothing", "line 1:11: mismatched input '<EOF>'"),
        # From here to the next comment, as recorded on AWS (aoyagikouhei/athena-local,
        # docs/dev/measurements/statements.md).
        ("  SELECT  1; -- c  ", "Only one sql statement is allowed. Got:   SELECT  1; -- c"),
        ("SELEC 1; SELECT 2", "Only one sql statement is allowed. Got: SELEC 1; SELECT 2"),
        (";", "Empty sql statement: ;"),
        ("  SELEC 1", "line 1:1: mismatched input 'SELEC'"),
        ("SELECT;", "line 1:7: mismatched input '<EOF>'"),
        ("SELECT * FROM", "Queries of this type are not supported"),
        ("CREATE OR REPLACE TABLE t AS SELECT 1 AS a", "line 1:19: mismatched input 'TABLE'."),
        ("CREATE TABLE a.b.c.d AS SELECT 1 AS n", "Invalid table name a.b.c.d"),
        ("DESCRIBE a.b.c.d", "Invalid table name a.b.c.d"),
        ('DROP TABLE "t"', """line 1:12: no viable alternative at input 'DROP TABLE "t"'"""),
        ('ALTER TABLE db."t" ADD COLUMNS (a int)', "line 1:16: no viable alternative"),
        ('MSCK REPAIR TABLE "t"', "line 1:19: no viable alternative"),
        ('SHOW CREATE TABLE "t"', "line 1:19: no viable alternative"),
        ('SHOW TABLES IN "db"', "line 1:16: no viable alternative"),
        (
            "ALTER TABLE IF EXISTS t RENAME TO u",
            "1:16: no viable alternative at input 'ALTER TABLE IF",
        ),
        (
            "ALTER TABLE t ADD COLUMN a int",
            "line 1:19: no viable alternative at input 'ALTER TABLE t",
        ),
        ("ALTER TABLE t SET PROPERTIES a = 1", "line 1:19: no viable alternative"),
        ("ALTER TABLE t RENAME COLUMN a TO b", "line 1:22: missing 'TO' at 'COLUMN'"),
        ("ALTER TABLE t DROP COLUMN IF EXISTS a", "line 1:30: mismatched input 'EXISTS'"),
        ("CREATE TABLE t (a int)", "No location was specified for table. An S3 location must be"),
        (
            "CREATE TABLE t (a int) LOCATION 's3://b/'",
            "External keyword required for table type HIVE",
        ),
        # Found here
        ("DELETE FROM t", "Queries of this type are not supported: DELETE FROM"),
        ("hello", "line 1:1: mismatched input 'hello'"),
        ("SELECT a INTO x FROM t", "line 1:10: mismatched input 'INTO'"),
        ("SELECT * FROM t PIVOT (sum(a) FOR b IN (1, 2))", "line 1:17: mismatched input 'PIVOT'"),
        ("SELECT a FROM t FOR UPDATE", "line 1:17: mismatched input 'FOR'"),
        (
            "SELECT 1 FROM t a ASOF LEFT JOIN u b ON a.x >= b.x",
            "line 1:19: mismatched input 'ASOF'",
        ),
        ("SELECT 1 FROM t a LEFT SEMI JOIN u b ON a.x = b.x", "mismatched input"),
        ("SELECT 1 FROM t a ANTI JOIN u b ON a.x = b.x", "line 1:19: mismatched input 'ANTI'"),
        ("SELECT 1 FROM t a OUTER JOIN u b ON a.x = b.x", "mismatched input 'OUTER'"),
        ("SELECT 1 FROM t LEFT JOIN u", "Expecting: 'ON', 'USING'"),
        ("SELECT 1 FROM t JOIN u", "Expecting: 'ON', 'USING'"),
        ("SELECT 1 FROM t CROSS JOIN u ON t.x = u.x", "a CROSS JOIN has no criteria"),
        ("SELECT 1 FROM t a OUTER APPLY (SELECT 1) b", "mismatched input"),
        ("CREATE VIEW v AS\nSELECT a, FROM t", "line 2:11: mismatched input 'FROM'"),
    ],
)
def test_malformed(sql: str, message: str) -> None:
    with pytest.raises(MalformedQueryError) as raised:
        parse_statement(sql)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("sql", "kind", "statement_type"),
    [
        ("/* why */ select 1;", "SELECT", "DML"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "SELECT", "DML"),
        ("(SELECT 1) UNION (SELECT 2)", "SELECT", "DML"),
        ("TABLE t", "SELECT", "DML"),
        (
            "CREATE TABLE a WITH (format = 'PARQUET') AS SELECT 1 AS x",
            "CREATE_TABLE_AS_SELECT",
            "DDL",
        ),
        (
            "CREATE TABLE a AS WITH b AS (SELECT 1 AS x) SELECT * FROM b",
            "CREATE_TABLE_AS_SELECT",
            "DDL",
        ),
        ("create or replace view v as select 1 as x", "CREATE_VIEW", "DDL"),
        ("INSERT INTO t SELECT 1", "INSERT", "DML"),
        ("INSERT INTO t (a, b) VALUES (1, 2)", "INSERT", "DML"),
        ("INSERT INTO t (SELECT 1)", "INSERT", "DML"),
        ("UNLOAD (SELECT 1) TO 's3://b/c/' WITH (format = 'PARQUET')", "UNLOAD", "DML"),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b/'", "CREATE_TABLE", "DDL"),
        ("CREATE SCHEMA s", "CREATE_DATABASE", "DDL"),
        ("DROP TABLE t", "DROP_TABLE", "DDL"),
        # As recorded on AWS (aoyagikouhei/athena-local, docs/dev/measurements/result-files.md).
        ("ALTER TABLE t ADD COLUMNS (a int)", "ALTER_TABLE_ADD_COLUMN", "DDL"),
        ("ALTER TABLE t REPLACE COLUMNS (a int)", "ALTER_TABLE_REPLACE_COLUMN", "DDL"),
        ("ALTER TABLE t CHANGE COLUMN a b int", "ALTER_TABLE_CHANGE_COLUMN", "DDL"),
        ("ALTER TABLE t DROP COLUMN a", "ALTER_TABLE_DROP_COLUMN", "DDL"),
        ("ALTER TABLE t RENAME TO u", "ALTER_TABLE_RENAME", "DDL"),
        ("ALTER TABLE t SET TBLPROPERTIES ('a' = 'b')", "ALTER_TABLE_PROPERTIES", "DDL"),
        ("ALTER TABLE t SET LOCATION 's3://b/'", "ALTER_TABLE_SET_LOCATION", "DDL"),
        ("ALTER TABLE t ADD PARTITION (p = 'a')", "ALTER_TABLE_ADD_PARTITION", "DDL"),
        ("ALTER TABLE t DROP PARTITION (p = 'a')", "ALTER_TABLE_DROP_PARTITION", "DDL"),
        ("SHOW TBLPROPERTIES t", "SHOW_TABLE_PROPERTIES", "UTILITY"),
        ("MSCK REPAIR TABLE t", "MSCK_REPAIR", "DDL"),
        ("SHOW TABLES", "SHOW_TABLES", "UTILITY"),
        ("desc t", "DESCRIBE_TABLE", "UTILITY"),
        ("EXPLAIN SELECT 1", "EXPLAIN", "DML"),
        ("EXECUTE p USING 1, 'a, b', ARRAY[1, 2]", "EXECUTE", "DML"),
        ("PREPARE p FROM SELECT ?", "PREPARE", "UTILITY"),
        ("DEALLOCATE PREPARE p", "DEALLOCATE", "UTILITY"),
    ],
)
def test_kinds(sql: str, kind: str, statement_type: str) -> None:
    statement = parse_statement(sql)
    assert (statement.kind, statement.type) == (kind, statement_type)


@pytest.mark.parametrize("end", ["", ";", " ; ", " -- done\n;", " /* x */ ;\n;", " -- ; "])
def test_what_closes_a_statement_is_left_out(end: str) -> None:
    assert parse_statement(f"SELECT ';--' AS a{end}").text == "SELECT ';--' AS a"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (";SELECT 1", "SELECT 1"),
        ("\n\nSELECT 1\t;\r\n", "SELECT 1"),
        ("SELECT 1; ;", "SELECT 1"),
        ("-- c\nSELECT\n  1 ;\n", "-- c\nSELECT\n  1"),
        ("SELECT 1 -- a;b", "SELECT 1 -- a;b"),
    ],
)
def test_what_is_shown_of_a_text(sent: str, shown: str) -> None:
    # As recorded on AWS (aoyagikouhei/athena-local, docs/dev/measurements/statements.md).
    assert parse_statement(sent).sql == shown


def test_arguments_of_execute() -> None:
    statement = parse_statement("EXECUTE p USING 1, 'a, b', ARRAY[1, 2]")
    assert isinstance(statement.body, Execute)
    assert statement.body.name == "p"
    assert statement.body.arguments == ("1", "'a, b'", "ARRAY[1, 2]")


def test_a_leading_comment_keeps_positions() -> None:
    statement = parse_statement("-- one\n/* two */ SELECT 1")
    assert statement.text == "      \n          SELECT 1"


def test_bound_values_are_literals() -> None:
    assert bind("SELECT ?, '?', ?", ["1", "it's"]) == "SELECT 1, '?', 'it''s'"
    assert bind("SELECT ?", ["DATE '2020-01-01'"]) == "SELECT DATE '2020-01-01'"
    assert bind("SELECT ?, ?", ["'?'", "2"]) == "SELECT '?', 2"
