"""What if somebody did what the to-do list of a draft says, in the plainest way each time?

Each sentence of `check` has its answer: a date for a timer, a step for an empty box, a way taken
by default. What no answer mends is taken off the drawing, as a person would.
"""

from collections.abc import Callable

from lxml import etree

from app.engine.elements import NODE_KINDS
from app.engine.errors import Problem
from app.engine.lint.diagram import lint_bundle
from app.engine.normalise import definitions
from app.engine.xml import Element, bpmn, camunda, children, local, safe_xml

MAX_ROUNDS = 60
Mend = Callable[[Element, Element], None]


def answered(xml: bytes, process_id: str) -> bytes:
    """The same diagram once everything asked is answered; whatever is left after a while stays."""
    for number in range(MAX_ROUNDS):
        root = safe_xml(xml)
        problems = lint_bundle([root], process_id)
        if not problems:
            break
        # What is mended first may explain the rest: a step lost behind a box nobody reads.
        mended = sum(_answer(root, problem) for problem in problems)
        if not mended or number % 3 == 2:
            for problem in problems:
                remove(root, _named(root, problem))
        xml = etree.tostring(root)
    return xml


def _named(root: Element, problem: Problem) -> Element | None:
    return next((one for one in root.iter() if one.get("id") == problem.element), None)


def _answer(root: Element, problem: Problem) -> bool:
    element = _named(root, problem)
    sentence = problem.sentence.replace("\u00a0", " ")
    mend = next((mend for words, mend in MENDS.items() if words in sentence), None)
    if element is None or mend is None:
        return False
    mend(root, element)
    return True


def remove(_root: Element, element: Element | None) -> None:
    """Takes it off the drawing, with its flows and the events attached to it."""
    scope = None if element is None else element.getparent()
    if element is None or scope is None or local(element) == "process":
        return
    name = element.get("id")
    for other in list(scope):
        ends = (other.get("sourceRef"), other.get("targetRef"), other.get("attachedToRef"))
        if name in ends and other is not element:
            scope.remove(other)
    scope.remove(element)


def _add(element: Element, kind: str, text: str = "", **attributes: str) -> Element:
    made = etree.SubElement(element, bpmn(kind), attributes)
    made.text = text or None
    return made


def _condition(_root: Element, flow: Element) -> None:
    for old in children(flow, "conditionExpression"):
        flow.remove(old)
    _add(flow, "conditionExpression", f"decide('{flow.get('id')}')")


def _default(_root: Element, gateway: Element) -> None:
    scope = gateway.getparent()
    if scope is None:
        return
    leaving = [
        flow
        for flow in children(scope, "sequenceFlow")
        if flow.get("sourceRef") == gateway.get("id")
    ]
    if leaving:
        gateway.set("default", leaving[-1].get("id", ""))
        for condition in children(leaving[-1], "conditionExpression"):
            leaving[-1].remove(condition)


def _unconditional(_root: Element, element: Element) -> None:
    scope = element.getparent()
    flows = [element] if local(element) == "sequenceFlow" else []
    if not flows and scope is not None:
        flows = [
            one
            for one in children(scope, "sequenceFlow")
            if one.get("sourceRef") == element.get("id")
        ]
    for flow in flows:
        for condition in children(flow, "conditionExpression"):
            flow.remove(condition)


def _timer(_root: Element, event: Element) -> None:
    for definition in children(event, "timerEventDefinition"):
        for old in list(definition):
            definition.remove(old)
        _add(definition, "timeDuration", "P3D")


def _event(_root: Element, event: Element) -> None:
    _add(_add(event, "timerEventDefinition"), "timeDuration", "P3D")


def _only_first(_root: Element, event: Element) -> None:
    for extra in definitions(event)[1:]:
        event.remove(extra)


def _reference(root: Element, node: Element) -> None:
    """What the event is about gets a declaration of its own."""
    holders = [*definitions(node)] or [node]
    for holder in holders:
        kind = local(holder).removesuffix("EventDefinition")
        kind = kind if kind in {"message", "signal", "error", "escalation"} else "message"
        known = {one.get("id") for one in children(root, kind)}
        if holder.get(f"{kind}Ref") not in known:
            name = f"made_{kind}_{node.get('id')}"
            made = etree.Element(bpmn(kind), id=name, name=name)
            if kind in {"error", "escalation"}:
                made.set(f"{kind}Code", name)
            root.insert(0, made)
            holder.set(f"{kind}Ref", name)


def _step(_root: Element, element: Element) -> None:
    """A box that says nothing becomes a step for a person."""
    if local(element) == "process":
        return
    element.tag = bpmn("userTask")
    element.attrib.pop("triggeredByEvent", None)
    for child in list(element):
        if local(child) in NODE_KINDS | {"sequenceFlow", "laneSet", "association"}:
            element.remove(child)


def _sub_process(_root: Element, element: Element) -> None:
    element.tag = bpmn("subProcess")
    for condition in children(element, "completionCondition"):
        element.remove(condition)
    _begin(_root, element)


