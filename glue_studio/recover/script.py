"""A generated script taken apart: its header, and one block of statements a node.

The script is parsed and never run. Blocks are told by the comments that Glue Studio writes.
"""

import ast
import re
from bisect import bisect, bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import dedent

from glue_studio.errors import RecoverError
from glue_studio.names import prefix
from glue_studio.nodes import HELPERS, OLDER_HELPERS
from glue_studio.nodes.custom import definition_text
from glue_studio.nodes.reading import Source, dotted_name, parse_python, unparsed
from glue_studio.nodes.settings import outdented
from glue_studio.script.header import DEFAULT_RULESET, IMPORTS, SESSION

COMMENT = "# Script generated for node"
# Until 2021 four comments stood before a node, without its name: it is called after its variable.
_OLDEST_COMMENT = "## @type: "
_RESULT = "## @return: "
_CUSTOM_ARGUMENTS = ["glueContext", "dfc"]
_ID = re.compile(r"node[0-9]+\Z")
_ID_AT_END = re.compile(r"_(node[0-9]+)\Z")
_QUERY = re.compile(r"SqlQuery[0-9]*\Z")
_LEADS_UP = re.compile(r"SqlQuery[0-9]*\Z|\w+(_ruleset|_df|DF)\Z")
_ON_THE_WAY = re.compile(r"_(node[0-9]+)(?:_df|_ruleset|DF)\Z")


@dataclass(frozen=True)
class Definition:
    """A custom function of the header.

    Attributes:
        node_name: from the comment before it.
        statement: the function.
        code: its body without indentation, None where a custom transform could not hold it.
    """

    node_name: str
    statement: ast.FunctionDef
    code: str | None

    @property
    def name(self) -> str:
        """The function's."""
        return self.statement.name

    @property
    def line(self) -> int:
        """1-based line of the function."""
        return self.statement.lineno


@dataclass(frozen=True)
class HeaderItem:
    """A statement before the first node that no script has by itself.

    Attributes:
        statement: what it is.
        names: what it binds; empty for one that only does something.
        helper: the helper function of Glue Studio that it is a part of, unchanged; or empty.
    """

    statement: ast.stmt
    names: tuple[str, ...]
    helper: str = ""


@dataclass(frozen=True)
class RawBlock:
    """The statements of one node.

    Attributes:
        name: from the comment before it, or from the variable where there is none.
        line: 1-based line of the comment, or of the first statement.
        statements: what follows, up to the next node.
        has_comment: whether the comment is there.
    """

    name: str
    line: int
    statements: tuple[ast.stmt, ...]
    has_comment: bool = True


@dataclass(frozen=True)
class Script:
    """A generated script, taken apart.

    Attributes:
        source: its text, with line feeds only.
        items: the header's statements beyond those of every script, definitions not among them.
        definitions: custom functions, in the order of the header.
        functions: the order of the header: names of helpers, and `Definition`s.
        blocks: one for each node.
    """

    source: Source
    items: tuple[HeaderItem, ...]
    definitions: tuple[Definition, ...]
    functions: tuple[str | Definition, ...]
    blocks: tuple[RawBlock, ...]


