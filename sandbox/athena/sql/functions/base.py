"""What is said of a function of Athena's, and the pieces that say it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlglot import exp

from sandbox.athena.sql import types

Kind = str | None
TypeRule = Callable[[list[Kind]], Kind]
Arguments = list[exp.Expr]

PREFIX = "athena_"  # of the macros that stand for functions
HELPER_PREFIX = "python_"  # of the functions that macros and rewriters call


@dataclass(frozen=True)
class Renamed:
    """DuckDB has the function, with the same meaning, under this name."""

    name: str


@dataclass(frozen=True)
class Macro:
    """A macro of DuckDB's; `bodies` has (parameters, expression) for each number of arguments."""

    bodies: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Rewritten:
    """The call is made anew from its arguments, whose types are on them.

    `make` raises ValueError for a wrong number of arguments.
    """

    make: Callable[[Arguments], exp.Expr]


Finish = Callable[[exp.Expr], exp.Expr]


@dataclass(frozen=True)
class Aggregated:
    """An aggregate of DuckDB's whose result is worked on.

    `make` takes the arguments and the type of the call; it gives the aggregate, and what is done
    around its FILTER and OVER.
    """

    make: Callable[[Arguments, Kind], tuple[exp.Expr, Finish]]


@dataclass(frozen=True)
class Syntax:
    """sqlglot's parser has forms of its own for the call, and the rewriter knows them."""

    forms: tuple[type[exp.Expr], ...] = ()


@dataclass(frozen=True)
class Missing:
    """Athena has the function and the sandbox has not; `reason` ends its refusal."""

    reason: str = ""


# The arguments that are whole numbers, counted from 0: DuckDB rounds others, and reads texts.
_WHOLE: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("chr", "ntile"), (0,)),
    **dict.fromkeys(
        ("combinations", "date_add", "from_base", "lpad", "ngrams", "repeat", "round", "rpad"), (1,)
    ),
    **dict.fromkeys(("trim_array", "truncate"), (1,)),
    **dict.fromkeys(
        ("regexp_extract", "regexp_extract_all", "split", "split_part", "strpos"), (2,)
    ),
    **dict.fromkeys(("bitwise_and", "bitwise_or", "bitwise_xor", "sequence", "to_base"), (0, 1)),
    **dict.fromkeys(("slice", "substr", "substring"), (1, 2)),
    "regexp_position": (2, 3),
}
_CONTAINERS = {"array", "map"}
_PREDICATES = {"all_match", "any_match", "filter", "map_filter", "none_match"}  # a lambda's


@dataclass(frozen=True)
class Function:
    """One function of Athena's.

    Attributes:
        name: in lower case.
        how: what becomes of a call.
        type: of a call, or the rule that tells it from its arguments' types; None: not known.
        aggregate: whether it is one.
        lambdas: tells the types of the parameters of each lambda among the arguments, given the
            types of the arguments before it.
        takes: what the first argument is, one or several of "array", "map" and the families of types;
            where "text" is one, the others that are no whole numbers are such as well. Empty: anything.
        over: what a lambda's parameters become: the two parts of "entries" (of a map) or of "pairs"
            (of zipped arrays), or names of their own.
    """

    name: str
    how: Renamed | Macro | Rewritten | Aggregated | Syntax | Missing
    type: Kind | TypeRule = None
    aggregate: bool = False
    lambdas: Callable[[list[Kind]], list[Kind]] | None = None
    over: str = ""
    takes: str = ""

    def type_of(self, arguments: list[Kind]) -> Kind:
        """The type of a call with arguments of these types."""
        return self.type(arguments) if callable(self.type) else self.type

    def refuses(self, kinds: list[Kind]) -> bool:
        """Tell whether an argument cannot be of its type."""
        whole = _WHOLE.get(self.name, ())
        for place in whole:
            other = kinds[place] if place < len(kinds) else None
            if types.family(other) in {"number", "text"} and other not in types.INTEGERS:
                return True
        if self.name in _PREDICATES and not _is_one(last(kinds), ["boolean"]):
            return True
        takes = self.takes.split()
        alike = kinds if "text" in takes else kinds[:1]
        return bool(takes) and not all(
            place in whole or _is_one(kind, takes) for place, kind in enumerate(alike)
        )


def _is_one(kind: Kind, of: list[str]) -> bool:
    """Tell whether a type is one of these; so is one that is not known."""
    if kind is None or kind == "unknown":
        return True
    return types.family(kind) in of or kind.split("(")[0] in _CONTAINERS & {*of}


def taking(what: str, made: list[Function], *others: str) -> list[Function]:
    """Functions that take an array, or what else; but for `others`, and those that say what they take."""
    return [one if one.takes or one.name in others else replace(one, takes=what) for one in made]


