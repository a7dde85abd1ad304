"""What do the tables of a dossier type lack to compute an aid? One French sentence each."""

from collections.abc import Iterator
from fractions import Fraction

from app.catalogue.aid_facts import AID_FACTS, PAYMENT_FACTS
from app.catalogue.aid_tables import PLACE, RESULTS, TOLD
from app.engine.decisions import Decision, DecisionModel
from app.engine.decisions.table import Table
from app.engine.expressions import Expression

#: What tables may read: the facts, and what the calculation adds to them.
_READABLE = frozenset({*AID_FACTS, *PAYMENT_FACTS, "aid", "uncapped_aid"})
#: Tables that nobody draws but to compute an aid; `eligibility` or `authority` may serve anything.
_OF_AN_AID = ("parameters", "bonuses", "public_cap", "minimum_aid", "instalments")


def aid_problems(model: DecisionModel) -> Iterator[str]:
    """Every table or result that is missing, every name that nobody gives.

    A type without any table of an aid simply has no aid rules: nothing is wrong with it.
    """
    if not any(decision in model for decision in _OF_AN_AID):
        return
    for decision, results in RESULTS.items():
        if decision not in model:
            yield f"Il manque la table « {decision} » des règles d’aide."
            continue
        given = model.decisions[decision].outputs
        for name in results:
            if name not in given:
                yield f"La table « {decision} » doit donner « {name} »."
    for found in model.decisions.values():
        if found.id in _concerned(model):
            yield from _unknown_names(model, found)
            yield from _unknown_words(model, found)
            yield from _bad_rates(found)


def _concerned(model: DecisionModel) -> frozenset[str]:
    """The decisions of an aid, and those they require."""
    waiting, seen = [name for name in RESULTS if name in model], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen and name in model:
            seen.add(name)
            waiting += model.decisions[name].requires
    return frozenset(seen)


def _given(model: DecisionModel, decision: Decision) -> set[str]:
    return {name for one in decision.requires for name in model.decisions[one].outputs}


def _unknown_names(model: DecisionModel, decision: Decision) -> Iterator[str]:
    """Each name that nobody gives, once for the table that reads it, with the rules that do."""
    known = _READABLE | _given(model, decision)
    where: dict[str, list[int]] = {}
    for rank, cell in _placed(decision):
        for name in decision.reads(cell) - known:
            where.setdefault(name, []).append(rank)
    for name in sorted(where):
        rules = ", ".join(str(rank) for rank in dict.fromkeys(where[name]) if rank)
        place = f", règle {rules}," if rules else ""
        yield f"La table « {decision.id} »{place} lit « {name} », que personne ne fournit."


def _placed(decision: Decision) -> Iterator[tuple[int, Expression]]:
    """Every expression with the number of its rule; zero outside of any."""
    if not isinstance(decision.body, Table):
        yield 0, decision.body.expression
        return
    for entry in decision.body.inputs:
        yield 0, entry
    for rule in decision.body.rules:
        for cell in (*rule.tests, *rule.results):
            if cell is not None:
                yield rule.number, cell


def _bad_rates(decision: Decision) -> Iterator[str]:
    """A rate written as a percentage: 25 would pay the cost twenty-five times."""
    if not isinstance(decision.body, Table):
        return
    for rule in decision.body.rules:
        for column, cell in zip(decision.body.outputs, rule.results, strict=True):
            if cell is None or cell.names or not column.name.endswith("_rate"):
                continue
            value = cell.evaluate({})
            if isinstance(value, int | Fraction) and not 0 <= value <= 1:
                yield (
                    f"La table « {decision.id} », règle {rule.number}, donne {cell.source} à "
                    f"« {column.name} » : un taux est une part de un, 0.25 pour 25 %."
                )


def _unknown_words(model: DecisionModel, decision: Decision) -> Iterator[str]:
    if not isinstance(decision.body, Table):
        return
    read = _given(model, decision)
    for rule in decision.body.rules:
        for name in PLACE.findall(rule.annotation):
            if name not in _READABLE | TOLD | read:
                yield (
                    f"La table « {decision.id} », règle {rule.number}, nomme "
                    f"« {{{name}}} », qui n’est pas connu."
                )