def parse_script(text: str) -> Script:
    """Take a script apart.

    Raises:
        RecoverError: the text is not Python, not a Glue script, or not one that Glue Studio generated.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    statements = _parse(text).body
    imports = [statement for statement in statements if isinstance(statement, ast.ImportFrom)]
    if not any((statement.module or "").startswith("awsglue") for statement in imports):
        raise RecoverError(
            "The text is not a Glue script: it imports nothing from awsglue; "
            "give the script of a Glue job."
        )
    if ".forEachBatch" in text:
        _refuse_streaming(statements)
    source = Source(text)
    comments = _comments(source, statements, COMMENT)
    if not comments:
        comments = [
            (line, _result_of(source, line) or kind)
            for line, kind in _comments(source, statements, _OLDEST_COMMENT)
        ]
    has_comments = bool(comments)
    if not has_comments:
        comments = _first_node(source, statements)
    header, definitions, blocks = _split(source, statements, comments)
    if not has_comments:
        blocks[0] = replace(blocks[0], has_comment=False)
    header, blocks = _with_queries(header, blocks)
    items = [item for statement in header for item in _header_item(statement)]
    starts: list[tuple[int, str | Definition]] = [
        (definition.line, definition) for definition in definitions
    ]
    starts += [(item.statement.lineno, item.helper) for item in items if item.helper]
    starts.sort(key=lambda start: start[0])
    functions = tuple(dict.fromkeys(function for _, function in starts))
    return Script(source, tuple(items), tuple(definitions), functions, tuple(blocks))


def variable_of(block: RawBlock) -> str:
    """The variable that holds a block's result, empty where none can be told."""
    start = prefix(block.name) + "_"
    targets = [name for statement in block.statements for name in _targets(statement)]
    own = [name for name in targets if name.startswith(start)]
    for name in own:
        if _ID.match(name[len(start) :]):
            return name
    for name in own:
        if not name.endswith(("_ruleset", "_df", "DF")):
            return name
    numbered = [name for name in targets if _ID_AT_END.search(name)]
    if numbered or not targets:
        return (numbered or [""])[-1]
    # A name of a person's own, or of the oldest era: what the block ends with, or the one result.
    called = {
        name
        for statement in block.statements
        if isinstance(getattr(statement, "value", None), ast.Call)
        for name in _targets(statement)
        if not _LEADS_UP.match(name)
    }
    return (list(_targets(block.statements[-1])) or [*called] * (len(called) == 1) or [""])[-1]


def node_id_of(block: RawBlock, variable: str) -> str:
    """The id of a block's node, from what it sets; empty where none can be told."""
    start = prefix(block.name) + "_"
    match = _ID_AT_END.search(variable)
    if not match and not variable.startswith(start):
        names = [name for statement in block.statements for name in _targets(statement)]
        matches = [_ON_THE_WAY.search(name) for name in names if name.startswith(start)]
        match = next(filter(None, matches), None)
    suffix = variable[len(start) :] if variable.startswith(start) else ""
    if match:
        suffix = match[1]
    if suffix.startswith("node") and len(suffix) > len("node"):
        return f"node-{suffix.removeprefix('node')}"
    return "" if suffix == "node" else suffix  # what is left of an id whose number was cut off


