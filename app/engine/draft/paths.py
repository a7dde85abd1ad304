"""Where does a drawing begin, and which way is taken otherwise? What BPMN implies is written."""

from itertools import count

from lxml import etree

from app.engine.draft.notes import Notes
from app.engine.elements import NODE_KINDS
from app.engine.normalise import is_event_subprocess
from app.engine.xml import Element, bpmn, children, local

_SCOPES = ("process", "subProcess", "transaction")
_CHOICES = ("exclusiveGateway", "inclusiveGateway")


def complete(_root: Element, process: Element, notes: Notes) -> None:
    """Beginnings and default ways, where only one reading is possible."""
    for scope in list(process.iter(*(bpmn(kind) for kind in _SCOPES))):
        _empty_conditions(scope)
        if not is_event_subprocess(scope):
            _beginning(scope, notes)
        for gateway in children(scope, *_CHOICES):
            _otherwise(scope, gateway, notes)


def _empty_conditions(scope: Element) -> None:
    for flow in children(scope, "sequenceFlow"):
        for condition in children(flow, "conditionExpression"):
            if not (condition.text or "").strip():
                flow.remove(condition)


def _beginning(scope: Element, notes: Notes) -> None:
    """Without a start event, what nothing leads to begins (BPMN 2.0, 10.4.2)."""
    if children(scope, "startEvent"):
        return
    led_to = {flow.get("targetRef") for flow in children(scope, "sequenceFlow")}
    first = [
        node
        for node in children(scope, *NODE_KINDS)
        if node.get("id") not in led_to
        and local(node) != "boundaryEvent"
        and not is_event_subprocess(node)
        and not children(node, "linkEventDefinition")
        and node.get("isForCompensation") != "true"
    ]
    if not first:
        return
    known = {element.get("id") for element in scope.getroottree().iter()}
    names = (f"Start_{scope.get('id')}_{number}" for number in count(1))
    fresh = (name for name in names if name not in known)
    start = etree.Element(bpmn("startEvent"), id=next(fresh))
    scope.insert(scope.index(first[0]), start)
    for node in first:
        etree.SubElement(
            scope,
            bpmn("sequenceFlow"),
            id=next(fresh),
            sourceRef=start.get("id", ""),
            targetRef=node.get("id", ""),
        )
    notes.add(scope, "Aucun début n’était dessiné : il commence par ce à quoi rien ne mène.")


def _otherwise(scope: Element, gateway: Element, notes: Notes) -> None:
    """The only way without a condition is the one taken when no condition is true."""
    leaving = [
        flow
        for flow in children(scope, "sequenceFlow")
        if flow.get("sourceRef") == gateway.get("id")
    ]
    default = gateway.get("default")
    if default is not None and default not in {flow.get("id") for flow in leaving}:
        del gateway.attrib["default"]
    for flow in leaving:
        if flow.get("id") == gateway.get("default"):
            # BPMN takes the default way without looking at what is written on it.
            for condition in children(flow, "conditionExpression"):
                flow.remove(condition)
    free = [flow for flow in leaving if not children(flow, "conditionExpression")]
    if gateway.get("default") is None and len(leaving) > 1 and len(free) == 1:
        gateway.set("default", free[0].get("id", ""))
        notes.add(
            gateway, f"Le chemin par défaut est le seul sans condition ({free[0].get('id')})."
        )
