"""The blocks of a script recognised as nodes, connected, and proved by generating the script again."""

import ast
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from glue_studio.errors import GraphError, RecoverError
from glue_studio.model import Job, Layout, Node
from glue_studio.nodes import KINDS, Kind, Role, Scope, Text
from glue_studio.nodes.reading import Block, Unread, unparsed
from glue_studio.nodes.sql import query_number
from glue_studio.recover.edits import (
    Surroundings,
    Uses,
    custom_nodes,
    frames_set,
    free_names,
    header_lines,
    names_read,
)
from glue_studio.recover.likeness import constants, difference, with_texts
from glue_studio.recover.script import (
    DEFAULT_RULESET_DUMP,
    Definition,
    HeaderItem,
    RawBlock,
    Script,
    first_line,
    node_id_of,
    parse_script,
    variable_of,
)
from glue_studio.script.generate import generate_script
from glue_studio.script.order import script_order

_RECOGNISED = tuple((kind, kind.recognise) for kind in KINDS.values() if kind.recognise)
_SETTINGS: Mapping[str, Any] = {
    "Command": {"Name": "glueetl", "PythonVersion": "3"},
    "DefaultArguments": {"--job-language": "python"},
    "JobMode": "VISUAL",
}


@dataclass(frozen=True)
class Recovery:
    """A graph recovered from a script.

    Attributes:
        job: the job; its settings are only those that every visual job has.
        exact: whether the job generates the very script, but for line feeds after its end.
        notes: what is not as it was, a sentence each: edited nodes, what a script does not show.
    """

    job: Job
    exact: bool
    notes: tuple[str, ...]


def recover(text: str, name: str = "recovered") -> Job:
    """Rebuild the visual job of a script that Glue Studio generated.

    For an unedited script of the newest era, `generate_script` of the result is the script again.
    Edited blocks become custom transforms.

    Args:
        text: the script.
        name: the name to give to the job, which the script does not hold.

    Raises:
        RecoverError: it is not such a script, or was edited in a way that no graph can hold; the
            message names the line.
    """
    return recover_with_notes(text, name).job


def recover_with_notes(text: str, name: str = "recovered") -> Recovery:
    """Rebuild a job as `recover` does, and tell what is not as it was."""
    try:
        return _recovery(text, name)
    except RecursionError:
        raise RecoverError("An expression of the script nests too deep to be read.") from None


def _recovery(text: str, name: str) -> Recovery:
    script = parse_script(text)
    reader = _Reader(script)
    for position in range(len(script.blocks)):
        reader.read(position)
    reader.refuse_loose_statements()
    reader.complete_custom_code()
    functions, nodes = reader.functions(), tuple(reader.nodes)
    numbers = Layout(sql_numbers=reader.sql_numbers)
    job = Job(name, dict(_SETTINGS), _file_order(reader.nodes, functions), numbers)
    exact = False
    try:
        for kept, layout in _layouts(numbers, functions, nodes):
            candidate = replace(job, layout=layout)
            if _is_script(candidate, script):
                job, exact = candidate, True
                if kept:
                    reader.notes.append(
                        f"The {kept} stand in another order than Glue Studio gives them today, "
                        "which a job file does not hold."
                    )
                break
    except GraphError as error:
        raise RecoverError(f"The script gives a graph that cannot be used: {error}") from None
    return Recovery(job, exact, tuple(reader.notes))


def _is_script(job: Job, script: Script) -> bool:
    return generate_script(job) == script.source.text.rstrip("\n")


def _layouts(
    numbers: Layout, functions: tuple[str, ...], nodes: tuple[str, ...]
) -> Iterator[tuple[str, Layout]]:
    """What may have to be kept of a script's order, the least first, and what that is."""
    yield "", numbers
    yield "functions of the header", replace(numbers, functions=functions)
    yield "nodes", replace(numbers, nodes=nodes)
    yield (
        "functions of the header and the nodes",
        replace(numbers, functions=functions, nodes=nodes),
    )


def _file_order(nodes: Mapping[str, Node], functions: Sequence[str]) -> Mapping[str, Node]:
    """The nodes in an order of file from which the script's own order follows.

    The order of a file decides two things: the order of custom functions in the header, and of
    two nodes whose hashes collide. Where the header asks for nothing else, it is the script's.
    """
    users = [function for function in functions if function in nodes]
    if users == [node_id for node_id in nodes if node_id in users]:
        return nodes
    moved = {node_id: nodes[node_id] for node_id in [*users, *nodes]}
    same = script_order(moved, ()) == script_order(nodes, ())
    return moved if same else nodes