def _parse(text: str) -> ast.Module:
    try:
        return parse_python(text)
    except SyntaxError as error:
        raise RecoverError(
            f"The script is not Python 3: {error.msg}; repair it first.", error.lineno or 0
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise RecoverError(
            "The text is not a script: it holds null bytes or nests too deep."
        ) from None


def _refuse_streaming(statements: Sequence[ast.stmt]) -> None:
    """Refuse the script of a streaming job, whose nodes stand in a function for each batch."""
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and dotted_name(node.func).endswith(".forEachBatch"):
                raise RecoverError(
                    "the script is that of a streaming job, and the graph of a streaming job cannot "
                    "be recovered: the text that Glue Studio generates for streams is not known.",
                    node.lineno,
                )


def _comments(source: Source, statements: Sequence[ast.stmt], start: str) -> list[tuple[int, str]]:
    """Line and rest of each comment with this start that stands between statements."""
    inside = [(first_line(statement), statement.end_lineno or 0) for statement in statements]
    found = []
    position = 0
    for number in range(1, source.line_count + 1):
        line = source.lines(number, number)
        if not line.startswith(start):
            continue
        while position < len(inside) and inside[position][1] < number:
            position += 1
        if position < len(inside) and inside[position][0] <= number:
            continue  # within a text or a call
        found.append((number, line.removeprefix(start).removeprefix(" ")))
    return found


def _result_of(source: Source, line: int) -> str:
    """The variable that the comments of the oldest era name for a node's result."""
    for number in range(line, source.line_count + 1):
        comment = source.lines(number, number)
        if comment.startswith(_RESULT):
            return comment.removeprefix(_RESULT).strip()
        if not comment.startswith("##"):
            break
    return ""


def _with_queries(
    header: Sequence[ast.stmt], blocks: Sequence[RawBlock]
) -> tuple[list[ast.stmt], list[RawBlock]]:
    """SQL queries moved from the header, where the oldest era had them, to the nodes they are of."""
    if not any(_QUERY.match("".join(_targets(statement))) for statement in header):
        return list(header), list(blocks)
    readers = {
        node.id: block
        for block in reversed(blocks)
        for statement in block.statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and _QUERY.match(node.id)
    }
    left, moved = [], dict(zip(blocks, blocks, strict=True))
    for statement in header:
        block = readers.get("".join(_targets(statement)))
        if block is None:
            left.append(statement)
        else:
            moved[block] = replace(moved[block], statements=(statement, *moved[block].statements))
    return left, list(moved.values())


def _first_node(source: Source, statements: Sequence[ast.stmt]) -> list[tuple[int, str]]:
    """The line before the first node, and its name, where all comments were removed.

    Raises:
        RecoverError: no variable is one of Glue Studio's.
    """
    lead = 0
    for at, statement in enumerate(statements):
        match = _ID_AT_END.search("".join(_targets(statement)))
        if match:
            return [(first_line(statements[lead]) - 1, match.string[: match.start()])]
        if not _leads_up(statement):
            lead = at + 1
    raise _no_comments(source)


def _no_comments(source: Source) -> RecoverError:
    for number in range(1, source.line_count + 1):
        if source.lines(number, number).lstrip().startswith(COMMENT):
            return RecoverError(
                "the nodes stand inside a function or a loop, so the script is no longer the one "
                "that Glue Studio generated; move them to the left margin.",
                number,
            )
    return RecoverError(
        f"The script has no comment '{COMMENT} …' and no variable like Filter_node1, so Glue Studio "
        "did not generate it, or too much was removed; only a script with some can be recovered."
    )


def _split(
    source: Source, statements: Sequence[ast.stmt], comments: Sequence[tuple[int, str]]
) -> tuple[list[ast.stmt], list[Definition], list[RawBlock]]:
    header: list[ast.stmt] = []
    definitions: list[Definition] = []
    blocks: list[RawBlock] = []
    variables: set[str] = set()
    ends = [line for line, _ in comments[1:]] + [source.line_count + 1]
    starts = [first_line(statement) for statement in statements]
    header += statements[: bisect(starts, comments[0][0])]
    for (line, name), end in zip(comments, ends, strict=True):
        under = list(statements[bisect(starts, line) : bisect_left(starts, end)])
        if under and _is_custom(under[0]):
            after = first_line(under[1]) if len(under) > 1 else end
            definitions.append(_definition(source, name, under[0], after))
            if blocks:
                raise RecoverError(
                    "a custom function stands after a node; move it to the header.", line
                )
            header += under[1:]
        else:
            if not blocks:
                header, blocks = _without_nodes(header, variables)
            under = [item for item in under if unparsed(item) != "job.commit()"]
            blocks += _parted(RawBlock(name, line, tuple(under)), variables)
    if not blocks:
        header, blocks = _without_nodes(header, variables)
    if not blocks:
        raise RecoverError("The script has no node after its header.")
    for statement in header:
        if _is_custom(statement):  # its comment was removed
            end = (statement.end_lineno or statement.lineno) + 1
            definitions.append(_definition(source, "", statement, end))
    return [item for item in header if not _is_custom(item)], definitions, blocks


def _without_nodes(
    header: list[ast.stmt], variables: set[str]
) -> tuple[list[ast.stmt], list[RawBlock]]:
    """A header, and the nodes at its end, where the comment of the script's first one is gone.

    What tells a node from a person's own statement: it calls `glueContext`, or its variable stands
    in its text once more, as its context.
    """
    lead = 0
    for at, statement in enumerate(header):
        variable = "".join(_targets(statement))
        match = _ID_AT_END.search(variable)
        if match and (
            unparsed(statement).startswith(f"{variable} = glueContext.")
            or any(getattr(part, "value", None) == variable for part in ast.walk(statement))
        ):
            rest = tuple(item for item in header[lead:] if unparsed(item) != "job.commit()")
            name, line = variable[: match.start()], first_line(rest[0])
            block = RawBlock(name, line, rest, has_comment=False)
            return header[:lead], list(_parted(block, variables))
        if not _leads_up(statement):
            lead = at + 1
    return header, []


def _parted(block: RawBlock, variables: set[str]) -> Iterator[RawBlock]:
    """A block, and one for each node in it whose own comment was removed.

    Args:
        block: what stands under one comment.
        variables: those of the nodes before it; the block's own are added.
    """
    statements = block.statements
    lead = 0
    own = ""
    for at, statement in enumerate(statements):
        variable = "".join(_targets(statement))
        match = _ID_AT_END.search(variable)
        if match and variable not in variables:
            variables.add(variable)
            if own:
                start = len(statements) - len(block.statements)
                yield replace(block, statements=statements[start:lead])
                name, line = variable[: match.start()], first_line(statements[lead])
                block = RawBlock(name, line, statements[lead:], has_comment=False)
            own = variable
        if not _leads_up(statement):
            lead = at + 1
    yield block


def _leads_up(statement: ast.stmt) -> bool:
    """Whether a statement is of those that stand before the one which sets a node's variable."""
    if isinstance(statement, ast.Assign):
        return bool(_LEADS_UP.match("".join(_targets(statement))))
    text = unparsed(statement)
    return text.startswith("EvaluateDataQuality().process_rows(") or (
        isinstance(statement, ast.If) and ".coalesce(" in text
    )


def _is_custom(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.FunctionDef)
        and [argument.arg for argument in statement.args.args] == _CUSTOM_ARGUMENTS
    )


