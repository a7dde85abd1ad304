"""Can a dossier always go on? Flows, gateways, ways in, ways out, and loops that wait for nobody."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from app.engine.errors import Problem
from app.engine.lint.circles import circles
from app.engine.lint.drawn import (
    GATEWAYS,
    Scope,
    has_definition,
    name_of,
    problem,
    read_scope,
    subject,
    within,
)
from app.engine.normalise import definitions, is_event_subprocess
from app.engine.xml import Element, children, local

_WAITS = {"userTask", "manualTask", "serviceTask", "receiveTask", "eventBasedGateway"}
_CONDITIONAL = {"exclusiveGateway", "inclusiveGateway"}


def dangling_flows(scope: Scope) -> Iterator[Problem]:
    """Both ends of a flow are nodes of the same scope."""
    for flow in scope.flows:
        for end, said in (("sourceRef", "part de"), ("targetRef", "mène à")):
            name = flow.get(end, "")
            if name not in scope.nodes:
                yield problem(
                    flow, f"{said} « {name} », qui n’est pas dans le même (sous-)processus"
                )
        target = scope.nodes.get(flow.get("targetRef", ""))
        if target is not None and local(target) in {"startEvent", "boundaryEvent"}:
            yield problem(flow, "mène à un événement où l’on n’arrive pas par un chemin")
    for node in scope.of_kind("endEvent"):
        if scope.leaving.get(name_of(node)):
            yield problem(node, "a un chemin sortant")


def gateways(scope: Scope) -> Iterator[Problem]:
    """A choice always has an answer, and only choices have conditions."""
    for node in scope.of_kind(*GATEWAYS):
        leaving = scope.leaving.get(name_of(node), [])
        if not leaving:
            yield problem(node, "n’a pas de chemin sortant")
        elif local(node) in _CONDITIONAL:
            yield from _choice(node, leaving)
        elif any(children(flow, "conditionExpression") for flow in leaving):
            yield problem(node, "a une condition sur un chemin que BPMN prend toujours")
    for node in scope.nodes.values():
        if local(node) not in GATEWAYS:
            yield from _ways_of_a_task(node, scope.leaving.get(name_of(node), []))


def _ways_of_a_task(node: Element, leaving: list[Element]) -> Iterator[Problem]:
    yield from _default(node, leaving)
    conditional = [flow for flow in leaving if children(flow, "conditionExpression")]
    if conditional and len(conditional) == len(leaving):
        yield problem(node, "n’a que des chemins conditionnels, sans chemin par défaut")


def _choice(node: Element, leaving: list[Element]) -> Iterator[Problem]:
    yield from _default(node, leaving)
    default = node.get("default")
    alone = len(leaving) == 1
    bare = [flow for flow in leaving if not children(flow, "conditionExpression")]
    if not default and len(bare) == len(leaving) > 1:
        # One decision is missing, not one more for each way.
        yield problem(
            node, "n’a pas de chemin par défaut, et aucun de ses chemins n’a de condition"
        )
        return
    if not default and (not alone or not bare):
        yield problem(node, "n’a pas de chemin par défaut")
    for flow in bare:
        if name_of(flow) != default and not alone:
            yield problem(flow, f"n’a pas de condition ({subject(node)} en demande une)")


def _default(node: Element, leaving: list[Element]) -> Iterator[Problem]:
    default = node.get("default")
    chosen = [flow for flow in leaving if name_of(flow) == default]
    if default is not None and not chosen:
        yield problem(node, f"a pour chemin par défaut « {default} », qui n’en part pas")
    for flow in chosen:
        if children(flow, "conditionExpression"):
            yield problem(flow, "porte une condition alors que c’est le chemin par défaut")


def starts(scope: Scope) -> Iterator[Problem]:
    """One plain way to begin."""
    begins = list(scope.of_kind("startEvent"))
    plain = [event for event in begins if not definitions(event)]
    element = scope.element
    if not begins:
        yield problem(element, _no_beginning(scope))
    elif is_event_subprocess(element):
        if len(begins) > 1 or plain:
            yield problem(element, "doit commencer par un seul événement déclencheur")
    elif len(plain) > 1:
        yield problem(element, "a plusieurs événements de début sans déclencheur")
    elif local(element) != "process" and (len(begins) > 1 or not plain):
        yield problem(element, "doit commencer par un seul événement sans déclencheur")
    for node in scope.nodes.values():
        if is_event_subprocess(node) and (
            scope.entering.get(name_of(node)) or scope.leaving.get(name_of(node))
        ):
            yield problem(node, "se déclenche tout seul : aucun chemin n’y mène ni n’en part")


def _no_beginning(scope: Scope) -> str:
    if scope.nodes or local(scope.element) == "process":
        return "n’a pas d’événement de début"
    return "ne contient aucune étape : dessinez-les, ou faites-en une"


def reachable(scope: Scope) -> Iterator[Problem]:
    """Every node is on a way from the start to an end."""
    after = following(scope)
    begins = [name_of(node) for node in scope.of_kind("startEvent")]
    begins += [name for name, node in scope.nodes.items() if is_event_subprocess(node)]
    met = within(begins, after)
    before: dict[str, list[str]] = {}
    for name, targets in after.items():
        for target in targets:
            before.setdefault(target, []).append(name)
    for name in _lost(scope, met, after, before):
        yield problem(scope.nodes[name], "n’est sur aucun chemin depuis le début")
    ends = [name for name, node in scope.nodes.items() if _ends(scope, name, node)]
    finishing = within(ends, before)
    for name, node in scope.nodes.items():
        if name in met and name not in finishing:
            yield problem(node, "ne mène à aucune fin")


def _lost(
    scope: Scope,
    met: set[str],
    after: dict[str, list[str]],
    before: Mapping[str, list[str]],
) -> Iterator[str]:
    """Where what nothing leads to begins: once it is joined, all that follows it is too.

    Something entered by a flow from nowhere is told by that flow.
    """
    lost = [
        name
        for name, node in scope.nodes.items()
        if name not in met and node.get("isForCompensation") != "true"
    ]
    told = within([name for name in lost if _from_nowhere(scope, name)], after)
    for name in sorted(lost, key=lambda name: name in before):
        if name not in told:
            yield name
            told |= within([name], after)


def _from_nowhere(scope: Scope, name: str) -> bool:
    sources = (flow.get("sourceRef", "") for flow in scope.entering.get(name, []))
    return any(source not in scope.nodes for source in sources)


def _ends(scope: Scope, name: str, node: Element) -> bool:
    if local(node) == "intermediateThrowEvent" and has_definition(node, "link"):
        return False
    return not scope.leaving.get(name)


def following(scope: Scope) -> dict[str, list[str]]:
    """What may come next, attached events and links included."""
    after = {name: [*scope.after(name), *scope.events_of(name)] for name in scope.nodes}
    catches = {
        item.get("name"): name_of(event)
        for event in scope.of_kind("intermediateCatchEvent")
        for item in children(event, "linkEventDefinition")
    }
    for event in scope.of_kind("intermediateThrowEvent"):
        for item in children(event, "linkEventDefinition"):
            if item.get("name") in catches:
                after[name_of(event)].append(catches[item.get("name")])
    return after


def endless_loops(scope: Scope, processes: Mapping[str, Element]) -> Iterator[Problem]:
    """No dossier goes round in circles without waiting for somebody."""
    after = {
        name: [target for target in targets if target in scope.nodes]
        for name, targets in following(scope).items()
    }
    known: Known = {}
    automatic = {
        name for name, node in scope.nodes.items() if not _waits(node, processes, known)
    }
    among = {
        name: [target for target in after[name] if target in automatic] for name in automatic
    }
    circle_of = circles(among)
    told: set[int] = set()
    for name in scope.nodes:
        circle = circle_of.get(name)
        if circle is not None and circle not in told:
            told.add(circle)
            yield problem(scope.nodes[name], "est sur une boucle qui n’attend jamais personne")


#: For each called process already looked at, whether every way through it waits.
Known: TypeAlias = dict[str, bool]


def _waits(node: Element, processes: Mapping[str, Element], known: Known) -> bool:
    """Nobody passes this node without something happening outside."""
    kind = local(node)
    if kind in _WAITS:
        return not _may_be_skipped(node)
    if kind in {"intermediateCatchEvent", "boundaryEvent"}:
        return not has_definition(node, "link", "error", "escalation", "cancel", "conditional")
    if kind in {"subProcess", "transaction"} and not is_event_subprocess(node):
        return not _may_be_skipped(node) and _always_waits(node, processes, known)
    if kind == "callActivity":
        return not _may_be_skipped(node) and _called_waits(node, processes, known)
    return False


def _called_waits(call: Element, processes: Mapping[str, Element], known: Known) -> bool:
    name = call.get("calledElement", "")
    if name not in known and name in processes:
        # A process that calls itself is refused elsewhere: here it is not looked at again.
        known[name] = False
        known[name] = _always_waits(processes[name], processes, known)
    return known.get(name, False)


def _may_be_skipped(node: Element) -> bool:
    """A loop that looks at its condition first may never run."""
    return any(
        loop.get("testBefore") == "true"
        for loop in children(node, "standardLoopCharacteristics")
    )


def _always_waits(element: Element, processes: Mapping[str, Element], known: Known) -> bool:
    """Every way through the (sub-)process waits somewhere."""
    scope = read_scope(element)
    after = following(scope)
    passed = [
        name_of(node)
        for node in scope.of_kind("startEvent")
        if local(element) != "process" or not definitions(node)
    ]
    seen = set(passed)
    while passed:
        name = passed.pop()
        node = scope.nodes[name]
        if _waits(node, processes, known):
            continue
        if not scope.leaving.get(name) and local(node) != "intermediateThrowEvent":
            return False
        for target in after[name]:
            if target in scope.nodes and target not in seen:
                seen.add(target)
                passed.append(target)
    return True
