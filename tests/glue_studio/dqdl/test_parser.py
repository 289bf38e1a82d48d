"""The rules here are those of the public DQDL reference, each with what it must mean."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_studio.dqdl import (
    Arithmetic,
    Call,
    Composite,
    Condition,
    DqdlError,
    Duration,
    Keyword,
    Label,
    Now,
    Number,
    Offset,
    Rule,
    Size,
    Tag,
    Text,
    parse,
)


def _rule(text: str) -> Rule:
    (rule,) = parse(f"Rules = [ {text} ]").rules
    assert isinstance(rule, Rule)
    return rule


def _number(value: str) -> Number:
    return Number(Decimal(value))


def _condition(text: str) -> Condition:
    condition = _rule(text).condition
    assert condition is not None
    return condition


@pytest.mark.parametrize(
    ("text", "operator", "operands"),
    [
        ("RowCount > 0", ">", (_number("0"),)),
        ('Completeness "a" >= 0.95', ">=", (_number("0.95"),)),
        ('ColumnValues "a" < -1.5', "<", (_number("-1.5"),)),
        ('ColumnValues "a" != "x"', "!=", (Text("x"),)),
        ('ColumnValues "a" <= "2022-06-30"', "<=", (Text("2022-06-30"),)),
        ('Mean "a" between 8 and 100', "between", (_number("8"), _number("100"))),
        ('Mean "a" not between 8 and 100', "not between", (_number("8"), _number("100"))),
        ('ColumnValues "a" in [ 1, 2 ]', "in", (_number("1"), _number("2"))),
        ('ColumnValues "a" not in [ "x" ]', "not in", (Text("x"),)),
        ('ColumnValues "a" matches "[a-z]*"', "matches", (Text("[a-z]*"),)),
        ('ColumnValues "a" not matches "\\d+"', "not matches", (Text("\\d+"),)),
        ('ColumnValues "a" = NULL', "=", (Keyword("NULL"),)),
        (
            'ColumnValues "a" in [null, EMPTY, WHITESPACES_ONLY]',
            "in",
            (Keyword("NULL"), Keyword("EMPTY"), Keyword("WHITESPACES_ONLY")),
        ),
        ('ColumnDataType "a" = "Timestamp"', "=", (Text("Timestamp"),)),
        ('DataFreshness "d" <= 24 hours', "<=", (Duration(Decimal(24), "hours"),)),
        (
            'DataFreshness "d" between 2 days and 5 days',
            "between",
            (Duration(Decimal(2), "days"), Duration(Decimal(5), "days")),
        ),
        ('ColumnValues "d" > (now() - 3 days)', ">", (Offset("-", Duration(Decimal(3), "days")),)),
        (
            'FileFreshness "s3://b/" between (now() - 45 minutes) and now()',
            "between",
            (Offset("-", Duration(Decimal(45), "minutes")), Now()),
        ),
        (
            'FileFreshness "s3://b/" between "9:30 AM" and "22:15"',
            "between",
            (Text("9:30 AM"), Text("22:15")),
        ),
        ('FileSize "s3://b/f.dat" > 2 MB', ">", (Size(Decimal(2), "MB"),)),
        ('FileSize "s3://b/f.dat" > 2MB', ">", (Size(Decimal(2), "MB"),)),
        ("RowCount > last()", ">", (Call("last", ()),)),
        (
            "RowCount > avg(last(10))",
            ">",
            (Call("avg", (Call("last", (_number("10"),)),)),),
        ),
        (
            "RowCount > index(last(3), 0)",
            ">",
            (Call("index", (Call("last", (_number("3"),)), _number("0"))),),
        ),
        (
            'DistinctValuesCount "a" between min(last(10))-1 and max(last(10))+1',
            "between",
            (
                Arithmetic("-", Call("min", (Call("last", (_number("10"),)),)), _number("1")),
                Arithmetic("+", Call("max", (Call("last", (_number("10"),)),)), _number("1")),
            ),
        ),
        (
            "RowCount > 2 * 3 + 1",
            ">",
            (Arithmetic("+", Arithmetic("*", _number("2"), _number("3")), _number("1")),),
        ),
        (
            "RowCount > 2 * (3 + 1)",
            ">",
            (Arithmetic("*", _number("2"), Arithmetic("+", _number("3"), _number("1"))),),
        ),
    ],
)
def test_each_condition_of_the_reference(
    text: str, operator: str, operands: tuple[object, ...]
) -> None:
    assert _condition(text) == Condition(operator, operands)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("ColumnCount = 10", ()),
        ('AggregateMatch "avg(rating)" "avg(reference.rating)" >= 0.95', ("avg(rating)", "avg(reference.rating)")),
        ('ColumnCorrelation "h" "w" > 0.8', ("h", "w")),
        ('ColumnCorrelation of "h" and "w" > 0.8', ("h", "w")),
        ('ColumnExists "a"', ("a",)),
        ('ColumnLength "a" = 5', ("a",)),
        ('ColumnNamesMatchPattern "aws_.*"', ("aws_.*",)),
        ('CustomSql "select count(*) from primary" between 10 and 20', ("select count(*) from primary",)),
        ('CustomSql "select a from primary where a > 3"', ("select a from primary where a > 3",)),
        ("Completeness of a between 0.5 and 0.8", ("a",)),
        ('ColumnCorrelation of a and "b c" > 0.8', ("a", "b c")),
        ("DetectAnomalies of RowCount", ("RowCount",)),
        ('IsUnique "a" "b"', ("a", "b")),
        ('Uniqueness "a" "b" = 1', ("a", "b")),
        ('Variance "a" < 1.5', ("a",)),
        ('DatasetMatch "reference" "id1,id2" >= 0.9', ("reference", "id1,id2")),
        ('DatasetMatch "reference" "a->b" "c->d" = 1.0', ("reference", "a->b", "c->d")),
        ('DetectAnomalies "RowCount"', ("RowCount",)),
        ('DetectAnomalies "Completeness" "a"', ("Completeness", "a")),
        ('Entropy "a" > 1', ("a",)),
        ('FileMatch "s3://a/" "s3://b/"', ("s3://a/", "s3://b/")),
        ('FileMatch "s3://a/" in ["3ee0"]', ("s3://a/",)),
        ("FileUniqueness > 0.5", ()),
        ('IsComplete "a"', ("a",)),
        ("IsComplete att2", ("att2",)),
        ('IsPrimaryKey "a" "b" "c"', ("a", "b", "c")),
        ('IsUnique "a"', ("a",)),
        ('ReferentialIntegrity "{a,b}" "reference.{c,d}" = 1.0', ("{a,b}", "reference.{c,d}")),
        ('RowCountMatch "reference" >= 0.9', ("reference",)),
        ('SchemaMatch "reference" = 1.0', ("reference",)),
        ('StandardDeviation "a" < 1.5', ("a",)),
        ('Sum "a" > 500', ("a",)),
        ('Uniqueness "a" = 1.0', ("a",)),
        ('UniqueValueRatio "a" between 0 and 0.5', ("a",)),
        ('IsComplete "a \\"quoted\\" \\\\ name"', ('a "quoted" \\ name',)),
    ],
)  # fmt: skip
def test_each_rule_type_keeps_its_parameters(text: str, parameters: tuple[str, ...]) -> None:
    rule = _rule(text)
    assert rule.parameters == parameters
    assert rule.type == text.split(maxsplit=1)[0]
    assert rule.text == text


def test_where_comes_before_the_threshold() -> None:
    rule = _rule('ColumnValues "b" in ["A"] where "c is not null" with threshold > 0.9')
    assert rule.where == "c is not null"
    assert rule.threshold == Condition(">", (_number("0.9"),))


def test_threshold_may_be_a_range() -> None:
    rule = _rule('ColumnValues "a" matches "[a-z]*" with threshold between 0.2 and 0.9')
    assert rule.threshold == Condition("between", (_number("0.2"), _number("0.9")))


def test_options_of_file_rules_are_tags() -> None:
    rule = _rule(
        'FileSize "s3://b/" > 5 B with recentFiles = 5 with uriRegex = "\\.dat$" '
        'with filterOrder = ["uriRegex","recentFiles"] with threshold > 0.7'
    )
    assert rule.tags == (
        Tag("recentFiles", Condition("=", (_number("5"),))),
        Tag("uriRegex", Condition("=", (Text("\\.dat$"),))),
        Tag("filterOrder", Condition("in", (Text("uriRegex"), Text("recentFiles")))),
    )
    assert rule.threshold is not None


def test_composites_nest_and_and_binds_tighter() -> None:
    ruleset = parse(
        'Rules = [ (RowCount > 0) or ((IsComplete "a") and (IsUnique "a")),'
        ' (IsComplete "a") or (IsComplete "b") AND (IsComplete "c") ]'
    )
    nested, flat = ruleset.rules
    assert isinstance(nested, Composite)
    assert nested.operator == "or"
    inner = nested.rules[1]
    assert isinstance(inner, Composite)
    assert (inner.operator, len(inner.rules)) == ("and", 2)
    assert isinstance(flat, Composite)
    assert [type(part) for part in flat.rules] == [Rule, Composite]
    assert [rule.type for rule in ruleset.every_rule()] == [
        "RowCount", "IsComplete", "IsUnique", "IsComplete", "IsComplete", "IsComplete",
    ]  # fmt: skip
    assert nested.text == '(RowCount > 0) or ((IsComplete "a") and (IsUnique "a"))'


def test_labels_of_ruleset_rule_and_composite() -> None:
    ruleset = parse(
        'DefaultLabels=["frequency"="monthly"]\n'
        'Rules = [ RowCount > 0 with threshold > 0.8 labels=["foo"="bar"],\n'
        '  (IsComplete "c" AND RowCount > 0) labels=["foo"=""], (IsUnique "c") labels=["x"="y"] ]'
    )
    assert ruleset.default_labels == (Label("frequency", "monthly"),)
    assert [rule.labels for rule in ruleset.rules] == [
        (Label("foo", "bar"),),
        (Label("foo", ""),),
        (Label("x", "y"),),
    ]


def test_metadata_and_data_sources_come_first() -> None:
    ruleset = parse(
        'Metadata = { "Version": "1.0" }\n'
        'DataSources = { "Primary": "orders", "AdditionalDataSources": [ "a", "b" ] }\n'
        'limit = "x" DefaultLabels = ["k"="v"] Rules = [ IsUnique "a" ] Analyzers = [ ]'
    )
    assert [rule.text for rule in ruleset.rules] == ['IsUnique "a"']


def test_labels_may_come_before_the_threshold() -> None:
    rule = _rule('ColumnValues "a" > 0 labels=["k"="v"] with threshold > 0.8')
    assert rule.labels == (Label("k", "v"),)
    assert rule.threshold == Condition(">", (_number("0.8"),))


def test_constants_stand_for_what_they_were_given() -> None:
    ruleset = parse(
        'mySql = "select count(*) from primary"\nallowed = ["A", "B"]\nlimit = 3\n'
        'Rules = [ CustomSql $mySql between 0 and 100, ColumnValues "a" in $allowed,'
        " RowCount > $limit ]"
    )
    first, second, third = ruleset.every_rule()
    assert first.parameters == ("select count(*) from primary",)
    assert second.condition == Condition("in", (Text("A"), Text("B")))
    assert third.condition == Condition(">", (_number("3"),))


def test_analyzers_alone_and_with_options() -> None:
    ruleset = parse(
        'Analyzers = [ RowCount, ColumnLength "n", AllStatistics "n",'
        ' Distribution "s" with bins = 20, rebin = false, Completeness "n" ]'
    )
    assert ruleset.rules == ()
    assert [analyzer.type for analyzer in ruleset.analyzers] == [
        "RowCount", "ColumnLength", "AllStatistics", "Distribution", "Completeness",
    ]  # fmt: skip
    assert [tag.name for tag in ruleset.analyzers[3].tags] == ["bins", "rebin"]


def test_comments_are_ignored_and_lines_counted() -> None:
    ruleset = parse(
        'Rules = [ # the first\n  IsComplete # a comment\n  "a",\n\n  IsUnique "a # no comment"\n]'
    )
    assert [rule.line for rule in ruleset.rules] == [2, 5]
    assert [rule.text for rule in ruleset.rules] == ['IsComplete "a"', 'IsUnique "a # no comment"']


def test_an_empty_list_is_a_ruleset() -> None:
    assert parse("Rules = []").rules == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: there is no list of rules; write Rules = [ … ]."),
        ("Rules = [", 'expected a rule, for example IsComplete "column", found the end'),
        ("rules = [ RowCount > 0 ]", "rules is written Rules."),
        ('Rules = [ IsComplete "a" IsUnique "a" ]', "expected a comma or the closing bracket ], found IsUnique."),
        ("Rules = [ RowCount > 0 IsUnique ]", "expected a comma or the closing bracket ]"),
        ("Rules = [ RowCount > 0, ]", "remove the comma"),
        ("Rules = [ RowCount > 0 ] Rules = [ ]", "there is a second Rules; keep one."),
        ('Rules = [ isComplete "a" ]', "there is no rule type isComplete; did you mean IsComplete?"),
        ('Rules = [ ISUNIQUE "a" ]', "did you mean IsUnique?"),
        ("Rules = [ Xyzzy ]", "there is no rule type Xyzzy; see the DQDL reference."),
        ("Rules = [ IsComplete ]", "IsComplete takes 1 parameter(s), not 0."),
        ("Rules = [ IsPrimaryKey ]", "IsPrimaryKey takes 1 to any number parameter(s), not 0."),
        ("Rules = [ RowCount ]", "RowCount needs a condition, for example > 0."),
        ('Rules = [ IsComplete "a" > 0.9 ]', "IsComplete takes no condition; remove it."),
        ('Rules = [ IsComplete "a" with threshold > 0.9 ]', "IsComplete takes no threshold"),
        ('Rules = [ ColumnCount > 3 where "a > 1" ]', "ColumnCount takes no where clause"),
        ('Rules = [ IsUnique "a" where "b" where "c" ]', "IsUnique has two where clauses"),
        (
            'Rules = [ ColumnValues "a" > 1 with threshold > 1 with threshold > 1 ]',
            "ColumnValues has two thresholds",
        ),
        ('Rules = [ IsUnique "a" where b ]', "expected a condition in double quotes, found b."),
        ('Rules = [ AllStatistics "a" ]', "it belongs in the list Analyzers"),
        ('Analyzers = [ IsUnique "a" ]', "it belongs in the list Rules"),
        ("Analyzers = [ RowCount > 3 ]", "an analyzer has no condition"),
        ('Rules = [ IsComplete "a ]', "column 22: this quote is never closed"),
        ("Rules = [ IsComplete 'a' ]", "texts stand in double quotes"),
        ("Rules = [ RowCount ! 0 ]", "'!' stands only before '='"),
        ("Rules = [ RowCount > 0; ]", "DQDL has no use for ';'"),
        ("Rules = [ RowCount > ]", "expected a value"),
        ("Rules = [ RowCount > many ]", 'a text stands in double quotes: "many"'),
        ("Rules = [ RowCount > mean(last(3)) ]", "there is no function mean"),
        ("Rules = [ RowCount > avg(last(3) ]", "expected a comma or the closing parenthesis"),
        ('Metadata = { "Author": "me" } Rules = []', "Metadata has Version alone."),
        ("Metadata = { } Rules = []", "expected Version in double quotes"),
        ('DataSources = { "Primary": [ "a" ] } Rules = []', "expected the Primary in double quotes"),
        ('DataSources = { "AdditionalDataSources": "a" } Rules = []', 'expected [, found "a"'),
        ('Rules = [] Metadata = { "Version": "1" }', "Metadata stands too late"),
        ('DefaultLabels = ["a"="b"] limit = "x" Rules = []', "limit stands too late"),
        ("Analyzers = [] Rules = []", "Rules stands too late"),
        ("Rules = [ RowCount between 1 ]", "between needs two values joined by and."),
        ("Rules = [ RowCount not 1 ]", "expected a condition, for example > 0"),
        ('Rules = [ ColumnValues "a" in [] ]', "the list is empty"),
        ('Rules = [ ColumnValues "a" > "x" + 1 ]', "only numbers are calculated with"),
        ("Rules = [ CustomSql $sql > 0 ]", "no constant sql is defined above"),
        ('a = ["x"] Rules = [ CustomSql $a > 0 ]', "constant a is not a text"),
        ('a = ["x"] Rules = [ RowCount > $a ]', "constant a is a list"),
        ('a = "x" Rules = [ ColumnValues "b" in $a ]', "constant a is not a list"),
        ('Rules = [ (IsUnique "a" ]', "expected and, or, or the closing parenthesis )"),
        ('Rules = [ IsUnique "a" labels=[""="b"] ]', "the key of a label is empty"),
        (
            "DefaultLabels=[" + ",".join(f'"{i}"="x"' for i in range(11)) + "] Rules = []",
            "a rule has at most 10 labels, not 11.",
        ),
        ("Rules = [ " + "(" * 500 + "RowCount > 0" + ")" * 500 + " ]", "nest deeper than 100"),
        ("Rules = [ RowCount > " + "(" * 500 + "1" + ")" * 500 + " ]", "nest deeper than 100"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text: str, message: str) -> None:
    with pytest.raises(DqdlError) as raised:
        parse(text)
    assert message in str(raised.value)
    assert str(raised.value).startswith(f"line {raised.value.line}, column {raised.value.column}: ")


@given(st.text(alphabet=st.sampled_from('Rules=[]()",#\\ \nabIsUnique12.<>!$-+and')))
def test_any_text_is_a_ruleset_or_a_dqdl_error(text: str) -> None:
    # Another exception than DqdlError fails the test.
    with contextlib.suppress(DqdlError):
        assert len(parse("Rules = [" + text).default_labels) <= 10


@given(st.text(min_size=1))
def test_any_text_survives_as_a_parameter(value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    assert _rule(f'IsUnique "{escaped}"').parameters == (value,)


def test_many_backslashes_do_not_slow_the_reader_down() -> None:
    # A quote that never closes after many escapes once cost exponential time in such patterns.
    with pytest.raises(DqdlError):
        parse('Rules = [ IsUnique "' + "\\\\" * 5_000)
