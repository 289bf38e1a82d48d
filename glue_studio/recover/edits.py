"""Edited blocks of a script, turned into custom transforms that do what the edit does."""

import ast
import builtins
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from glue_studio.errors import RecoverError
from glue_studio.model import Node
from glue_studio.names import prefix
from glue_studio.nodes.reading import Block, dotted_name, unparsed
from glue_studio.recover.likeness import computed, with_texts
from glue_studio.recover.script import HeaderItem, Script, body_dumps, first_line
from glue_studio.script.header import IMPORTS, SESSION

_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Uses:
    """The uses of the names of a script: a block is told by its place.

    Attributes:
        read: Name to the last block that reads it.
        selected: Name to the last block that selects from it, so that it is a collection.
        helping: Name to the blocks that set it beside their own variable.
    """

    read: Mapping[str, int]
    selected: Mapping[str, int]
    helping: Mapping[str, frozenset[int]]

    @classmethod
    def of(cls, blocks: Sequence[Sequence[ast.stmt]], variables: Sequence[str]) -> "Uses":
        """The uses in these blocks, whose own variables are given."""
        read: dict[str, int] = {}
        selected: dict[str, int] = {}
        helping: dict[str, frozenset[int]] = {}
        own = set(variables)
        for place, statements in enumerate(blocks):
            read.update(dict.fromkeys(names_read(statements), place))
            for name in set(_names(statements, ast.Store)) - own:
                helping[name] = helping.get(name, frozenset()) | {place}
            for node in _walk(statements):
                if isinstance(node, ast.keyword) and node.arg == "dfc":
                    selected[getattr(node.value, "id", "")] = place
        return cls(read, selected, helping)


@dataclass(frozen=True)
class Surroundings:
    """What an edited block may refer to.

    Attributes:
        script: the script.
        place: the block's place in it.
        uses: who uses the names of the script.
        constants: names that the header sets to a text, to that text.
        taken: node ids and class names in use.
    """

    script: Script
    place: int
    uses: Uses
    constants: Mapping[str, str]
    taken: frozenset[str]


def custom_nodes(block: Block, node_id: str, around: Surroundings) -> list[Node]:
    """One custom transform for an edited block, and the selection of its frame if that is read.

    Raises:
        RecoverError: the block has no input, or refers to what a function could not see.
    """
    where = f"the text of node “{block.name}” was edited"
    inputs = _inputs(block) or [name for name in [block.variable] if name in block.known]
    if not inputs:
        texts = [with_texts(statement, around.constants) for statement in block.statements]
        odd = computed(texts)
        if odd is not None:
            raise RecoverError(
                f"{where}: {unparsed(odd)[:60]!r} is neither a plain value nor an earlier node, and a node "
                "without an input cannot become a custom transform; write the value itself.",
                odd.lineno,
            )
        raise RecoverError(
            f"{where} or is of a node type whose text is not known, and a node without an input "
            "cannot become a custom transform; restore what Glue Studio wrote.",
            block.line,
        )
    later, place = around.uses.read, around.place
    stored = set(_names(block.statements, ast.Store)) - {block.variable}
    changed = sorted(name for name in stored & set(block.known) if later.get(name, -1) > place)
    if changed:
        raise RecoverError(
            f"{where} and sets {changed[0]}, which a later node reads; "
            "only a node's own result can be recovered.",
            block.line,
        )
    is_read = later.get(block.variable, -1) > place
    collection = is_read and around.uses.selected.get(block.variable, -1) > place
    code = _code(block, inputs, around, where, _result(block, is_read, collection))
    name = _unused(f"edited_{prefix(block.name) or 'node'}", around.taken)
    alone = collection or not is_read
    custom_id = node_id if alone else _unused(f"{node_id}0", around.taken)
    custom = Node(
        custom_id,
        "CustomCode",
        {
            "Name": block.name,
            "Inputs": [block.known[variable].id for variable in inputs],
            "ClassName": name,
            "Code": code,
        },
    )
    if alone:
        return [custom]
    selection = {"Name": block.name, "Inputs": [custom.id], "Index": 0}
    return [custom, Node(node_id, "SelectFromCollection", selection)]


def _inputs(block: Block) -> list[str]:
    """Variables of earlier nodes that the block reads, in the order of reading."""
    names = dict.fromkeys(names_read(block.statements))
    return [name for name in names if name in block.known]


def _result(block: Block, is_read: bool, collection: bool) -> str:
    if not is_read:
        return "return dfc"
    if collection:
        return f"return {block.variable}"
    return f'return DynamicFrameCollection({{"{block.variable}": {block.variable}}}, glueContext)'


def _code(
    block: Block, inputs: Sequence[str], around: Surroundings, where: str, result: str
) -> str:
    first, last = block.statements[0], block.statements[-1]
    needed = _needed(block, around, where)
    opening = [
        f"{variable} = dfc.select(list(dfc.keys())[{position}])"
        for position, variable in enumerate(inputs)
    ]
    written = block.source.lines(first.lineno, last.end_lineno or last.lineno)
    plain = "\n".join(unparsed(statement) for statement in block.statements)
    expected = [ast.dump(statement) for statement in block.statements]
    for body in (written, plain):
        code = "\n".join([*needed, *opening, body, result])
        if body_dumps(code)[-len(expected) - 1 : -1] == expected:
            return code
    raise RecoverError(f"{where} in a way that no function can hold; restore it.", block.line)