class _Reader:
    """A reader of the blocks of one script, in their order."""

    def __init__(self, script: Script) -> None:
        self.nodes: dict[str, Node] = {}
        self.helpers: dict[str, str] = {}  # node id to the helper that the node calls
        self.notes: list[str] = []
        self._script = script
        self._variables = [variable_of(block) for block in script.blocks]
        self._known: dict[str, Node] = {}
        self._names: dict[str, str] = {}  # node id to the variable in this script
        self.sql_numbers: dict[str, int] = {}  # node id to the number of its query
        self._definitions = list(script.definitions)
        self._owners: dict[Definition, str] = {}  # to the id of the node that calls it
        self._texts: list[Text] = []
        self._uses = Uses.of([block.statements for block in script.blocks], self._variables)
        # Ids and names of functions that a new node must not have.
        self._taken = {definition.name for definition in script.definitions} | {
            node_id_of(block, variable)
            for block, variable in zip(script.blocks, self._variables, strict=True)
        }
        self._constants = constants(script)
        # A helper that was changed is not a helper: the nodes that call it were edited too.
        self._foreign = {
            name
            for item in script.items
            if not item.helper and isinstance(item.statement, ast.FunctionDef | ast.ClassDef)
            for name in item.names
        }

    def read(self, position: int) -> None:
        """Turn one block into a node, or into more where it was edited."""
        raw, variable = self._script.blocks[position], self._variables[position]
        if not raw.statements:
            self.notes.append(f"line {raw.line}: node “{raw.name}” has no text and was left out.")
            return
        node_id = node_id_of(raw, variable)
        if not node_id or node_id in self.nodes:  # of two nodes with one variable, or one number
            node_id = self._new_id(node_id or "node-")
        definition = self._definition_of(raw)
        functions = {}
        if definition is not None and definition.code is not None:
            functions[definition.name] = definition.code
        block = Block(
            raw.name,
            raw.line,
            raw.statements,
            variable,
            self._script.source,
            self._known,
            functions,
        )
        node, rest = self._beginning(block, node_id)
        if not raw.has_comment:
            self.notes.append(
                f"line {raw.line}: the comment with the node's name is gone; it is called "
                f"“{raw.name}” now."
            )
        if node is None:
            self._refuse_strays(block, node_id)
            self._add_edited(block, node_id, position)
            return
        self._add(node, variable)
        unshown = KINDS[node.type].unshown
        if unshown and not node.settings.get(unshown):  # a Database that the oldest text shows
            self.notes.append(f"{node}: a script does not show its {unshown}; set it by hand.")
        if node.type == "CustomCode" and definition is not None:
            self._definitions.remove(definition)
            self._owners[definition] = node.id
        if rest:
            variable = self._set_by(rest, block, position)
            edit = replace(block, statements=rest, line=first_line(rest[0]), variable=variable)
            self._add_edited(edit, self._new_id(f"{node_id}1"), position)

    def functions(self) -> tuple[str, ...]:
        """Names of helpers and ids of custom transforms, in the order of the header."""
        functions = [
            item if isinstance(item, str) else self._owners.get(item, "")
            for item in self._script.functions
        ]
        return tuple(filter(None, functions))

    def refuse_loose_statements(self) -> None:
        """Refuse statements of the header that bind nothing: they belong to no node."""
        used = {line for text in self._texts for line in text.imports}
        for item in self._script.items:
            if unparsed(item.statement).startswith("job.init("):
                self.notes.append(
                    f"line {item.statement.lineno}: job.init has other arguments than Glue Studio "
                    "writes; a job bookmark starts anew."
                )
                continue
            if not item.names:
                raise self._stray(item.statement)
            if not item.helper and not _is_glues(item) and not self._is_generated(item, used):
                self.notes.append(
                    f"line {item.statement.lineno}: "
                    f"{self._shown(item.statement)} is not Glue Studio's; "
                    "it is kept only inside the custom transforms that use it."
                )
        called = {name for block in self._script.blocks for name in names_read(block.statements)}
        for definition in self._script.definitions:
            called.update(free_names(definition.statement))
        for definition in self._definitions:
            if definition.name not in called:
                self.notes.append(
                    f"line {definition.line}: no node calls the function {definition.name}; "
                    "it was left out."
                )

    def complete_custom_code(self) -> None:
        """Put into each custom transform what it uses of a header that people added to."""
        used = {line for text in self._texts for line in text.imports}
        helpers = set(self.helpers.values())
        given = {
            item.statement
            for item in self._script.items
            if item.helper in helpers or self._is_generated(item, used)
        }
        given |= {definition.statement for definition in self._owners}
        for definition, node_id in self._owners.items():
            lines, _ = header_lines(self._script, free_names(definition.statement), given)
            if lines:
                node = self.nodes[node_id]
                code = "\n".join([*lines, str(node.settings["Code"])])
                self.nodes[node_id] = replace(node, settings={**node.settings, "Code": code})

    def _is_generated(self, item: HeaderItem, used: set[str]) -> bool:
        return unparsed(item.statement) in used or ast.dump(item.statement) == DEFAULT_RULESET_DUMP

    def _definition_of(self, raw: RawBlock) -> Definition | None:
        """The custom function that a block calls; of several with one name, its own."""
        if not self._definitions:
            return None
        called = {
            node.func.id
            for statement in raw.statements
            for node in ast.walk(statement)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        candidates = [item for item in self._definitions if item.name in called]
        for definition in candidates:
            if definition.node_name == raw.name:
                return definition
        return candidates[0] if candidates else None

    def _beginning(self, block: Block, node_id: str) -> tuple[Node | None, tuple[ast.stmt, ...]]:
        """The node whose text a block begins with, and the statements that were added to it."""
        node = self._recognised(block, node_id)
        if node is not None:
            return node, ()
        for length in range(len(block.statements) - 1, 0, -1):
            rest = block.statements[length:]
            node = self._recognised(replace(block, statements=block.statements[:length]), node_id)
            if node is None or KINDS[node.type].collection:
                continue
            if KINDS[node.type].role is Role.TARGET and not set(self._known) & set(
                names_read(rest)
            ):
                return None, ()  # nothing that a transform of its own could be given
            return node, rest
        return None, ()

    def _set_by(self, rest: Sequence[ast.stmt], block: Block, position: int) -> str:
        """The variable that statements after a node's own give to later nodes, or the node's."""
        frames = [name for name in frames_set(rest) if self._uses.read.get(name, -1) > position]
        return (
            frames[0] if len(set(frames)) == 1 and frames[0] not in self._known else block.variable
        )

    def _refuse_strays(self, block: Block, node_id: str) -> None:
        """Name the statement before a source's own, of which no transform could be made."""
        if set(self._known) & set(names_read(block.statements)):
            return
        for start in range(1, len(block.statements)):
            end = replace(block, statements=block.statements[start:])
            if self._recognised(end, node_id) is not None:
                raise self._stray(block.statements[0])

    def _stray(self, statement: ast.stmt) -> RecoverError:
        return RecoverError(
            f"this statement belongs to no node, so no graph can hold it: "
            f"{self._shown(statement)}; remove it or put it into a custom transform.",
            statement.lineno,
        )

    def _shown(self, statement: ast.stmt) -> str:
        line = self._script.source.lines(statement.lineno, statement.lineno)
        return repr(line.strip()[:60])

    def _recognised(self, block: Block, node_id: str) -> Node | None:
        """The node whose text the block is, in any era's form."""
        if self._foreign.intersection(names_read(block.statements)):
            return None
        node = self._as_written(block, node_id)
        if node is not None:
            return node
        inlined = tuple(with_texts(part, self._constants) for part in block.statements)
        node = self._as_written(replace(block, statements=inlined), node_id)
        names = sorted(set(self._constants) & set(names_read(block.statements)))
        if node is not None and names:
            self.notes.append(
                f"line {block.line}: node “{block.name}” has the text of {', '.join(names)} now, "
                "which the header sets."
            )
        return node

    def _as_written(self, block: Block, node_id: str) -> Node | None:
        for kind, recognise in _RECOGNISED:
            try:
                settings = recognise(block)
            except (Unread, ValueError):  # ValueError: not a pair
                continue
            node = Node(node_id, kind.type, {"Name": block.name, **settings})
            text = self._text(kind, node, block)
            if text is None:
                continue
            other = difference(block, text)
            if other is not None:
                if other:
                    self.notes.append(
                        f"line {block.line}: node “{block.name}” has another {other} than Glue "
                        "Studio writes; a job bookmark starts anew."
                    )
                self._texts.append(text)
                if text.helper:
                    self.helpers[node_id] = text.helper.name
                if kind.type == "SparkSQL":
                    self.sql_numbers[node_id] = query_number(block)
                return node
        return None

    def _text(self, kind: Kind, node: Node, block: Block) -> Text | None:
        numbers = {}
        if kind.type == "SparkSQL":
            numbers = {node.id: query_number(block)}
        scope = Scope(
            ChainMap({node.id: node}, self.nodes),
            ChainMap({node.id: block.variable}, self._names),
            numbers,
        )
        try:
            return kind.text(node, scope)
        except GraphError:
            return None

    def _add_edited(self, block: Block, node_id: str, position: int) -> None:
        around = Surroundings(
            self._script, position, self._uses, self._constants, frozenset(self._taken)
        )
        added = custom_nodes(block, node_id, around)
        for node in added[:-1]:
            self._add(node, "")
        self._add(added[-1], block.variable)
        self._taken.add(str(added[0].settings["ClassName"]))
        self.notes.append(
            f"line {block.line}: the text of node “{block.name}” is not what Glue Studio writes; "
            f"it became the custom transform {added[0].settings['ClassName']}."
        )

    def _new_id(self, start: str) -> str:
        """An id for a block that shows none, or for what was added to one."""
        candidates = (f"{start}{number or ''}" for number in count(start == "node-"))
        node_id = next(candidate for candidate in candidates if candidate not in self._taken)
        self._taken.add(node_id)
        return node_id

    def _add(self, node: Node, variable: str) -> None:
        self.nodes[node.id] = node
        self._taken.add(node.id)
        self._names[node.id] = variable
        if variable:
            self._known[variable] = node


def _is_glues(item: HeaderItem) -> bool:
    """Whether a statement imports from Glue's library, as Glue Studio does in every era."""
    statement = item.statement
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("awsglue")
