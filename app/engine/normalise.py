"""How is a diagram rewritten before SpiffWorkflow reads it? Into the same meaning, with fewer forms.

Event sub-processes become events attached to a wrapper around the rest of their scope; links
become flows; several ways out of an activity become a gateway; start events that wait become
catching events. Nodes and flows keep their own ids: what is added begins with `_l.`.
"""

from collections.abc import Iterator
from copy import deepcopy
from itertools import count

from lxml import etree

from app.engine.xml import Element, bpmn, children, local

PREFIX = "_l."
WRAPPER = f"{PREFIX}wrap."
#: On an added node: the id of the drawn node whose ways out it carries.
ALIAS = f"{{{'https://liasse.example/engine'}}}alias"
#: On an added boundary event: everything else in the scope stops when it happens.
INTERRUPTS_SCOPE = f"{{{'https://liasse.example/engine'}}}interruptsScope"

SCOPES = ("process", "subProcess", "transaction")
_GATEWAYS = {
    "exclusiveGateway",
    "inclusiveGateway",
    "parallelGateway",
    "eventBasedGateway",
    "complexGateway",
}
#: Drawings and bookkeeping that the engine does not read.
_DROPPED = (
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioSpecification",
    "property",
    "laneSet",
    "textAnnotation",
    "association",
    "group",
)
_EVENT_DEFINITIONS = "EventDefinition"


class _Ids:
    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self, kind: str) -> str:
        return f"{PREFIX}{kind}.{next(self._numbers)}"


def normalised(root: Element) -> Element:
    """A rewritten copy of a diagram that `lint` accepts."""
    root = deepcopy(root)
    for useless in [*root.iter(bpmn("dataStore"), bpmn("collaboration"))]:
        _remove(useless)
    for scope in list(_scopes(root)):
        for useless in [*scope.iter(*(bpmn(name) for name in _DROPPED))]:
            _remove(useless)
    new_id = _Ids()
    for scope in list(_scopes(root)):
        _links(scope, new_id)
        _starts(scope, new_id)
        _several_ways_out(scope, new_id)
    # From the outside in: an event sub-process has lost its trigger when its own turn comes.
    for scope in list(_scopes(root)):
        _event_subprocesses(scope, new_id)
    return root


def _scopes(root: Element) -> Iterator[Element]:
    return root.iter(*(bpmn(name) for name in SCOPES))


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _add(scope: Element, kind: str, name: str, **attributes: str) -> Element:
    element = etree.SubElement(scope, bpmn(kind), id=name)
    for key, value in attributes.items():
        element.set(key, value)
    return element


def _flow(scope: Element, new_id: _Ids, source: str, target: str) -> None:
    _add(scope, "sequenceFlow", new_id("flow"), sourceRef=source, targetRef=target)


def _id(element: Element) -> str:
    return element.get("id", "")


def is_event_subprocess(element: Element) -> bool:
    """The sub-process begins on an event, not on a flow."""
    return local(element) == "subProcess" and element.get("triggeredByEvent") == "true"


def definitions(event: Element) -> list[Element]:
    """What the event waits for or throws."""
    return [child for child in event if local(child).endswith(_EVENT_DEFINITIONS)]


def _links(scope: Element, new_id: _Ids) -> None:
    targets = {}
    for event in children(scope, "intermediateCatchEvent"):
        for link in children(event, "linkEventDefinition"):
            targets[link.get("name")] = _id(event)
            event.remove(link)
    for event in children(scope, "intermediateThrowEvent"):
        for link in children(event, "linkEventDefinition"):
            event.remove(link)
            _flow(scope, new_id, _id(event), targets[link.get("name")])


def _starts(scope: Element, new_id: _Ids) -> None:
    """One plain start: without one, the first of the awaited events begins the process."""
    if is_event_subprocess(scope):
        return
    starts = children(scope, "startEvent")
    awaited = [start for start in starts if definitions(start)]
    if len(awaited) < len(starts):
        # A dossier is created by hand: the other ways to begin are for other dossiers.
        for start in awaited:
            start.tag = bpmn("intermediateCatchEvent")
        return
    begin = _add(scope, "startEvent", new_id("start"))
    first = _id(begin)
    if len(awaited) > 1:
        first = _id(_add(scope, "eventBasedGateway", new_id("gateway")))
        _flow(scope, new_id, _id(begin), first)
    for start in awaited:
        start.tag = bpmn("intermediateCatchEvent")
        _flow(scope, new_id, first, _id(start))


def _several_ways_out(scope: Element, new_id: _Ids) -> None:
    leaving: dict[str, list[Element]] = {}
    for flow in children(scope, "sequenceFlow"):
        leaving.setdefault(flow.get("sourceRef", ""), []).append(flow)
    for node in list(scope):
        flows = leaving.get(_id(node), [])
        conditional = any(children(flow, "conditionExpression") for flow in flows)
        if local(node) in _GATEWAYS or not (len(flows) > 1 or conditional):
            continue
        kind = "inclusiveGateway" if conditional else "parallelGateway"
        gateway = _add(scope, kind, new_id("gateway"))
        gateway.set(ALIAS, _id(node))
        default = node.attrib.pop("default", None)
        if conditional:
            _conditions(gateway, flows, default)
        for flow in flows:
            flow.set("sourceRef", _id(gateway))
        _flow(scope, new_id, _id(node), _id(gateway))


def _conditions(gateway: Element, flows: list[Element], default: str | None) -> None:
    """A flow without condition beside conditional ones is always taken."""
    if default is not None:
        gateway.set("default", default)
    for flow in flows:
        if not children(flow, "conditionExpression") and _id(flow) != default:
            etree.SubElement(flow, bpmn("conditionExpression")).text = "True"


def _event_subprocesses(scope: Element, new_id: _Ids) -> None:
    inner = [child for child in scope if is_event_subprocess(child)]
    if not inner:
        return
    wrapper = _wrap(scope, inner)
    begin, end = (
        _add(scope, "startEvent", new_id("start")),
        _add(scope, "endEvent", new_id("end")),
    )
    _flow(scope, new_id, _id(begin), _id(wrapper))
    _flow(scope, new_id, _id(wrapper), _id(end))
    for process in inner:
        del process.attrib["triggeredByEvent"]
        start = children(process, "startEvent")[0]
        interrupting = start.attrib.pop("isInterrupting", "true")
        event = _add(
            scope,
            "boundaryEvent",
            new_id("event"),
            attachedToRef=_id(wrapper),
            cancelActivity=interrupting,
            **_multiple(start),
        )
        event.set(INTERRUPTS_SCOPE, interrupting)
        event.extend(definitions(start))
        _flow(scope, new_id, _id(event), _id(process))


def _multiple(start: Element) -> dict[str, str]:
    together = start.attrib.pop("parallelMultiple", None)
    return {} if together is None else {"parallelMultiple": together}


def _wrap(scope: Element, apart: list[Element]) -> Element:
    """Moves everything of the scope but its event sub-processes into a sub-process."""
    wrapper = etree.Element(bpmn("subProcess"), {"id": WRAPPER + _id(scope)})
    for child in list(scope):
        if child not in apart and local(child) not in _OF_THE_SCOPE:
            wrapper.append(child)
    scope.append(wrapper)
    return wrapper


#: Children that say something of the scope itself and stay with it.
_OF_THE_SCOPE = {
    "extensionElements",
    "documentation",
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
    "incoming",
    "outgoing",
}
