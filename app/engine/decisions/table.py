"""Which rules of a table match these facts, and what do they give together? The seven hit policies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.errors import Refusal
from app.engine import values
from app.engine.decisions.feel import CELL, MATCHES
from app.engine.expressions import Expression, ExpressionRefused
from app.engine.values import BUILT_IN, Function, Trouble, Value


class DecisionRefused(Refusal):
    """A decision cannot be taken with these facts: contradicting rules, or a cell without result."""

    sentence = "La table « {table} » ne permet pas de décider : {reason}."


class HitPolicy(StrEnum):
    """What a table does when several rules match."""

    UNIQUE = "UNIQUE"  #: Never happens: two matching rules are refused
    FIRST = "FIRST"  #: The first one counts
    PRIORITY = "PRIORITY"  #: The one whose result comes first in the list of values
    ANY = "ANY"  #: They must say the same
    COLLECT = "COLLECT"  #: All of them, or their sum, least, greatest, number
    RULE_ORDER = "RULE ORDER"  #: All of them, in the order of the table
    OUTPUT_ORDER = "OUTPUT ORDER"  #: All of them, in the order of the list of values


class Aggregation(StrEnum):
    """What COLLECT makes of the results."""

    NONE = ""  #: Their list
    SUM = "SUM"  #: Their sum, 0 when no rule matches
    COUNT = "COUNT"  #: How many
    MIN = "MIN"  #: The least, nothing when no rule matches
    MAX = "MAX"  #: The greatest, nothing when no rule matches


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that matched: its place in the table (from 1), what it says and what it gives."""

    number: int
    id: str
    annotation: str
    values: Mapping[str, Value]
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """An output column: its name, the order of its values (for priorities), its default."""

    name: str
    order: tuple[Value, ...] = ()
    default: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the table; a test that asks nothing is None."""

    number: int
    id: str
    tests: tuple[Expression | None, ...]
    results: tuple[Expression | None, ...]
    annotation: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table, read and checked."""

    name: str
    policy: HitPolicy
    aggregation: Aggregation
    inputs: tuple[Expression, ...]
    outputs: tuple[Column, ...]
    rules: tuple[Rule, ...]

    def decide(
        self, names: Mapping[str, Value]
    ) -> tuple[Mapping[str, Value], tuple[MatchedRule, ...]]:
        """What the table gives, and the rules that gave it; refuses DecisionRefused."""
        asked = [self._value(expression, names, "une entrée") for expression in self.inputs]
        seen, hits = dict(names), list[MatchedRule]()
        for rule in self.rules:
            if self._matches(rule, asked, seen):
                hits.append(self._hit(rule, names))
                if self.policy is HitPolicy.FIRST:
                    break
        return _POLICIES[self.policy](self, hits)

    def _matches(self, rule: Rule, asked: Sequence[Value], names: dict[str, Value]) -> bool:
        for test, value in zip(rule.tests, asked, strict=True):
            if test is None:
                continue
            names[CELL] = value
            if not self._value(test, names, f"la règle {rule.number}"):
                return False
        return True

    def _hit(self, rule: Rule, names: Mapping[str, Value]) -> MatchedRule:
        given = {
            column.name: None
            if result is None
            else self._value(result, names, f"la règle {rule.number}")
            for column, result in zip(self.outputs, rule.results, strict=True)
        }
        return MatchedRule(rule.number, rule.id, rule.annotation, given, rule.annotations)

    def _value(self, of: Expression, names: Mapping[str, Value], where: str) -> Value:
        try:
            return of.evaluate(names, FUNCTIONS)
        except ExpressionRefused as refusal:
            reason = f"dans {where}, « {of.source} » : {refusal.subject['reason']}"
            raise DecisionRefused(table=self.name, reason=reason) from None

    def refuse(self, reason: str) -> DecisionRefused:
        """The refusal of this table for that reason."""
        return DecisionRefused(table=self.name, reason=reason)

    def nothing(self) -> Mapping[str, Value]:
        """What the table gives when no rule matches: the defaults of its columns."""
        return {
            column.name: None
            if column.default is None
            else self._value(column.default, {}, "la valeur par défaut")
            for column in self.outputs
        }


_Outcome = tuple[Mapping[str, Value], tuple[MatchedRule, ...]]


def _numbers(hits: Sequence[MatchedRule]) -> str:
    return ", ".join(str(hit.number) for hit in hits)


