"""Whole blocks of JSON lines at once, where the values are certainly the SerDe's.

Of each line DuckDB tells the *shape*: the keys of every declared struct and the JSON type of every
declared value. Lines of one shape are read alike, and a file has few. For each shape a *plan* is
made: for each declared value how DuckDB shall read it. What is written as a line before needs no
shape, see `json_templates`. Of other lines Arrow reads what holds values of the same types, see
`json_arrow`: it is told what most lines hold. A line whose shape allows no plan, or one of whose
values is not certain, is left to the SerDe's reading line by line. Blocks whose lines differ in
nothing but their values come before all this, see `json_skeleton`.
"""

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.athena.hive.types import HiveType
from sandbox.athena.storage.serdes import vectors
from sandbox.athena.storage.serdes.json_arrow import LOST, ArrowLines
from sandbox.athena.storage.serdes.json_skeleton import Skeleton
from sandbox.athena.storage.serdes.json_templates import ELEMENT, ENTRY, Path, matches, pattern_of
from sandbox.athena.storage.serdes.lenient_json import InvalidJsonError, as_text, read_json
from sandbox.athena.storage.serdes.vectors import Expressions, Query, named, quoted

_MAX_SHAPES = 256  # of a block; arrays of every length would make more, of the same plan
_MAX_TEMPLATES = 4  # of one file; each is tried on the lines that match none before
_MANY = 0.25  # the part of a block's lines that match a template, or it is forgotten
_MAX_PLANS = 32  # of one file; each is a planned query
_LAST_MILLISECOND = 253_402_300_799_999  # of the year 9999

# What DuckDB takes for JSON and the SerDes do not: a comma after the last value.
_COMMA = r",\s*[}\]]"
_MINUS_ZERO = r"-0(?:[\s,}\]]|$)"  # which DuckDB reads as 0
_NOT_A_NUMBER = r"(?i)[:,\[]\s*[+-]?(?:nan|inf)"
_BRACE, _BRACKET, _MINUS, _ZERO = b"}]-0"
_COMMA_OR_SPACE, _DIGIT = (
    np.isin(np.arange(256), list(signs)) for signs in (b", \t\r\n", b"0123456789.")
)
# A number that may not be written as DuckDB writes it, or has more digits than a double holds.
_BEFORE = r"[:,\[]\s*-?"
_LONG = rf"{_BEFORE}(?:[0-9.]{{16}}|[0-9.]+[eE])"
_UNUSUAL = rf"{_LONG}|{_BEFORE}(?:[0-9]+\.[0-9]+0\s*[,}}\]]|0\.0000)|{_NOT_A_NUMBER}"

_INTEGERS = {"tinyint", "smallint", "int", "bigint"}

_JSON_TYPES = {"array": "ARRAY", "map": "OBJECT", "struct": "OBJECT"}
_DUCKDB_TYPES = {"boolean": "BOOLEAN", "double": "DOUBLE", "float": "DOUBLE"} | dict.fromkeys(
    _INTEGERS, "HUGEINT"
)
_ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "SMALLINT": pa.int16(),
    "TINYINT": pa.int8(),
}
_STRINGS = {"string", "varchar", "char"}
_TEXTS = _STRINGS | {"date", "timestamp"}  # what Arrow converts

_Types = tuple[tuple[Path, str], ...]  # DuckDB's name of the type of each value that is not nested


@dataclass(frozen=True)
class _Plan:
    """How the values of lines are read.

    Attributes:
        types: as what each value is read.
        plain: whether every number must be written plainly.
        texts: the columns of texts whose values are objects and arrays.
    """

    types: _Types
    plain: bool
    texts: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Template:
    """Lines that are written alike, what was known when they were seen, and how they are read."""

    pattern: str
    known: "_Known"
    plan: _Plan


@dataclass(frozen=True)
class _Known:
    """What blocks of the file have shown.

    Attributes:
        spelt: how keys are spelt where it is not as they are declared.
        plans: shape to its plan, or to None.
        arrow: shape to the types by which Arrow may read it, or to None.
        objects: shape to how many objects a line of it has where objects are declared.
        merged: whether arrays and maps of the same types are of one shape whatever their length.
    """

    spelt: Mapping[Path, str] = field(default_factory=dict)
    plans: dict[int, _Plan | None] = field(default_factory=dict)
    arrow: dict[int, _Types | None] = field(default_factory=dict)
    objects: dict[int, int] = field(default_factory=dict)
    merged: bool = False

    def key(self, path: Path) -> str:
        """Give the key of a field as it is spelt."""
        return self.spelt.get(path, path[-1])