@dataclass(frozen=True)
class Helper:
    """A function in Python that macros call, with DuckDB's types; NULL in gives NULL."""

    name: str
    call: Callable[..., object]
    parameters: tuple[str, ...]
    result: str


def same(names: str, kind: Kind | TypeRule = None, *, aggregate: bool = False) -> list[Function]:
    """Functions that DuckDB has under the same names and with the same meaning."""
    return [Function(name, Renamed(name), kind, aggregate) for name in names.split()]


def renamed(
    name: str, duckdb: str, kind: Kind | TypeRule = None, *, aggregate: bool = False
) -> Function:
    """A function that DuckDB has with the same meaning under another name."""
    return Function(name, Renamed(duckdb), kind, aggregate)


def macro(name: str, *bodies: tuple[str, str], kind: Kind | TypeRule = None) -> Function:
    """A function that a macro says."""
    return Function(name, Macro(bodies), kind)


def rewritten(
    name: str, make: Callable[[Arguments], exp.Expr], kind: Kind | TypeRule = None
) -> Function:
    """A function whose call is made anew."""
    return Function(name, Rewritten(make), kind)


def syntax(name: str, *forms: type[exp.Expr], kind: Kind | TypeRule = None) -> Function:
    """A function that the parser knows."""
    return Function(name, Syntax(forms), kind)


def missing(names: str, reason: str = "") -> list[Function]:
    """Functions that the sandbox does not have."""
    return [Function(name, Missing(reason)) for name in names.split()]


# Types of calls


def first(kinds: list[Kind]) -> Kind:
    """The type of the first argument."""
    return kinds[0] if kinds else None


def last(kinds: list[Kind]) -> Kind:
    """The type of the last argument."""
    return kinds[-1] if kinds else None


def common(kinds: list[Kind]) -> Kind:
    """The type that all arguments are coerced to, which there must be."""
    types.check_alike(kinds)
    return types.common(kinds)


def element(kinds: list[Kind]) -> Kind:
    """The type of the first argument's elements."""
    return types.element_of(first(kinds))


def array_of_first(kinds: list[Kind]) -> Kind:
    """An array of the first argument's type."""
    return array_of(first(kinds))


def array_of(kind: Kind) -> Kind:
    """The type of an array of such elements."""
    return f"array({kind})" if kind else None


def map_of(key: Kind, value: Kind) -> Kind:
    """The type of a map."""
    return f"map({key}, {value})" if key and value else None


def row_of(*kinds: Kind) -> Kind:
    """The type of a row without names."""
    return f"row({', '.join(str(kind) for kind in kinds)})" if all(kinds) else None


# Pieces of calls


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A call of a function of DuckDB's."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def macro_call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A call of the macro that stands for a function of Athena's."""
    return call(f"{PREFIX}{name}", *arguments)


def raw(text: str) -> exp.Expr:
    """A piece of DuckDB's SQL as it is."""
    return exp.Var(this=text)


def text_of(node: exp.Expr) -> str:
    """A rewritten piece as DuckDB's SQL, fit to stand beside an operator."""
    return str(wrapped(node).sql(dialect="duckdb"))


def wrapped(node: exp.Expr) -> exp.Expr:
    """A piece in brackets, if it needs them beside an operator."""
    return exp.Paren(this=node) if isinstance(node, exp.Binary | exp.Interval) else node


def string(text: str) -> exp.Expr:
    """A text literal."""
    return exp.Literal.string(text)


def is_text(node: exp.Expr) -> bool:
    """Tell a text literal."""
    return isinstance(node, exp.Literal) and bool(node.is_string)


def a_lambda(node: exp.Expr) -> exp.Lambda:
    """An argument that must be a lambda expression.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(node, exp.Lambda):
        raise ValueError  # noqa: TRY004 - as a wrong number of arguments
    return node


def joined(parts: str, by: str) -> str:
    """SQL of the texts of an array, one after another; DuckDB's own joins by a constant only."""
    return (
        f"substr(array_to_string(list_transform({parts}, lambda __p: {by} || CAST(__p AS VARCHAR)), "
        f"''), length({by}) + 1)"
    )


def fail(message: str, on: str = "") -> str:
    """A value of any type, for a branch of a CASE, that ends the query where it is reached.

    Not for the condition of a branch: DuckDB works out one of literals even where it is not reached.

    Args:
        message: an SQL expression of the error; where it is NULL, so is the value.
        on: a parameter of the macro; where it is NULL, so is the value.
    """
    text = f"{message} || left(CAST({on} AS VARCHAR), 0)" if on else message
    return f"[NULL][CAST(CAST({text} AS BOOLEAN) AS INTEGER)]"
