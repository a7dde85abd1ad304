"""Can every event happen, and be caught? What it refers to, what it is attached to, who answers."""

from collections import Counter
from collections.abc import Iterator, Mapping

from app.engine.errors import Problem
from app.engine.lint.drawn import ACTIVITIES, Scope, has_definition, name_of, problem
from app.engine.normalise import definitions, is_event_subprocess
from app.engine.xml import Element, bpmn, children, local

_REFERENCES = {
    "messageEventDefinition": ("messageRef", "message", "quel message"),
    "signalEventDefinition": ("signalRef", "signal", "quel signal"),
    "errorEventDefinition": ("errorRef", "error", "quelle erreur"),
    "escalationEventDefinition": ("escalationRef", "escalation", "quelle escalade"),
}
_OPTIONAL = {"errorEventDefinition", "escalationEventDefinition"}
_ALLOWED: Mapping[str, set[str]] = {
    "startEvent": {"message", "signal", "timer", "conditional"},
    "endEvent": {"message", "signal", "error", "escalation", "terminate", "cancel"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "link"},
    "intermediateCatchEvent": {"message", "signal", "timer", "conditional", "link"},
    "boundaryEvent": {
        "message",
        "signal",
        "timer",
        "conditional",
        "error",
        "escalation",
        "cancel",
    },
}
_IN_EVENT_SUBPROCESS = _ALLOWED["startEvent"] | {"error", "escalation"}


def event_kinds(scope: Scope) -> Iterator[Problem]:
    """Each event uses a trigger that BPMN allows where it stands."""
    for node in scope.of_kind(*_ALLOWED):
        allowed = _ALLOWED[local(node)]
        if local(node) == "startEvent" and is_event_subprocess(scope.element):
            allowed = _IN_EVENT_SUBPROCESS
        for item in definitions(node):
            kind = local(item).removesuffix("EventDefinition")
            if kind not in allowed and kind != "compensate":
                yield problem(node, f"ne peut pas être de type « {kind} »")
        if local(node) in {"intermediateCatchEvent", "boundaryEvent"} and not definitions(node):
            yield problem(node, "n’attend rien : donnez-lui un type")
        if len(definitions(node)) > 1 and has_definition(node, "link", "terminate", "cancel"):
            yield problem(node, "mélange un type d’événement qui doit être seul")


def references(root: Element, scope: Scope) -> Iterator[Problem]:
    """Messages, signals, errors and escalations exist and have a name."""
    for node in scope.nodes.values():
        for item in definitions(node):
            if local(item) in _REFERENCES:
                yield from _reference(root, node, item)
        if local(node) in {"sendTask", "receiveTask"}:
            inner = children(node, "messageEventDefinition")
            yield from _reference(root, node, inner[0] if inner else node)
        if local(node) == "receiveTask" and node.get("instantiate") == "true":
            yield problem(node, "ne peut pas commencer un dossier : dessinez un début")


def _reference(root: Element, node: Element, item: Element) -> Iterator[Problem]:
    kind = local(item) if local(item) in _REFERENCES else "messageEventDefinition"
    attribute, declared, said = _REFERENCES[kind]
    wanted = item.get(attribute)
    if wanted is None:
        if kind not in _OPTIONAL or local(node) == "endEvent":
            yield problem(node, f"ne dit pas de {said} il s’agit")
        return
    found = [element for element in children(root, declared) if name_of(element) == wanted]
    if not found:
        yield problem(node, f"renvoie à « {wanted} », qui n’est pas défini")
    elif declared in {"message", "signal"} and not found[0].get("name"):
        yield problem(node, f"renvoie à « {wanted} », qui n’a pas de nom")
    elif declared in {"error", "escalation"} and not found[0].get(f"{declared}Code"):
        yield problem(node, f"renvoie à « {wanted} », qui n’a pas de code")