def _definition(source: Source, node_name: str, function: ast.stmt, end: int) -> Definition:
    """A custom function; its text goes on to the next thing, comments at its end included."""
    assert isinstance(function, ast.FunctionDef)  # noqa: S101 - `_is_custom` saw to it
    text = source.lines(function.lineno, end - 1)
    first, _, body = text.partition("\n")
    if not source.is_newest:
        body = body.rstrip("\n")  # blank lines of a formatter
    code = outdented(body) if first.rstrip().endswith(":") else None
    if code is None:
        code = _laid_out(function, body)
    return Definition(node_name, function, None if function.decorator_list else code)


def _laid_out(function: ast.FunctionDef, body: str) -> str | None:
    """The body of a function that is not moved in by four: by tabs, or on the line of its name."""
    expected = [ast.dump(statement) for statement in function.body]
    plain = "\n".join(unparsed(statement) for statement in function.body)
    return next((code for code in (dedent(body), plain) if body_dumps(code) == expected), None)


def body_dumps(code: str) -> list[str]:
    """The statements of a custom transform with this code; none if it is not the body of a function.

    They need not be those of the code alone: a text over several lines is moved in with the rest,
    and so is another text.
    """
    try:
        function = parse_python(definition_text("f", code)).body[0]
    except SyntaxError:
        return []
    return [ast.dump(statement) for statement in getattr(function, "body", [])]


def _header_item(statement: ast.stmt) -> Iterator[HeaderItem]:
    dump = ast.dump(statement)
    if dump in _EVERY_SCRIPT:
        return
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return  # a description of the file
    yield HeaderItem(statement, tuple(_bound(statement)), _HELPER_PARTS.get(dump, ""))


def _bound(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.Import() | ast.ImportFrom():
            for alias in statement.names:
                yield alias.asname or alias.name.split(".")[0]
        case ast.FunctionDef() | ast.ClassDef():
            yield statement.name
        case _:
            yield from _targets(statement)


def _targets(statement: ast.stmt) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                yield part.id


def first_line(statement: ast.stmt) -> int:
    """1-based line at which a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _dumps(text: str) -> list[str]:
    return [ast.dump(statement) for statement in ast.parse(text).body]


_EVERY_SCRIPT = frozenset(_dumps(IMPORTS + SESSION))
_HELPER_PARTS = {
    dump: helper.name for helper in (*HELPERS, *OLDER_HELPERS) for dump in _dumps(helper.text)
}
DEFAULT_RULESET_DUMP = _dumps(DEFAULT_RULESET)[0]