def _needed(block: Block, around: Surroundings, where: str) -> list[str]:
    """What the header must give to the code, as lines of its own."""
    script = around.script
    own = set(_names(block.statements, ast.Store)) | _inner_names(block.statements)
    free = [name for name in names_read(block.statements) if name not in own]
    lines, names = header_lines(script, [name for name in free if name not in block.known])
    helping = around.uses.helping
    foreign = sorted(name for name in names if helping.get(name, frozenset()) - {around.place})
    if foreign:
        raise RecoverError(
            f"{where} and reads {foreign[0]}, which another node sets on its way; "
            "restore it, or set it in this node.",
            block.line,
        )
    return lines


def header_lines(
    script: Script, wanted: Sequence[str], given: Collection[ast.stmt] = ()
) -> tuple[list[str], set[str]]:
    """What a function needs of the header to use these names, and the names not found there.

    Args:
        script: the script.
        wanted: names that the function reads and does not bind.
        given: statements of the header that the new script has by itself.

    Raises:
        RecoverError: a name could come from any of several `from … import *`.
    """
    statements, left = _closure(script, wanted, given)
    lines = [_inside(script, statement) for statement in statements]
    stars = [item for item in script.items if item.names == ("*",) and item.statement not in given]
    return [*_from_stars(stars, left - _BUILTINS - _ALWAYS), *lines], left


def _inside(script: Script, statement: ast.stmt) -> str:
    """A statement of the header as it may stand in a function."""
    written = script.source.lines(first_line(statement), statement.end_lineno or statement.lineno)
    fits = not statement.col_offset and body_dumps(written) == [ast.dump(statement)]
    return written if fits else unparsed(statement)


def _closure(
    script: Script, wanted: Sequence[str], given: Collection[ast.stmt]
) -> tuple[list[ast.stmt], set[str]]:
    """Statements of the header that bind these names and what they need, and names left over."""
    functions = [
        HeaderItem(definition.statement, (definition.name,)) for definition in script.definitions
    ]
    items = [*script.items, *functions]
    needed: set[int] = set()
    left: set[str] = set()
    seen: set[str] = set()
    pending = list(wanted)
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        binding = [at for at, item in enumerate(items) if name in item.names]
        if not binding:
            left.add(name)
        for at in binding:
            if at not in needed and items[at].statement not in given:
                needed.add(at)
                pending += free_names(items[at].statement)
    return [items[at].statement for at in sorted(needed)], left


def _from_stars(stars: Sequence[HeaderItem], unknown: set[str]) -> list[str]:
    """`from m import a, b` for `from m import *`, which no function may hold."""
    modules = [
        item.statement.module
        for item in stars
        if isinstance(item.statement, ast.ImportFrom) and item.statement.module
    ]
    if not unknown or not modules:
        return []
    if len(modules) > 1:
        modules = [module for module in modules if module != "awsglue.gluetypes"]
    if len(modules) > 1:
        raise RecoverError(
            f"{', '.join(sorted(unknown))} could come from any of {', '.join(modules)}; "
            "import them by name.",
            stars[0].statement.lineno,
        )
    return [f"from {modules[0]} import {', '.join(sorted(unknown))}"]


def names_read(statements: Sequence[ast.stmt]) -> list[str]:
    """Names that statements read, in the order of the text."""
    return list(_names(statements, ast.Load))


def _names(statements: Sequence[ast.stmt], context: type[ast.expr_context]) -> Iterator[str]:
    """Names that are read (`ast.Load`) or set (`ast.Store`), in the order of the text."""
    found = [
        node
        for node in _walk(statements)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    ]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return (node.id for node in found)


def frames_set(statements: Sequence[ast.stmt]) -> list[str]:
    """Names that statements set to what is a dynamic frame by the look of it."""
    return [
        statement.targets[0].id
        for statement in statements
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Call)
        and dotted_name(statement.value.func).endswith((".fromDF", ".apply"))
    ]


def free_names(statement: ast.stmt) -> list[str]:
    """Names that a statement of the header reads from around it."""
    inner = _inner_names([statement])
    return [name for name in _names([statement], ast.Load) if name not in inner]


def _inner_names(statements: Sequence[ast.stmt]) -> set[str]:
    """Names that functions, lambdas, imports and handlers inside the statements bind."""
    names: set[str] = set()
    for node in _walk(statements):
        match node:
            case ast.arg():
                names.add(node.arg)
            case ast.FunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Import() | ast.ImportFrom():
                names.update(alias.asname or alias.name.split(".")[0] for alias in node.names)
            case ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case _:
                pass
    return names


def _walk(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    for statement in statements:
        yield from ast.walk(statement)


def _unused(name: str, taken: frozenset[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}_{number}" if name.isidentifier() else f"{name}{number}"
    return candidate


_ALWAYS = frozenset(
    name for statement in ast.parse(IMPORTS + SESSION).body for name in _inner_names([statement])
) | {
    # What `from awsglue.transforms import *` gives.
    "ApplyMapping",
    "DropFields",
    "DropNullFields",
    "ErrorsAsDynamicFrame",
    "Filter",
    "FlatMap",
    "Join",
    "Map",
    "MapToCollection",
    "Relationalize",
    "RenameField",
    "ResolveChoice",
    "SelectFields",
    "SelectFromCollection",
    "Spigot",
    "SplitFields",
    "SplitRows",
    "Unbox",
    "UnnestFrame",
    # What the header of every script with a custom transform imports.
    "DynamicFrame",
    "DynamicFrameCollection",
    "glueContext",
    "dfc",
}
