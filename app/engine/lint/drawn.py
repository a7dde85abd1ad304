"""How do the checks look at a diagram? Scope by scope, with a French name for everything drawn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.engine.elements import NODE_KINDS
from app.engine.errors import Problem
from app.engine.normalise import definitions, is_event_subprocess
from app.engine.xml import Element, bpmn, children, local

SCOPES = frozenset({"process", "subProcess", "transaction"})
GATEWAYS = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"}
)
ACTIVITIES = frozenset(
    {
        "userTask",
        "manualTask",
        "task",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        "transaction",
        "callActivity",
    }
)

_KINDS = {
    "startEvent": "L’événement de début",
    "endEvent": "L’événement de fin",
    "intermediateCatchEvent": "L’événement",
    "intermediateThrowEvent": "L’événement",
    "boundaryEvent": "L’événement attaché",
    "userTask": "L’étape",
    "manualTask": "L’étape",
    "task": "La tâche",
    "serviceTask": "La tâche de service",
    "scriptTask": "Le script",
    "businessRuleTask": "La règle",
    "sendTask": "L’envoi",
    "receiveTask": "L’attente",
    "exclusiveGateway": "La passerelle",
    "inclusiveGateway": "La passerelle",
    "parallelGateway": "La passerelle",
    "eventBasedGateway": "La passerelle",
    "subProcess": "Le sous-processus",
    "transaction": "La transaction",
    "callActivity": "L’appel",
    "process": "Le processus",
    "sequenceFlow": "Le chemin",
}


@dataclass(slots=True)
class Scope:
    """One process or sub-process: its nodes, and the flows between them."""

    element: Element
    nodes: dict[str, Element] = field(default_factory=dict)
    flows: list[Element] = field(default_factory=list)
    leaving: dict[str, list[Element]] = field(default_factory=dict)
    entering: dict[str, list[Element]] = field(default_factory=dict)
    attached: dict[str, list[str]] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> Iterator[Element]:
        """The nodes of these kinds, in the order of the file."""
        return (node for node in self.nodes.values() if local(node) in kinds)

    def after(self, name: str) -> list[str]:
        """Where the flows leaving the node lead."""
        return [flow.get("targetRef", "") for flow in self.leaving.get(name, ())]

    def events_of(self, host: str) -> list[str]:
        """The events attached to the node."""
        return self.attached.get(host, [])


def read_scope(element: Element) -> Scope:
    """The scope as drawn."""
    scope = Scope(element)
    for child in element:
        if local(child) in NODE_KINDS:
            scope.nodes.setdefault(name_of(child), child)
    for event in scope.of_kind("boundaryEvent"):
        scope.attached.setdefault(event.get("attachedToRef", ""), []).append(name_of(event))
    for flow in children(element, "sequenceFlow"):
        scope.flows.append(flow)
        scope.leaving.setdefault(flow.get("sourceRef", ""), []).append(flow)
        scope.entering.setdefault(flow.get("targetRef", ""), []).append(flow)
    return scope


def scopes_of(root: Element) -> list[Scope]:
    """Every process and sub-process of the file."""
    return [read_scope(element) for element in root.iter(*(bpmn(kind) for kind in SCOPES))]


def name_of(element: Element) -> str:
    """The id of an element, or nothing."""
    return element.get("id", "")


def subject(element: Element) -> str:
    """The element as the subject of a sentence: « La passerelle « Complet ? » (Gateway_1) »."""
    kind = local(element)
    if is_event_subprocess(element):
        kind_said = "Le sous-processus événementiel"
    else:
        kind_said = _KINDS.get(kind, f"L’élément {kind}")
    name = " ".join((element.get("name") or "").split())
    identifier = name_of(element)
    if name and identifier:
        return f"{kind_said} « {name} » ({identifier})"
    return f"{kind_said} « {name or identifier or 'sans nom'} »"


def problem(element: Element, predicate: str) -> Problem:
    """A sentence about the element."""
    return Problem(name_of(element), f"{subject(element)} {predicate}.")


def within(starts: Iterable[str], following: "dict[str, list[str]]") -> set[str]:
    """Everything that can be reached from these nodes, themselves included."""
    seen = set(starts)
    queue = list(seen)
    while queue:
        for name in following.get(queue.pop(), ()):
            if name not in seen:
                seen.add(name)
                queue.append(name)
    return seen


def has_definition(event: Element, *kinds: str) -> bool:
    """The event waits for (or throws) one of these kinds of thing."""
    return any(
        local(item).removesuffix("EventDefinition") in kinds for item in definitions(event)
    )