@dataclass(frozen=True)
class _Fast:
    """How Arrow reads lines, and what in a line makes it doubtful."""

    known: _Known
    types: _Types
    lines: ArrowLines
    doubtful: str


class JsonVectors:
    """Reads lines of JSON.

    Args:
        root: a struct of the declared columns, named by the keys that they have in JSON.
        hive: Hive's own SerDe instead of OpenX's.
        fold: makes of a key what is compared.
    """

    def __init__(self, root: HiveType, *, hive: bool, fold: Callable[[str], str]) -> None:
        self._hive = hive
        self._fold = fold
        self._nodes = dict(_walk(root, ()))
        # What a line has once: all, the structs, and the arrays and maps.
        self._one = [path for path in self._nodes if path and not _is_many(path)]
        self._structs = [path for path in ((), *self._one) if self._nodes[path].kind == "struct"]
        self._nested = [path for path in self._one if self._nodes[path].kind in {"array", "map"}]
        self._known = _Known()
        # Arrow has no maps of any key.
        maps = {path[0] for path in self._nodes if ENTRY in path}
        self._of_arrow = [name for name in root.names if name not in maps]
        self._fast: _Fast | None = None
        self._templates: tuple[_Template, ...] = ()
        self._patterns: set[str] = set()
        self._skeleton: Skeleton | None = None
        self._told: list[tuple[Mapping[Path, str], _Types]] = []
        self._learning = threading.Lock()
        self._query = lru_cache(4 * _MAX_PLANS)(Query)

    def for_next_file(self) -> Self:
        """Give one for another file of the table, which begins with what this one knows."""
        other = copy(self)
        if len(self._known.plans) > _MAX_PLANS // 2:  # many shapes help no other file, and add up
            other._known = _Known()  # noqa: SLF001 - of its own class
        other._patterns = {template.pattern for template in self._templates}  # noqa: SLF001 - of its own class
        other._told = []  # noqa: SLF001 - of its own class
        return other

    @property
    def usable(self) -> bool:
        """Whether the declared types and names can be read in this way at all."""
        return bool(self._nodes[()].names) and all(
            kind.kind != "binary"
            and len({name.lower() for name in kind.names}) == len(kind.names)
            and not any(re.search(r'["\\*]|^$', name) for name in kind.names)
            and (kind.kind != "map" or (kind.children[0].kind == "string" and not _is_many(path)))
            and ENTRY not in path[:-1]
            and not (path[-1:] == (ENTRY,) and kind.children)
            for path, kind in self._nodes.items()
        )

    def decode_alike(self, block: bytes) -> list[pa.Array] | None:
        """Read a block whose lines all differ in their values only; None if they may not."""
        skeleton = self._skeleton
        return skeleton.read(block) if skeleton else None

    def decode(self, lines: pa.Array) -> tuple[pa.Table, np.ndarray]:
        """Read lines.

        Returns:
            The values of the lines that could be read, in their order, and the others' places.
        """
        tables, places = [], [np.zeros(0, np.int64)]
        rest = np.arange(len(lines))

        def keep(at: np.ndarray, found: pa.Table, certain: pa.Array) -> None:
            all_are = certain.true_count == len(certain)
            tables.append(found if all_are else found.filter(certain))
            places.append(at[certain.to_numpy(zero_copy_only=False)])

        for template in self._templates:
            some = _some(lines, rest)
            alike = matches(template.pattern, some)
            at = np.flatnonzero(alike.to_numpy(zero_copy_only=False))
            if len(at):
                keep(rest[at], *self._by_duckdb(template.known, template.plan, _some(some, at)))
                rest = np.delete(rest, at)
            if len(at) < _MANY * len(lines):
                self._forget(template)
        fast = self._fast
        if len(rest) and fast is not None:
            some = _some(lines, rest)
            given, at = fast.lines.read(some)
            keep(rest[at], *self._by_arrow(fast, given, _some(some, at)))
            rest = np.delete(rest, at)
        if len(rest):
            for known, plan, at, more in self._by_shape(fast, lines, rest):
                keep(at, *self._by_duckdb(known, plan, _some(lines, at), more))
        read = np.concatenate(places)
        table = pa.concat_tables(tables) if tables else pa.table({})
        if len(tables) > 1:
            table = table.take(pa.array(np.argsort(read)))
        return table, np.delete(np.arange(len(lines)), read)

    def _by_shape(
        self, fast: _Fast | None, lines: pa.Array, at: np.ndarray
    ) -> Iterator[tuple[_Known, _Plan, np.ndarray, np.ndarray | None]]:
        """Find plans for lines that were not read by Arrow, and tell it of them if they are many.

        Returns:
            What is known, a plan, its lines' places, and how many objects each has beside those
            that are declared, if keys in these may not come twice.
        """
        some = _some(lines, at)
        known, shapes = self._shapes(some)
        names = shapes.dictionary.to_pylist()
        plans: dict[_Plan | None, list[int]] = {}
        for number, shape in enumerate(names):
            plans.setdefault(known.plans[shape], []).append(number)
        numbers = shapes.indices.fill_null(-1).to_numpy().copy()
        numbers[self._odd(some)] = -1
        more = None
        if not self._hive:
            objects = [*(known.objects[shape] for shape in names), 0]
            braces = pc.count_substring(some, "{").to_numpy(zero_copy_only=False)
            more = braces - np.array(objects)[numbers]
        if len(at) > len(lines) // LOST:
            self._tell_arrow(fast, known, names, numbers)
        for plan, its in plans.items():
            places = np.flatnonzero(np.isin(numbers, its))
            if plan is not None and len(places):
                if len(places) > _MANY * len(lines):
                    self._learn_template(known, plan, some[int(places[0])].as_py())
                yield known, plan, at[places], None if more is None else more[places]

    def _learn_template(self, known: _Known, plan: _Plan, line: str) -> None:
        # A template's integers are small.
        if not self._hive and not self._is_unique(line):
            return
        types = {p: "BIGINT" if duck == "HUGEINT" else duck for p, duck in plan.types}
        pattern = pattern_of(line, self._nodes, types, self._fold, plain=plan.plain)
        with self._learning:
            if pattern and pattern not in self._patterns and len(self._patterns) < _MAX_TEMPLATES:
                its = _Template(pattern, known, _Plan(tuple(types.items()), plan.plain, plan.texts))
                self._templates = (*self._templates, its)
                self._patterns.add(pattern)
                declared = self._nodes[()]
                columns = dict(zip(declared.names, declared.children, strict=True))
                self._skeleton = Skeleton.of(line, columns, self._fold)

    def _forget(self, template: _Template) -> None:
        with self._learning:
            self._templates = tuple(other for other in self._templates if other is not template)

    def _tell_arrow(
        self, before: _Fast | None, known: _Known, shapes: list[int], numbers: np.ndarray
    ) -> None:
        """Have Arrow read by the types of most of these lines, which it did not read as before."""
        counts: dict[_Types | None, int] = {}
        for shape, count in zip(shapes, np.bincount(numbers + 1)[1:], strict=False):
            types = known.arrow[shape]
            counts[types] = counts.get(types, 0) + int(count)
        usual = max(counts, key=lambda types: counts[types], default=None)
        with self._learning:
            if self._fast is before:  # no other thread was quicker
                self._fast = None
                if usual is not None and (known.spelt, usual) not in self._told:
                    self._fast = self._fast_of(known, usual)
                    self._told.append((known.spelt, usual))

    def _fast_of(self, known: _Known, types: _Types) -> _Fast:
        chosen = dict(types)
        declared = [
            (known.key((name,)), self._arrow(known, chosen, (name,))) for name in self._of_arrow
        ]
        lines = ArrowLines(pa.schema(declared), self._fold)
        read_as = {
            (self._nodes[path].kind, read) for path, read in types if path[0] in self._of_arrow
        }
        doubtful = [_LONG] if ("decimal", "DOUBLE") in read_as else []
        texts = any(read == "BIGINT" and kind != "bigint" for kind, read in read_as)
        doubtful += [_MINUS_ZERO] if texts else []
        return _Fast(known, types, lines, "|".join(doubtful))

    def _arrow(self, known: _Known, types: Mapping[Path, str], path: Path) -> pa.DataType:
        """Give the type as which Arrow reads a value."""
        kind = self._nodes[path]
        if kind.kind == "array":
            return pa.list_(self._arrow(known, types, (*path, ELEMENT)))
        if kind.kind == "struct":
            return pa.struct(
                [
                    (known.key(child), self._arrow(known, types, child))
                    for child in ((*path, name) for name in kind.names)
                ]
            )
        return _ARROW_TYPES[types[path]]

    def _odd(self, lines: pa.Array) -> Any:
        """Find lines that DuckDB might read otherwise, whatever is declared."""
        data = np.frombuffer(lines.buffers()[2], np.uint8)
        before_end = data[np.flatnonzero((data == _BRACE) | (data == _BRACKET)) - 1]
        minus = np.flatnonzero(data[:-2] == _MINUS)
        after_zero = data[minus[data[minus + 1] == _ZERO] + 2]
        found = pa.array(np.zeros(len(lines), bool))
        for pattern, is_there in (
            (_COMMA, _COMMA_OR_SPACE[before_end].any()),
            (_MINUS_ZERO, not _DIGIT[after_zero].all()),
            (_NOT_A_NUMBER, self._hive),
        ):
            if is_there:
                found = pc.or_(found, pc.match_substring_regex(lines, pattern))
        return found.to_numpy(zero_copy_only=False)

    def _is_unique(self, line: str) -> bool:
        """Tell whether no object in a line has a key twice, be it declared or not."""
        try:
            read_json(line, self._fold)
        except InvalidJsonError:
            return False
        return True

    def _text_again(self, text: str) -> str | None:
        """Give an object or array as a text column has it; None if a key comes twice."""
        try:
            return as_text(read_json(text, self._fold)).encode("utf-8", "replace").decode()
        except InvalidJsonError:
            return None

    # Shapes, and the plans for them

    def _shapes(self, lines: pa.Array) -> tuple[_Known, pa.DictionaryArray]:
        """Give each line's shape (NULL if it is not JSON), and what is known, a plan for each."""
        while True:
            known = self._known
            parts, source = ", ".join(self._shape_sql(known)), self._shape_source(known)
            query = self._query(f"{source} SELECT TRY(hash({parts})) AS shape")
            found = query.run(pa.table({"line": lines})).column("shape")
            shapes = vectors.array_of(found).dictionary_encode()
            new = {
                number: shape
                for number, shape in enumerate(shapes.dictionary.to_pylist())
                if shape not in known.plans
            }
            if not new:
                return known, shapes
            if len(new) > _MAX_SHAPES and self._nested and not known.merged:
                with self._learning:
                    self._known = _Known(self._known.spelt, merged=True)
                continue
            numbers = shapes.indices.fill_null(-1).to_numpy()
            examples = lines.take(pa.array([int(np.argmax(numbers == number)) for number in new]))
            told = self._query(f"{source} SELECT {parts}").run(pa.table({"line": examples}))
            learnt: dict[Path, str] = {}
            with self._learning:
                plans: dict[int, _Plan | None] = {}
                for shape, row in zip(new.values(), zip(*told.columns, strict=True), strict=True):
                    told_of = [cell.as_py() for cell in row]
                    plan, known.arrow[shape] = self._plan(known, learnt, told_of)
                    if len({*known.plans.values(), *plans.values(), plan}) > _MAX_PLANS:
                        plan = None
                    plans[shape] = plan
                    known.objects[shape] = self._objects(known, told_of)
                if learnt:
                    # These plans miss the values of what was just learnt, and other threads hold `known`.
                    self._known = _Known({**learnt, **self._known.spelt}, merged=self._known.merged)
                else:
                    known.plans.update(plans)

    def _shape_sql(self, known: _Known) -> list[str]:
        """Give the parts of a shape, over lines and the arrays and maps in them."""
        parts = [
            f"json_type(line, {_list(known, self._one)})",
            f"json_keys(line, {_list(known, self._structs)})",
        ]
        for path, kind in self._nodes.items():
            if _is_many(path):
                start = next(end for end, step in enumerate(path) if step in {ELEMENT, ENTRY})
                where = f"nested[{self._nested.index(path[:start]) + 1}], "
                where += quoted(_json_path(known, path, start))
                told = [f"json_type({where})"]
                if kind.kind == "struct":
                    told.append(f"json_keys({where})")
                parts += [f"list_sort(list_distinct({t}))" for t in told] if known.merged else told
        return parts

    def _shape_source(self, known: _Known) -> str:
        if not self._nested:
            return "FROM given"
        nested = f"TRY(json_extract(line, {_list(known, self._nested)}))"
        return f"FROM (FROM given SELECT line, {nested} AS nested)"

    def _plan(
        self, known: _Known, learnt: dict[Path, str], told: list[list[Any]]
    ) -> tuple[_Plan | None, _Types | None]:
        """Make the plan for a shape, and the types by which Arrow may read it.

        `told` is what `_shape_sql` gives, `learnt` takes spellings.
        """
        types: dict[Path, set[str]] = {}
        keys: dict[Path, list[list[str]]] = {}
        types |= {path: {kind or "NULL"} for path, kind in zip(self._one, told[0], strict=True)}
        keys |= {path: [found or []] for path, found in zip(self._structs, told[1], strict=True)}
        rest = iter(told[2:])
        for path, kind in self._nodes.items():
            if _is_many(path):
                types[path] = set(next(rest) or ())
                if kind.kind == "struct":
                    keys[path] = next(rest) or []
        # Without a key it may be an array as well.
        if keys[()] == [[]] or not all(
            self._spells(known, learnt, path, names)
            for path, found in keys.items()
            for names in found
        ):
            return None, None
        chosen: list[tuple[Path, str]] = []
        by_arrow: dict[Path, str | None] = {}
        texts: list[int] = []
        plain = False
        for path, kind in list(self._nodes.items())[1:]:
            found = types[path] - {"NULL"}
            if kind.children:
                if not found <= {_JSON_TYPES[kind.kind]}:
                    return None, None
                continue
            duck = self._type(kind, found)
            if duck is None and len(path) == 1 and self._is_text_of(kind, found):
                duck, plain = "VARCHAR", True
                texts.append(self._nodes[()].names.index(path[0]))
            if duck is None:
                return None, None
            chosen.append((path, duck))
            has_map = path[0] not in self._of_arrow
            by_arrow[path] = duck if has_map else _arrow_name(kind, found, duck)
            plain |= "DOUBLE" in found and kind.kind not in {"double", "float", "boolean"}
        readable = {path: name for path, name in by_arrow.items() if name}
        arrow = tuple(readable.items()) if len(readable) == len(by_arrow) else None
        return _Plan(tuple(chosen), plain, tuple(texts)), arrow

    def _is_text_of(self, kind: HiveType, found: set[str]) -> bool:
        """Tell whether values of these JSON types are objects and arrays in a column of texts."""
        return not self._hive and kind.kind in _STRINGS and found <= {"OBJECT", "ARRAY"}

    def _objects(self, known: _Known, told: list[list[Any]]) -> int:
        """Count the objects of a shape where they are declared; of merged ones those that come once."""
        types = iter(told[2:])
        many = [self._nodes[path] for path in self._nodes if _is_many(path)]
        found = 1 + told[0].count("OBJECT")
        for kind in many if not known.merged else []:
            found += (next(types) or []).count("OBJECT")
            if kind.kind == "struct":
                next(types)
        return found

    def _spells(self, known: _Known, learnt: dict[Path, str], path: Path, names: list[str]) -> bool:
        """Tell whether each declared field of an object comes once, in its one spelling."""
        if not self._hive and len({self._fold(name) for name in names}) < len(names):
            return False
        seen: set[str] = set()
        for name in names:
            folded = self._fold(name)
            if folded not in self._nodes[path].names:
                continue
            child = (*path, folded)
            spelt = known.spelt.get(child)
            if spelt is None and name != folded:
                spelt = learnt.setdefault(child, name)
            if folded in seen or (spelt or folded) != name:
                return False
            seen.add(folded)
        return True

    def _type(self, kind: HiveType, found: set[str]) -> str | None:
        """Choose DuckDB's type for values of these JSON types; None if none gives the right ones."""
        usual = _DUCKDB_TYPES.get(kind.kind, "VARCHAR")
        is_number = kind.kind in {*_INTEGERS, "double", "float"}
        if found == {"VARCHAR"} and is_number:
            return None if self._hive else "VARCHAR"
        allowed = {
            "HUGEINT": {"UBIGINT", "BIGINT"},
            "DOUBLE": {"UBIGINT", "BIGINT", "DOUBLE"},
            "BOOLEAN": {"BOOLEAN"},
        }.get(usual, {"VARCHAR", "BOOLEAN", "UBIGINT", "BIGINT", "DOUBLE"})
        if kind.kind == "date" or (kind.kind == "timestamp" and self._hive):
            allowed = {"VARCHAR"}
        elif kind.kind == "timestamp":
            allowed = {"VARCHAR", "UBIGINT"}
        if found <= allowed:
            return usual
        if usual == "HUGEINT" and found <= {"UBIGINT", "BIGINT", "DOUBLE"}:
            return "DOUBLE"
        if usual == "BOOLEAN" and not found & {"OBJECT", "ARRAY"}:
            return "VARCHAR"
        return None

    # Values

    def _by_duckdb(
        self, known: _Known, plan: _Plan, lines: pa.Array, more: np.ndarray | None = None
    ) -> tuple[pa.Table, pa.Array]:
        """Read lines of one plan.

        Args:
            known: see `_Known`.
            plan: of all the lines.
            lines: the lines.
            more: how many objects each has that may have a key twice; None for none.

        Returns:
            Their values, and which lines' are certain.
        """
        types, root = dict(plan.types), self._nodes[()]
        cells: dict[str, Expressions] = {}
        texts: list[int] = []
        for index, (name, kind) in enumerate(zip(root.names, root.children, strict=True)):
            given = f"s.{named(known.key((name,)))}"
            cells[f"v{index}"] = self._value(known, types, given, (name,))
            if kind.kind in {"date", "timestamp"} and types[name,] == "VARCHAR":
                texts.append(index)
                cells[f"v{index}"] = (given, "true")
        columns, certain = self._evaluated(cells, self._spec(known, types, ()), {"line": lines})
        certain = self._convert_texts(known, types, texts, columns, certain)
        if plan.plain:
            certain = pc.and_(certain, pc.invert(pc.match_substring_regex(lines, _UNUSUAL)))
        if more is not None and plan.texts:
            # What is escaped in a line, as \u007b, is not in the text.
            plain = pc.invert(pc.match_substring(lines, "\\")).to_numpy(zero_copy_only=False)
            for index in plan.texts:
                more = more - plain * pc.count_substring(columns[f"v{index}"], "{").to_numpy()
        for index in plan.texts:
            text = self._texts_again(columns[f"v{index}"], root.children[index])
            columns[f"v{index}"] = text
            certain = pc.and_(certain, pc.is_valid(text))
        if more is not None:
            doubtful = (more > 0) & certain.to_numpy(zero_copy_only=False)
            places = np.flatnonzero(doubtful)
            doubtful[[p for p in places if self._is_unique(lines[int(p)].as_py())]] = False
            certain = pc.and_not(certain, pa.array(doubtful))
        return pa.table(columns), certain

    def _texts_again(self, values: pa.Array, kind: HiveType) -> pa.Array:
        """Give objects and arrays as a text column has them; NULL where a key comes twice."""
        texts = values.dictionary_encode()
        length = kind.parameters[0] if kind.parameters else None
        again = [self._text_again(text) for text in texts.dictionary.to_pylist()]
        known = [None if text is None else text[:length] for text in again]
        return pa.array(known, pa.string()).take(texts.indices)

    def _by_arrow(self, fast: _Fast, read: pa.Table, lines: pa.Array) -> tuple[pa.Table, pa.Array]:
        """Convert what Arrow read of lines; returns what `_by_duckdb` does."""
        known, types, root = fast.known, dict(fast.types), self._nodes[()]
        columns: dict[str, pa.Array] = {}
        given: dict[str, pa.Array] = {}
        cells: dict[str, Expressions] = {}
        texts: list[int] = []
        spec: dict[str, object] = {}
        for index, (name, kind) in enumerate(zip(root.names, root.children, strict=True)):
            label, key = f"v{index}", known.key((name,))
            if name not in self._of_arrow:
                spec[key] = self._spec(known, types, (name,))
                given["line"] = lines
                cells[label] = self._value(known, types, f"s.{named(key)}", (name,))
                continue
            columns[label] = vectors.array_of(read.column(key))
            if kind.kind in _TEXTS:
                texts.append(index)
                columns[label] = columns[label].cast(pa.string())
            elif (cell := self._value(known, types, label, (name,))) != (label, "true"):
                cells[label], given[label] = cell, columns[label]
        certain = pa.array(np.ones(len(lines), bool))
        certain = self._convert_texts(known, types, texts, columns, certain)
        if cells:
            found, also = self._evaluated(cells, spec, given)
            columns |= found
            certain = pc.and_(certain, also)
        if fast.doubtful:
            doubtful = pc.match_substring_regex(lines, fast.doubtful)
            certain = pc.and_(certain, pc.invert(doubtful))
        return pa.table(
            {f"v{index}": columns[f"v{index}"] for index in range(len(columns))}
        ), certain

    def _convert_texts(
        self,
        known: _Known,
        types: Mapping[Path, str],
        texts: Iterable[int],
        columns: dict[str, pa.Array],
        certain: pa.Array,
    ) -> pa.Array:
        """Convert the texts of some columns to their types; returns which lines are still certain."""
        root = self._nodes[()]
        for index in texts:
            label = f"v{index}"
            values = vectors.of_texts(columns[label], root.children[index])
            if values is None:
                cells = {label: self._value(known, types, label, (root.names[index],))}
                found, also = self._evaluated(cells, None, {label: columns[label]})
                values = found[label]
                certain = pc.and_(certain, also)
            columns[label] = values
        return certain

    def _evaluated(
        self, cells: Mapping[str, Expressions], spec: object, columns: Mapping[str, pa.Array]
    ) -> tuple[dict[str, pa.Array], pa.Array]:
        """Compute values and whether they are certain; `spec` says what `s` is of a line."""
        values = ", ".join(f"{value} AS {label}" for label, (value, _) in cells.items())
        certain_sql = vectors.all_of([certain for _, certain in cells.values()])
        source = "given"
        if spec:
            source = f"(FROM given SELECT *, from_json(line, {quoted(json.dumps(spec))}) AS s)"
        query = self._query(f"FROM {source} SELECT {values}, {certain_sql} AS certain")
        found = query.run(pa.table(dict(columns)))
        read = {name: vectors.array_of(found.column(name)) for name in found.column_names}
        certain = read.pop("certain")
        if not all(map(vectors.is_finite, read.values())):
            # A number is none, or a column cannot hold it.
            return read, pa.array(np.zeros(len(certain), bool))
        if not self._hive and self._fold("A") == "a":
            for label, column in read.items():
                read[label], twice = with_folded_keys(column, self._fold)
                if len(twice):
                    certain = pc.and_(certain, pa.array(~np.isin(np.arange(len(column)), twice)))
        return read, certain

    def _spec(self, known: _Known, types: Mapping[Path, str], path: Path) -> object:
        """Say in DuckDB's words what `from_json` makes."""
        kind = self._nodes[path]
        if kind.kind == "struct":
            return {
                known.key((*path, name)): self._spec(known, types, (*path, name))
                for name in kind.names
            }
        if kind.kind == "array":
            return [self._spec(known, types, (*path, ELEMENT))]
        if kind.kind == "map":
            return f"MAP(VARCHAR, {types[*path, ENTRY]})"
        return types[path]

    def _value(
        self, known: _Known, types: Mapping[Path, str], given: str, path: Path
    ) -> Expressions:
        kind = self._nodes[path]
        if not kind.children:
            return self._scalar(given, kind, types[path])
        if kind.kind == "struct":
            fields = [
                self._value(
                    known,
                    types,
                    f"{given}.{named(known.key((*path, name)))}",
                    (*path, name),
                )
                for name in kind.names
            ]
            certain = vectors.all_of([certain for _, certain in fields])
            if all(
                value == f"{given}.{named(name)}"
                for name, (value, _) in zip(kind.names, fields, strict=True)
            ):
                return given, certain
            packed = vectors.struct_of(kind.names, fields)
            return f"CASE WHEN {given} IS NOT NULL THEN {packed} END", certain
        part = f"e{len(path)}"
        if kind.kind == "array":
            value, certain = self._value(known, types, part, (*path, ELEMENT))
            whole = given if value == part else f"list_transform({given}, lambda {part}: {value})"
            return whole, _all_certain(given, part, certain)
        value, certain = self._value(known, types, f"{part}.value", (*path, ENTRY))
        pair = f"struct_pack(k := {part}.key, v := {value})"
        whole = f"map_from_entries(list_transform(map_entries({given}), lambda {part}: {pair}))"
        # DuckDB makes NULL of a map in which a key comes twice.
        is_null = f"coalesce(json_type(line, {quoted(_json_path(known, path))}), 'NULL') = 'NULL'"
        there = f"CASE WHEN {given} IS NOT NULL THEN true ELSE {is_null} END"
        every = _all_certain(f"map_entries({given})", part, certain)
        return given if value == f"{part}.value" else whole, vectors.all_of([there, every])

    def _scalar(self, given: str, kind: HiveType, read: str) -> Expressions:
        name = kind.kind
        if read == kind.duckdb() and read != "VARCHAR":
            return given, "true"
        if name in _INTEGERS and read != "VARCHAR":
            whole = f"trunc({given})" if read == "DOUBLE" else given
            value = f"TRY_CAST({whole} AS {kind.duckdb()})"
            certain = f"{value} IS NOT NULL"
            if read == "DOUBLE":
                certain += f" AND abs({given}) < 1e15"
            return value, vectors.unless_null(given, certain)
        if name in {"double", "float"} and read in {"BIGINT", "DOUBLE"}:
            value = f"CAST({given} AS DOUBLE)"
            if name == "double":
                return value, "true"
            value = f"TRY_CAST({value} AS REAL)"
            return value, vectors.unless_null(given, f"{value} IS NOT NULL")
        text = given if read == "VARCHAR" else f"CAST({given} AS VARCHAR)"
        if name == "boolean":
            return f"lower({text}) = 'true'", "true"
        if name == "timestamp" and not self._hive:
            return _openx_timestamp(text)
        return vectors.from_text(text, kind)