def attached_events(scope: Scope) -> Iterator[Problem]:
    """Events are attached to an activity of the same scope."""
    for event in scope.of_kind("boundaryEvent"):
        yield from _host(event, scope.nodes.get(event.get("attachedToRef", "")))
        stays = event.get("cancelActivity", "true") != "true"
        if stays and has_definition(event, "error", "cancel"):
            yield problem(event, "doit interrompre l’activité")
    if is_event_subprocess(scope.element):
        for start in scope.of_kind("startEvent"):
            if start.get("isInterrupting") == "false" and has_definition(start, "error"):
                yield problem(start, "doit interrompre le processus : c’est une erreur")


def _host(event: Element, host: Element | None) -> Iterator[Problem]:
    if host is None:
        yield problem(event, "n’est attaché à rien dans ce (sous-)processus")
    elif local(host) not in ACTIVITIES or is_event_subprocess(host):
        yield problem(event, "est attaché à un élément qui n’est pas une activité")
    elif has_definition(event, "cancel") and local(host) != "transaction":
        yield problem(event, "annule, mais n’est pas attaché à une transaction")


def cancellations(root: Element, scope: Scope) -> Iterator[Problem]:
    """A cancel end stands in a transaction that somebody cancels."""
    caught = {
        event.get("attachedToRef")
        for event in root.iter(bpmn("boundaryEvent"))
        if has_definition(event, "cancel")
    }
    for event in scope.of_kind("endEvent"):
        if has_definition(event, "cancel"):
            if local(scope.element) != "transaction":
                yield problem(event, "annule, mais n’est pas dans une transaction")
            elif name_of(scope.element) not in caught:
                yield problem(event, "annule une transaction qui n’a pas d’événement pour cela")


def links(scope: Scope) -> Iterator[Problem]:
    """Every link has one arrival."""
    departures = list(_linked(scope, "intermediateThrowEvent"))
    arrivals = list(_linked(scope, "intermediateCatchEvent"))
    number = Counter(name for name, _ in arrivals)
    for name, event in departures:
        if number[name] != 1:
            yield problem(event, f"renvoie à {number[name]} arrivée(s) du lien « {name} »")
        if scope.leaving.get(name_of(event)):
            yield problem(event, "est un renvoi : aucun chemin n’en part")
    thrown = {name for name, _ in departures}
    for name, event in arrivals:
        if name not in thrown:
            yield problem(event, "est l’arrivée d’un lien dont rien ne part")
        if scope.entering.get(name_of(event)):
            yield problem(event, "est l’arrivée d’un lien : aucun chemin n’y mène")


def _linked(scope: Scope, kind: str) -> Iterator[tuple[str, Element]]:
    for event in scope.of_kind(kind):
        for item in children(event, "linkEventDefinition"):
            yield item.get("name", ""), event


def event_gateways(scope: Scope) -> Iterator[Problem]:
    """What follows is awaited, and is awaited only there."""
    for gateway in scope.of_kind("eventBasedGateway"):
        if gateway.get("instantiate") == "true":
            yield problem(gateway, "ne peut pas commencer un dossier : dessinez un début")
        for name in scope.after(name_of(gateway)):
            node = scope.nodes.get(name)
            if node is not None:
                yield from _awaited(scope, gateway, node)


def _awaited(scope: Scope, gateway: Element, node: Element) -> Iterator[Problem]:
    name = name_of(node)
    if local(node) not in {"intermediateCatchEvent", "receiveTask"}:
        yield problem(gateway, f"mène à « {name} », qui n’est pas un événement attendu")
    elif len(scope.entering.get(name, ())) > 1:
        yield problem(node, "suit une passerelle d’événements et un autre chemin")
    elif node.get("parallelMultiple") == "true" or scope.events_of(name):
        yield problem(node, "est trop compliqué pour suivre une passerelle d’événements")
    elif children(node, "multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
        yield problem(node, "se répète : il ne peut pas suivre une passerelle d’événements")
