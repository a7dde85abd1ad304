"""Does the diagram ask for something the engine would leave undone without a word? It is refused."""

from collections.abc import Iterator

from app.engine.errors import Problem
from app.engine.lint.drawn import ACTIVITIES, Scope, problem
from app.engine.xml import Element, camunda, children, local

_ASSOCIATIONS = ("dataInputAssociation", "dataOutputAssociation")
_COMPUTED = ("assignment", "transformation")
_LISTENERS = ("executionListener", "taskListener")


def ignored(scope: Scope) -> Iterator[Problem]:
    """Every demand that nothing would answer."""
    for node in (scope.element, *scope.nodes.values()):
        yield from _camunda(node)
    for node in scope.nodes.values():
        if children(node, "eventDefinitionRef"):
            yield problem(
                node, "renvoie à une définition d’événement partagée : écrivez-la dedans"
            )
        for association in children(node, *_ASSOCIATIONS):
            if children(association, *_COMPUTED):
                yield problem(
                    node, "calcule une donnée dans une association : faites-le dans un script"
                )
        if local(node) in ACTIVITIES:
            yield from _quantities(node)


def _quantities(node: Element) -> Iterator[Problem]:
    for attribute in ("startQuantity", "completionQuantity"):
        if node.get(attribute, "1") != "1":
            yield problem(node, f"compte plusieurs jetons à la fois ({attribute})")
    for loop in children(node, "multiInstanceLoopCharacteristics"):
        if loop.get("behavior", "All") != "All":
            yield problem(
                node, "déclenche un événement à chaque répétition (behavior) : dessinez-le"
            )


def _camunda(node: Element) -> Iterator[Problem]:
    for holder in children(node, "extensionElements"):
        for item in holder:
            if item.tag == camunda("inputOutput"):
                yield problem(
                    node, "renomme des variables (inputOutput) : ce sont celles du dossier"
                )
            elif item.tag in {camunda("in"), camunda("out")} and _renames(item):
                yield problem(
                    node, "renomme des variables (in, out) : ce sont celles du dossier"
                )
            elif item.tag in {camunda(name) for name in _LISTENERS}:
                yield problem(
                    node, "demande un programme à l’écoute (listener) : ici, rien ne s’exécute"
                )


def _renames(item: Element) -> bool:
    if item.get("variables") == "all" or item.get("businessKey") is not None:
        return False
    return item.get("source") is None or item.get("source") != item.get("target")