def _first(table: Table, hits: Sequence[MatchedRule]) -> _Outcome:
    return (hits[0].values, (hits[0],)) if hits else (table.nothing(), ())


def _unique(table: Table, hits: Sequence[MatchedRule]) -> _Outcome:
    if len(hits) > 1:
        raise table.refuse(
            f"les règles {_numbers(hits)} s’appliquent en même temps, une seule le peut"
        )
    return _first(table, hits)


def _any(table: Table, hits: Sequence[MatchedRule]) -> _Outcome:
    for hit in hits[1:]:
        if not all(values.equal(hit.values[name], hits[0].values[name]) for name in hit.values):
            raise table.refuse(f"les règles {_numbers(hits)} s’appliquent et se contredisent")
    return _first(table, hits)


def _priority(table: Table, hits: Sequence[MatchedRule]) -> _Outcome:
    return _first(table, _by_output(table, hits))


def _by_output(table: Table, hits: Sequence[MatchedRule]) -> list[MatchedRule]:
    def rank(hit: MatchedRule) -> list[int]:
        return [_rank(column, hit.values[column.name]) for column in table.outputs]

    return sorted(hits, key=rank)


def _rank(column: Column, value: Value) -> int:
    for place, allowed in enumerate(column.order):
        if values.equal(allowed, value):
            return place
    return len(column.order)


def _all(table: Table, hits: Sequence[MatchedRule]) -> _Outcome:
    columns = {
        column.name: [hit.values[column.name] for hit in hits] for column in table.outputs
    }
    return columns, tuple(hits)


def _output_order(table: Table, hits: Sequence[MatchedRule]) -> _Outcome:
    return _all(table, _by_output(table, hits))


def _collect(table: Table, hits: Sequence[MatchedRule]) -> _Outcome:
    lists, matched = _all(table, hits)
    if table.aggregation is Aggregation.NONE:
        return lists, matched
    aggregate = _AGGREGATES[table.aggregation]
    try:
        return {name: aggregate(given) for name, given in lists.items()}, matched
    except Trouble as trouble:
        raise table.refuse(
            f"les résultats des règles {_numbers(hits)} ne s’additionnent "
            f"ni ne se comparent : {trouble.reason}"
        ) from None


def _or_nothing(function: Function) -> Callable[[Value], Value]:
    return lambda given: function(given) if given else None


_AGGREGATES: Mapping[Aggregation, Callable[[Value], Value]] = {
    Aggregation.SUM: BUILT_IN["sum"],
    Aggregation.COUNT: BUILT_IN["len"],
    Aggregation.MIN: _or_nothing(BUILT_IN["min"]),
    Aggregation.MAX: _or_nothing(BUILT_IN["max"]),
}
_POLICIES: Mapping[HitPolicy, Callable[[Table, Sequence[MatchedRule]], _Outcome]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.FIRST: _first,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.ANY: _any,
    HitPolicy.COLLECT: _collect,
    HitPolicy.RULE_ORDER: _all,
    HitPolicy.OUTPUT_ORDER: _output_order,
}


def _is_expected(value: Value, expected: Value) -> Value:
    if isinstance(expected, list | tuple):
        return values.contains(value, expected)
    return values.equal(value, expected)


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise Trouble(f"un texte est attendu, pas {values.kind_of(value)}")
    return value


def _part(text: Value, start: Value, length: Value = None) -> Value:
    first = int(values.number_of(start))
    begin = first - 1 if first > 0 else max(0, len(_text(text)) + first)
    rest = _text(text)[begin:]
    return rest if length is None else rest[: max(0, int(values.number_of(length)))]


#: What a cell may call besides `min`, `max`, `sum`, `floor`… of every expression.
FUNCTIONS: Mapping[str, Function] = {
    MATCHES: _is_expected,
    "contains": lambda text, part: _text(part) in _text(text),
    "starts_with": lambda text, start: _text(text).startswith(_text(start)),
    "ends_with": lambda text, end: _text(text).endswith(_text(end)),
    "string_length": lambda text: len(_text(text)),
    "upper_case": lambda text: _text(text).upper(),
    "lower_case": lambda text: _text(text).lower(),
    "substring": _part,
    "string": BUILT_IN["str"],
    "list_contains": lambda items, item: values.contains(item, items),
    "count": lambda items: len(values.items_of(items)),
    "round_half_up": values.rounded,
}
KNOWN_FUNCTIONS = frozenset(FUNCTIONS) | frozenset(BUILT_IN)
