"""What does this decision say of these facts? The decisions of a dossier type, and what they need of each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.engine.decisions.feel import CELL
from app.engine.decisions.table import FUNCTIONS, DecisionRefused, MatchedRule, Table
from app.engine.expressions import Expression, ExpressionRefused
from app.engine.values import Value


@dataclass(frozen=True, slots=True)
class Formula:
    """A decision that is one expression; its result bears the name of its variable."""

    name: str
    variable: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: its table or formula, and the decisions whose results it reads."""

    id: str
    name: str
    body: Table | Formula
    requires: tuple[str, ...]

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of its results."""
        if isinstance(self.body, Table):
            return tuple(column.name for column in self.body.outputs)
        return (self.body.variable,)

    def expressions(self) -> Iterable[Expression]:
        """Every expression it is made of."""
        if isinstance(self.body, Formula):
            return [self.body.expression]
        cells = [cell for rule in self.body.rules for cell in (*rule.tests, *rule.results)]
        return [*self.body.inputs, *(cell for cell in cells if cell is not None)]

    def reads(self, cell: Expression) -> frozenset[str]:
        """The names that one of its expressions reads, the value of the column apart."""
        return cell.names - {CELL} - {*self.requires}


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What a decision gave, the rules that gave it, and the results it was built on."""

    values: Mapping[str, Value]
    matched: tuple[MatchedRule, ...]
    trace: Mapping[str, "DecisionResult"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """The decisions read from DMN files; immutable, safe to share between threads."""

    decisions: Mapping[str, Decision]

    def __contains__(self, decision_id: object) -> bool:
        """That decision exists."""
        return decision_id in self.decisions

    def decide(self, decision_id: str, facts: Mapping[str, Value]) -> DecisionResult:
        """The results of that decision, after those it requires.

        Refuses DecisionRefused when rules contradict each other, when a fact is missing from
        `facts` or when a cell has no result with them.
        """
        trace: dict[str, DecisionResult] = {}
        return self._take(decision_id, facts, trace)

    def needs(self, decision_id: str) -> frozenset[str]:
        """The facts that decision reads, itself or through those it requires."""
        needed: set[str] = set()
        waiting, seen = [decision_id], {decision_id}
        while waiting:
            decision = self._decision(waiting.pop())
            read = {name for cell in decision.expressions() for name in decision.reads(cell)}
            given = {name for one in decision.requires for name in self._decision(one).outputs}
            needed |= read - given
            waiting += [one for one in decision.requires if one not in seen]
            seen.update(decision.requires)
        return frozenset(needed)

    def _decision(self, decision_id: str) -> Decision:
        found = self.decisions.get(decision_id)
        if found is None:
            raise DecisionRefused(table=decision_id, reason="elle n’existe pas")
        return found

    def _take(
        self, decision_id: str, facts: Mapping[str, Value], trace: dict[str, DecisionResult]
    ) -> DecisionResult:
        if decision_id in trace:
            return trace[decision_id]
        decision = self._decision(decision_id)
        names = dict(facts)
        used: dict[str, DecisionResult] = {}
        for required in decision.requires:
            result = used[required] = self._take(required, facts, trace)
            # A result is read by its own name, or as a whole under the decision's.
            whole = list(result.values.values())
            names[required] = whole[0] if len(whole) == 1 else result.values
            names.update(result.values)
        trace[decision_id] = result = _result(decision, names, used)
        return result


def _result(
    decision: Decision, names: Mapping[str, Value], used: Mapping[str, DecisionResult]
) -> DecisionResult:
    body = decision.body
    if isinstance(body, Table):
        given, matched = body.decide(names)
        return DecisionResult(given, matched, used)
    try:
        value = body.expression.evaluate(names, FUNCTIONS)
    except ExpressionRefused as refusal:
        raise DecisionRefused(table=body.name, reason=refusal.subject["reason"]) from None
    return DecisionResult({body.variable: value}, (), used)