def _begin(_root: Element, scope: Element) -> None:
    """A beginning, that leads to everything nothing leads to; an empty scope becomes a step."""
    nodes = [one for one in scope if local(one) in NODE_KINDS]
    if not nodes:
        _step(_root, scope)
        return
    led_to = {flow.get("targetRef") for flow in children(scope, "sequenceFlow")}
    free = [
        one
        for one in nodes
        if one.get("id") not in led_to
        and local(one) not in {"boundaryEvent", "startEvent"}
        and one.get("triggeredByEvent") != "true"
    ] or [one for one in nodes if local(one) != "boundaryEvent"][:1]
    start = _add(scope, "startEvent", id=f"made_start_{scope.get('id')}")
    for number, one in enumerate(free):
        _add(
            scope,
            "sequenceFlow",
            id=f"made_flow_{scope.get('id')}_{number}",
            sourceRef=start.get("id", ""),
            targetRef=one.get("id", ""),
        )


def _one_beginning(_root: Element, scope: Element) -> None:
    for extra in [one for one in children(scope, "startEvent") if not definitions(one)][1:]:
        remove(_root, extra)


def _plain_beginning(_root: Element, scope: Element) -> None:
    starts = children(scope, "startEvent")
    for definition in definitions(starts[0]):
        starts[0].remove(definition)
    for extra in starts[1:]:
        remove(_root, extra)


def _loop(_root: Element, node: Element) -> None:
    for loop in children(node, "multiInstanceLoopCharacteristics"):
        loop.attrib.pop(camunda("collection"), None)
        for old in list(loop):
            loop.remove(old)
        _add(loop, "loopCardinality", "2")
    for loop in children(node, "standardLoopCharacteristics"):
        loop.set("loopMaximum", "2")


def _script(_root: Element, task: Element) -> None:
    task.attrib.pop("scriptFormat", None)
    for old in children(task, "script"):
        task.remove(old)
    _add(task, "script", "done = true")


def _no_extension(_root: Element, node: Element) -> None:
    for holder in children(node, "extensionElements"):
        node.remove(holder)


def _unread(root: Element, element: Element) -> None:
    """An expression nobody can read: a condition of ours, a date, a number of times."""
    if local(element) == "sequenceFlow":
        _condition(root, element)
    elif local(element) == "scriptTask":
        _script(root, element)
    elif children(element, "timerEventDefinition"):
        _timer(root, element)
    elif children(element, "conditionalEventDefinition"):
        for definition in children(element, "conditionalEventDefinition"):
            for old in list(definition):
                definition.remove(old)
            _add(definition, "condition", "done == true")
    else:
        _loop(root, element)


def _work(_root: Element, element: Element) -> None:
    """What would turn round for ever waits for somebody."""
    if element.tag in {
        bpmn("subProcess"),
        bpmn("task"),
        bpmn("scriptTask"),
        bpmn("callActivity"),
    }:
        _step(_root, element)
    else:
        remove(_root, element)


def _end(_root: Element, element: Element) -> None:
    """A way out of what turns round."""
    scope = element.getparent()
    if scope is not None and local(element) in NODE_KINDS - {"endEvent"}:
        end = _add(scope, "endEvent", id=f"made_end_{element.get('id')}")
        flow = _add(scope, "sequenceFlow", id=f"made_out_{element.get('id')}")
        flow.set("sourceRef", element.get("id", ""))
        flow.set("targetRef", end.get("id", ""))


MENDS: dict[str, Mend] = {
    "n’attend jamais personne": _work,
    "ne mène à aucune fin": _end,
    "ne se lit pas": _unread,
    "n’a pas de condition (": _condition,
    "n’a pas de condition": _unread,
    "porte une condition alors": _unconditional,
    "a une condition sur un chemin": _unconditional,
    "n’a pas de chemin par défaut": _default,
    "sans chemin par défaut": _default,
    "attend un événement qui n’interrompt pas": lambda _root, one: setattr(
        one, "tag", bpmn("exclusiveGateway")
    ),
    "doit avoir une date": _timer,
    "n’a pas d’échéance": _timer,
    "a une échéance illisible": _timer,
    "n’attend rien": _event,
    "mélange un type": _only_first,
    "ne dit pas de quel": _reference,
    "qui n’est pas défini": _reference,
    "ne dit pas ce qu’elle fait": lambda _root, task: task.set(camunda("topic"), "work"),
    "ne dit pas quelle table": lambda _root, task: task.set(camunda("decisionRef"), "table"),
    "ne dit pas quel processus": _step,
    "qui n’est pas fourni": _step,
    "est un sous-processus ad hoc": _sub_process,
    "est une passerelle complexe": lambda _root, one: setattr(
        one, "tag", bpmn("inclusiveGateway")
    ),
    "n’a pas d’événement de début": _begin,
    "ne contient aucune étape": _begin,
    "plusieurs événements de début": _one_beginning,
    "sans déclencheur": _plain_beginning,
    "doit se répéter pour": _loop,
    "se répète sans maximum": _loop,
    "qui n’est pas un nom de variable": _loop,
    "à la fois le résultat": _loop,
    "est écrit dans un autre langage": _script,
    "est vide": _script,
    "renomme des variables": _no_extension,
    "programme à l’écoute": _no_extension,
    "dans un autre langage": _unread,
    "doit interrompre": lambda _root, event: event.set("cancelActivity", "true"),
}
