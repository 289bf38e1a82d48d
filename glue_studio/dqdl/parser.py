"""From the text of a ruleset to its tree, by recursive descent.

The grammar is that of awslabs/dqdl with what the DQDL reference has added since: constants for
parameters, labels, and lists as values of `with` options.
"""

import difflib
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Literal, TypeVar, cast

from glue_studio.dqdl.rule_types import RULE_TYPES, ConditionKind, RuleType
from glue_studio.dqdl.tokens import Token, place, tokenize
from glue_studio.dqdl.tree import (
    Analyzer,
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
    Operator,
    Rule,
    Ruleset,
    Size,
    Tag,
    Text,
    Value,
)


def parse(text: str) -> Ruleset:
    """Read a DQDL document.

    Raises:
        DqdlError: the text is not DQDL, names a rule type that there is not, or gives one the
            wrong number of parameters or no condition where it needs one.
    """
    return _Parser(text).document()


_T = TypeVar("_T")

_FUNCTIONS = ("last", "avg", "median", "max", "min", "sum", "std", "abs", "percentile", "index")
_KEYWORDS = {
    word: cast('Literal["NULL", "EMPTY", "WHITESPACES_ONLY"]', word.upper())
    for name in ("NULL", "EMPTY", "WHITESPACES_ONLY")
    for word in (name, name.lower())
}
_DURATIONS = {"minutes", "minute", "hours", "hour", "days", "day"}
_SIZES = {"B", "KB", "MB", "GB", "TB"}
_COMPARISONS = ("=", "!=", ">", ">=", "<", "<=")
_CLAUSE_WORDS = {"between", "not", "in", "matches", "where", "with", "labels", "or", "OR"}
_DEEPEST = 100  # Nested parentheses; far more than anyone writes, far less than Python's stack.
_MOST_LABELS = 10
_CONSTANTS = "constants"
# As AWS's grammar (awslabs/dqdl) has it; the first place is of nothing.
_ORDER = ("", "Metadata", "DataSources", _CONSTANTS, "DefaultLabels", "Rules", "Analyzers")
_SECTIONS = {"Metadata": ("Version",), "DataSources": ("Primary", "AdditionalDataSources")}


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = tokenize(source)
        self._index = 0
        self._depth = 0
        self._constants: dict[str, Value | tuple[Value, ...]] = {}

    # --- document ---

    def document(self) -> Ruleset:
        rules: tuple[Rule | Composite, ...] | None = None
        analyzers: tuple[Analyzer, ...] | None = None
        labels: tuple[Label, ...] = ()
        last = 0
        while self._now.kind != "end":
            name = self._expect("word", "Rules, Analyzers, DefaultLabels or the name of a constant")
            last = self._in_order(name, last)
            self._sign("=")
            if name.value == "Rules":
                rules = self._list(self._top_rule)
            elif name.value == "Analyzers":
                analyzers = self._list(self._analyzer)
            elif name.value == "DefaultLabels":
                labels = self._labels()
            elif name.value in _SECTIONS:
                self._section(name)
            else:
                self._constant(name)
        if rules is None and analyzers is None:
            raise self._error("there is no list of rules; write Rules = [ … ].", self._now)
        return Ruleset(rules or (), analyzers or (), labels)

    def _in_order(self, name: Token, last: int) -> int:
        """The place in a ruleset of what has this name, which is not before the last one's."""
        place = _ORDER.index(name.value) if name.value in _ORDER else _ORDER.index(_CONSTANTS)
        if place < last:
            raise self._error(
                f"{name.value} stands too late; a ruleset is {', '.join(_ORDER[1:])}, in this order.",
                name,
            )
        if place == last and name.value in _ORDER:
            raise self._error(f"there is a second {name.value}; keep one.", name)
        return place

    def _section(self, name: Token) -> None:
        """Metadata or DataSources, of which no rule makes use: only its form is checked."""
        keys = _SECTIONS[name.value]
        self._sign("{")
        while True:
            key = self._expect("text", f"{' or '.join(keys)} in double quotes")
            if key.value not in keys:
                raise self._error(f"{name.value} has {' and '.join(keys)} alone.", key)
            self._sign(":")
            if key.value == "AdditionalDataSources":
                self._list(lambda: self._expect("text", "the name of a data source"))
            else:
                self._expect("text", f"the {key.value} in double quotes")
            if not self._accept(","):
                break
        self._sign("}")

    def _constant(self, name: Token) -> None:
        if name.value in ("rules", "RULES", "analyzers", "ANALYZERS"):
            raise self._error(f"{name.value} is written {name.value.capitalize()}.", name)
        if self._at("["):
            self._constants[name.value] = self._list(self._value)
        else:
            self._constants[name.value] = self._value()

    def _list(self, item: Callable[[], _T]) -> tuple[_T, ...]:
        self._sign("[")
        items: list[_T] = []
        while not self._at("]"):
            items.append(item())
            if not self._accept(","):
                break
            if self._at("]"):
                raise self._error("a comma stands before the closing bracket; remove the comma.")
        self._sign("]", "a comma or the closing bracket ]")
        return tuple(items)

    # --- rules ---

    def _top_rule(self) -> Rule | Composite:
        return self._joined()

    def _joined(self) -> Rule | Composite:
        """One rule, or several joined; `and` binds tighter than `or`, as in the grammar."""
        return self._chain("or", lambda: self._chain("and", self._unit))

    def _chain(
        self, operator: Literal["and", "or"], part: Callable[[], Rule | Composite]
    ) -> Rule | Composite:
        start, first = self._index, self._now
        parts = [part()]
        while self._now.kind == "word" and self._now.value in (operator, operator.upper()):
            self._index += 1
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        return Composite(operator, tuple(parts), (), self._text_since(start), self._line(first))

    def _unit(self) -> Rule | Composite:
        start, first = self._index, self._now
        if not self._accept("("):
            return self._rule()
        self._deeper()
        inner = self._joined()
        self._sign(")", "and, or, or the closing parenthesis )")
        self._depth -= 1
        if not self._word_is("labels"):
            return inner
        labels = self._rule_labels()
        text, line = self._text_since(start), self._line(first)
        if isinstance(inner, Composite):
            return Composite(inner.operator, inner.rules, labels, text, line)
        return Rule(
            inner.type, inner.parameters, inner.condition, inner.where, inner.threshold,
            inner.tags, labels, text, line,
        )  # fmt: skip

    def _rule(self) -> Rule:
        start = self._index
        first = self._expect("word", 'a rule, for example IsComplete "column"')
        rule_type = self._rule_type(first)
        if not rule_type.rule:
            raise self._error(
                f"{rule_type.name} is not a rule; it belongs in the list Analyzers.", first
            )
        parameters = self._parameters(rule_type, first)
        condition = self._condition() if self._condition_follows() else None
        if condition is None and rule_type.condition is ConditionKind.REQUIRED:
            raise self._error(f"{rule_type.name} needs a condition, for example > 0.", self._now)
        if condition is not None and rule_type.condition is ConditionKind.NONE:
            raise self._error(f"{rule_type.name} takes no condition; remove it.", first)
        where, threshold, tags, labels = self._clauses(rule_type)
        text, line = self._text_since(start), self._line(first)
        return Rule(
            rule_type.name, parameters, condition, where, threshold, tags, labels, text, line
        )

    def _clauses(
        self, rule_type: RuleType
    ) -> tuple[str | None, Condition | None, tuple[Tag, ...], tuple[Label, ...]]:
        where: str | None = None
        threshold: Condition | None = None
        tags: list[Tag] = []
        labels: tuple[Label, ...] = ()
        while True:
            word = self._now
            if self._word_is("where"):
                if where is not None or not rule_type.where:
                    reason = "has two where clauses" if where else "takes no where clause"
                    raise self._error(f"{rule_type.name} {reason}; remove one.", word)
                self._index += 1
                where = self._expect("text", "a condition in double quotes").value
            elif self._word_is("with"):
                self._index += 1
                tag = self._tag()
                if tag.name != "threshold":
                    tags.append(tag)
                elif threshold is not None or not rule_type.threshold:
                    reason = "has two thresholds" if threshold else "takes no threshold"
                    raise self._error(f"{rule_type.name} {reason}; remove one.", word)
                else:
                    threshold = tag.condition
            elif self._word_is("labels") and not labels:
                labels = self._rule_labels()  # The grammar has them before `with`, too.
            else:
                return where, threshold, tuple(tags), labels

    def _analyzer(self) -> Analyzer:
        start = self._index
        first = self._expect("word", 'an analyzer, for example Completeness "column"')
        rule_type = self._rule_type(first)
        if not rule_type.analyzer:
            raise self._error(
                f"{rule_type.name} is not an analyzer; it belongs in the list Rules.", first
            )
        parameters = self._parameters(rule_type, first)
        if self._condition_follows():
            raise self._error(
                "an analyzer has no condition; make it a rule or remove the condition."
            )
        tags: list[Tag] = []
        if self._word_is("with"):
            self._index += 1
            tags.append(self._tag())
            # Distribution's options follow each other with commas: with bins = 20, rebin = false.
            while self._at(",") and self._peek(1).kind == "word" and self._peek(2).value == "=":
                self._index += 1
                tags.append(self._tag())
        text, line = self._text_since(start), self._line(first)
        return Analyzer(rule_type.name, parameters, tuple(tags), text, line)

    def _rule_type(self, name: Token) -> RuleType:
        rule_type = RULE_TYPES.get(name.value)
        if rule_type is None:
            near = difflib.get_close_matches(name.value, RULE_TYPES, 1) or [
                known for known in RULE_TYPES if known.lower() == name.value.lower()
            ]
            hint = f"did you mean {near[0]}?" if near else "see the DQDL reference."
            raise self._error(f"there is no rule type {name.value}; {hint}", name)
        return rule_type

    def _parameters(self, rule_type: RuleType, first: Token) -> tuple[str, ...]:
        parameters: list[str] = []
        while True:
            token = self._now
            connector = token.value.lower() if token.kind == "word" else ""
            if connector in ("of", "and"):
                # A connecting word, as in `ColumnCorrelation of "a" and b`, not a composite.
                if not self._is_parameter(self._peek(1), after_of=connector == "of"):
                    break
                self._index += 1
                parameters.append(self._parameter())
            elif self._is_parameter(token):
                parameters.append(self._parameter())
            else:
                break
        least, most = rule_type.least, rule_type.most
        if len(parameters) < least or (most is not None and len(parameters) > most):
            wanted = str(least) if least == most else f"{least} to {most or 'any number'}"
            raise self._error(
                f"{rule_type.name} takes {wanted} parameter(s), not {len(parameters)}.", first
            )
        return tuple(parameters)

    def _is_parameter(self, token: Token, *, after_of: bool = False) -> bool:
        if token.kind == "word":
            # The name of a rule type after a rule is the next rule, whose comma was forgotten;
            # after `of` it is what is meant: `DetectAnomalies of RowCount`.
            return token.value not in _CLAUSE_WORDS and (after_of or token.value not in RULE_TYPES)
        return token.kind == "text" or (token.kind == "sign" and token.value == "$")

    def _parameter(self) -> str:
        return self._constant_text() if self._at("$") else self._take().value

    def _constant_text(self) -> str:
        name, value = self._constant_value()
        if not isinstance(value, Text):
            raise self._error(f"constant {name.value} is not a text; a parameter is one.", name)
        return value.value

    def _constant_value(self) -> tuple[Token, Value | tuple[Value, ...]]:
        self._sign("$")
        name = self._expect("word", "the name of a constant")
        if name.value not in self._constants:
            raise self._error(
                f'no constant {name.value} is defined above; write {name.value} = "…".', name
            )
        return name, self._constants[name.value]

    def _tag(self) -> Tag:
        name = self._expect("word", "threshold or the name of an option")
        if self._at("=") and self._peek(1).kind == "word":
            value = self._peek(1)
            self._index += 2
            return Tag(name.value, Condition("=", (Text(value.value),)))
        if self._at("=") and self._peek(1).value == "[" and self._peek(1).kind == "sign":
            self._index += 1
            return Tag(name.value, Condition("in", self._list(self._value)))
        return Tag(name.value, self._condition())

    def _rule_labels(self) -> tuple[Label, ...]:
        self._index += 1
        self._sign("=")
        return self._labels()

    def _labels(self) -> tuple[Label, ...]:
        first = self._now
        labels = self._list(self._label)
        if len(labels) > _MOST_LABELS:
            raise self._error(
                f"a rule has at most {_MOST_LABELS} labels, not {len(labels)}.", first
            )
        return labels

    def _label(self) -> Label:
        key = self._expect("text", 'a label, for example "team"="finance"')
        if not key.value:
            raise self._error("the key of a label is empty; name it.", key)
        self._sign("=")
        return Label(key.value, self._expect("text", "the label's value in double quotes").value)

    # --- conditions and values ---

    def _condition_follows(self) -> bool:
        token = self._now
        if token.kind == "sign":
            return token.value in _COMPARISONS
        return token.kind == "word" and token.value in ("between", "not", "in", "matches")

    def _condition(self) -> Condition:
        token = self._now
        if token.kind == "sign" and token.value in _COMPARISONS:
            self._index += 1
            return Condition(cast("Operator", token.value), (self._value(),))
        negated = self._accept_word("not")
        if self._accept_word("between"):
            low = self._value()
            if not (self._accept_word("and") or self._accept_word("AND")):
                raise self._error("between needs two values joined by and.", self._now)
            return Condition("not between" if negated else "between", (low, self._value()))
        if self._accept_word("in"):
            return Condition("not in" if negated else "in", self._members())
        if self._accept_word("matches"):
            pattern = self._expect("text", "a regular expression in double quotes")
            return Condition("not matches" if negated else "matches", (Text(pattern.value),))
        raise self._error("expected a condition, for example > 0, between 1 and 9, or in [ … ].")

    def _members(self) -> tuple[Value, ...]:
        first = self._now
        if self._at("$"):
            name, value = self._constant_value()
            if not isinstance(value, tuple):
                raise self._error(f"constant {name.value} is not a list; write [ … ].", name)
            return value
        members = self._list(self._value)
        if not members:
            raise self._error("the list is empty; no value could ever be in it.", first)
        return members

    def _value(self) -> Value:
        self._deeper()
        value = self._sum()
        self._depth -= 1
        return value

    def _sum(self) -> Value:
        left = self._product()
        while self._at("+") or self._at("-"):
            operator = cast('Literal["+", "-"]', self._take().value)
            left = self._calculated(operator, left, self._product())
        return left

    def _product(self) -> Value:
        left = self._operand()
        while self._at("*") or self._at("/"):
            operator = cast('Literal["*", "/"]', self._take().value)
            left = self._calculated(operator, left, self._operand())
        return left

    def _calculated(
        self, operator: Literal["+", "-", "*", "/"], left: Value, right: Value
    ) -> Value:
        if isinstance(left, Now) and isinstance(right, Duration) and operator in ("+", "-"):
            return Offset(operator, right)
        if not all(isinstance(side, Number | Call | Arithmetic) for side in (left, right)):
            raise self._error(
                "only numbers are calculated with; only a duration is added to now()."
            )
        return Arithmetic(operator, left, right)

    def _operand(self) -> Value:
        token = self._now
        if self._accept("("):
            value = self._value()
            self._sign(")", "the closing parenthesis )")
            return value
        if self._accept("-"):
            number = self._expect("number", "a number")
            return Number(-Decimal(number.value))
        if self._at("$"):
            name, constant = self._constant_value()
            if isinstance(constant, tuple):
                raise self._error(
                    f"constant {name.value} is a list; one value is wanted here.", name
                )
            return constant
        if token.kind == "text":
            self._index += 1
            return Text(token.value)
        if token.kind == "number":
            return self._measure(Decimal(self._take().value))
        if token.kind == "word":
            return self._named(self._take())
        raise self._error("expected a value: a number, a text in double quotes, a date or now().")

    def _measure(self, amount: Decimal) -> Value:
        unit = self._now
        if unit.kind == "word" and unit.value in _DURATIONS:
            self._index += 1
            plural = unit.value if unit.value.endswith("s") else unit.value + "s"
            return Duration(amount, cast('Literal["minutes", "hours", "days"]', plural))
        if unit.kind == "word" and unit.value in _SIZES:
            self._index += 1
            return Size(amount, cast('Literal["B", "KB", "MB", "GB", "TB"]', unit.value))
        return Number(amount)

    def _named(self, token: Token) -> Value:
        name = token.value
        if name in _KEYWORDS:
            return Keyword(_KEYWORDS[name])
        if (sized := _JOINED_SIZE.match(name)) is not None:
            return Size(Decimal(sized[1]), cast('Literal["B", "KB", "MB", "GB", "TB"]', sized[2]))
        if not self._at("("):
            raise self._error(f'expected a value; a text stands in double quotes: "{name}".', token)
        if name == "now":
            self._sign("(")
            self._sign(")")
            return Now()
        if name not in _FUNCTIONS:
            raise self._error(
                f"there is no function {name}; there are now, {', '.join(_FUNCTIONS)}.", token
            )
        return Call(name, self._arguments())

    def _arguments(self) -> tuple[Value, ...]:
        self._sign("(")
        arguments: list[Value] = []
        if not self._at(")"):
            arguments.append(self._value())
            while self._accept(","):
                arguments.append(self._value())
        self._sign(")", "a comma or the closing parenthesis )")
        return tuple(arguments)

    # --- tokens ---

    @property
    def _now(self) -> Token:
        return self._tokens[self._index]

    def _peek(self, ahead: int) -> Token:
        return self._tokens[min(self._index + ahead, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._now
        self._index += 1
        return token

    def _at(self, sign: str) -> bool:
        return self._now.kind == "sign" and self._now.value == sign

    def _accept(self, sign: str) -> bool:
        found = self._at(sign)
        self._index += found
        return found

    def _word_is(self, word: str) -> bool:
        return self._now.kind == "word" and self._now.value == word

    def _accept_word(self, word: str) -> bool:
        found = self._word_is(word)
        self._index += found
        return found

    def _sign(self, sign: str, wanted: str = "") -> None:
        if not self._accept(sign):
            raise self._error(f"expected {wanted or sign}{self._found()}.")

    def _expect(self, kind: str, wanted: str) -> Token:
        if self._now.kind != kind:
            raise self._error(f"expected {wanted}{self._found()}.")
        return self._take()

    def _found(self) -> str:
        token = self._now
        if token.kind == "end":
            return ", found the end of the ruleset"
        return f", found {self._source[token.start : min(token.end, token.start + 40)]}"

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"parentheses nest deeper than {_DEEPEST}; simplify the rule.")

    def _text_since(self, first: int) -> str:
        """The source from a token to the last one taken, comments out, white space run together."""
        parts: list[str] = []
        end = self._tokens[first].start
        for token in self._tokens[first : self._index]:
            if token.start > end:
                parts.append(" ")
            parts.append(self._source[token.start : token.end])
            end = token.end
        return "".join(parts)

    def _line(self, token: Token) -> int:
        return place(self._source, token.start)[0]

    def _error(self, message: str, token: Token | None = None) -> DqdlError:
        return DqdlError(message, *place(self._source, (token or self._now).start))


_JOINED_SIZE = re.compile(r"(\d+)(B|KB|MB|GB|TB)\Z")
