"""What do the tables of a dossier type lack to compute an aid? One French sentence each."""

from collections.abc import Iterator

from app.catalogue.aid_facts import AID_FACTS, PAYMENT_FACTS
from app.catalogue.aid_tables import PLACE, RESULTS, TOLD
from app.engine.decisions import Decision, DecisionModel
from app.engine.decisions.table import Table

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
        for name in sorted(model.needs(decision) - _READABLE):
            yield f"La table « {decision} » lit « {name} », que personne ne fournit."
        yield from _unknown_words(model, model.decisions[decision])


def _unknown_words(model: DecisionModel, decision: Decision) -> Iterator[str]:
    if not isinstance(decision.body, Table):
        return
    read = {name for one in decision.requires for name in model.decisions[one].outputs}
    for rule in decision.body.rules:
        for name in PLACE.findall(rule.annotation):
            if name not in _READABLE | TOLD | read:
                yield (
                    f"La table « {decision.id} », règle {rule.number}, nomme "
                    f"« {{{name}}} », qui n’est pas connu."
                )