def _some(lines: pa.Array, at: np.ndarray) -> pa.Array:
    return lines if len(at) == len(lines) else lines.take(pa.array(at))


def _arrow_name(kind: HiveType, found: set[str], duck: str) -> str | None:
    """Name the type as which Arrow reads values of these JSON types; None if the text is needed."""
    if kind.kind == "decimal" and found and found <= {"UBIGINT", "BIGINT", "DOUBLE"}:
        return "DOUBLE"
    if found & {"OBJECT", "ARRAY"} or ("DOUBLE" in found and kind.kind not in {"double", "float"}):
        return None
    if duck == "HUGEINT":
        return kind.duckdb()
    if duck == "VARCHAR" and found and found <= {"UBIGINT", "BIGINT"}:
        return "BIGINT"
    return "BOOLEAN" if found == {"BOOLEAN"} else duck


def _walk(kind: HiveType, path: Path) -> Iterator[tuple[Path, HiveType]]:
    """Give a type and all types in it, each with its path; keys of maps are no values."""
    yield path, kind
    if kind.kind == "array":
        yield from _walk(kind.children[0], (*path, ELEMENT))
    elif kind.kind == "map":
        yield from _walk(kind.children[1], (*path, ENTRY))
    for name, child in zip(kind.names, kind.children, strict=False):
        yield from _walk(child, (*path, name))


def _is_many(path: Path) -> bool:
    """Whether a line can have several values there."""
    return ELEMENT in path or ENTRY in path


def _json_path(known: _Known, path: Path, start: int = 0) -> str:
    """Write a path, or what of it is below its first steps, as DuckDB does."""
    steps = [
        step if step in {ELEMENT, ENTRY} else f'."{known.key(path[: end + 1])}"'
        for end, step in enumerate(path)
    ]
    return "$" + "".join(steps[start:])


def _list(known: _Known, paths: Iterable[Path]) -> str:
    return f"[{', '.join(quoted(_json_path(known, path)) for path in paths)}]"


def with_folded_keys(values: pa.Array, fold: Callable[[str], str]) -> tuple[pa.Array, np.ndarray]:
    """Fold the keys of maps, however deep in structs; tell the places where two become one."""
    kind = values.type
    none = np.zeros(0, np.int64)
    if pa.types.is_struct(kind):
        given = [values.field(at) for at in range(kind.num_fields)]
        fields, places = zip(*(with_folded_keys(field, fold) for field in given), strict=True)
        if all(new is old for new, old in zip(fields, given, strict=True)):
            return values, none
        whole = pa.StructArray.from_arrays(fields, fields=list(kind), mask=values.is_null())
        return whole, np.concatenate(places)
    if not pa.types.is_map(kind):
        return values, none
    keys = values.keys.dictionary_encode()
    names = keys.dictionary.to_pylist()
    folded = [fold(name) for name in names]
    if folded == names:
        return values, none
    new = pa.array(folded, pa.string()).take(keys.indices)
    whole = pa.MapArray.from_arrays(values.offsets, new, values.items, mask=values.is_null())
    first: dict[str, int] = {}
    numbers = np.array([first.setdefault(name, len(first)) for name in folded])
    if len(first) == len(names):
        return whole, none
    offsets = values.offsets.to_numpy()
    rows = np.repeat(np.arange(len(values)), np.diff(offsets))
    pairs = rows * len(names) + numbers[keys.indices.to_numpy()[offsets[0] : offsets[-1]]]
    pairs.sort()
    return whole, pairs[1:][pairs[1:] == pairs[:-1]] // len(names)


def _all_certain(given: str, part: str, certain: str) -> str:
    if certain == "true":
        return certain
    return f"coalesce(list_bool_and(list_transform({given}, lambda {part}: {certain})), true)"


def _openx_timestamp(text: str) -> Expressions:
    digits = f"regexp_full_match({text}, '\\d{{1,15}}')"
    number = f"TRY_CAST({text} AS BIGINT)"
    millis = f"CASE WHEN strlen({text}) >= 13 THEN {number} ELSE {number} * 1000 END"
    local = f"CASE WHEN suffix({text}, 'Z') THEN left({text}, -1) ELSE {text} END"
    plain, certain = vectors.from_text(f"({local})", HiveType("timestamp"))
    in_range = f"{millis} <= {_LAST_MILLISECOND}"
    return (
        f"CASE WHEN {digits} AND {in_range} THEN make_timestamp_ms({millis}) ELSE {plain} END",
        f"(coalesce({digits} AND {in_range}, false) OR {certain})",
    )
