"""What does a diagram show? Its nodes and flows as drawn, before any rewriting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.engine.xml import CAMUNDA, Element, bpmn, camunda, children, local, safe_xml

NODE_KINDS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
        "userTask",
        "manualTask",
        "task",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "eventBasedGateway",
        "subProcess",
        "transaction",
        "callActivity",
    }
)


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the diagram; `scope` is the sub-process (or called process) it is drawn in."""

    id: str
    name: str
    kind: str
    lane: str | None
    extensions: Mapping[str, str]
    scope: str | None
    #: What a service task is told: properties and input parameters, as written.
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow of the diagram."""

    id: str
    source: str
    target: str
    name: str
    condition: str | None


def read_nodes(process: Element, *, called: bool = False) -> Iterator[Node]:
    """Every node of a process and of its sub-processes, in the order of the file."""
    lanes = _lanes(process)
    for element in process.iter(*(bpmn(kind) for kind in NODE_KINDS)):
        parent = element.getparent()
        scope = None if parent is None or parent is process else parent.get("id")
        yield Node(
            id=element.get("id", ""),
            name=" ".join((element.get("name") or "").split()),
            kind=local(element),
            lane=_lane(element, process, lanes),
            extensions=_extensions(element),
            scope=process.get("id") if called and scope is None else scope,
            inputs=_inputs(element),
        )


def read_flows(process: Element) -> Iterator[Flow]:
    """Every sequence flow of a process and of its sub-processes."""
    for element in process.iter(bpmn("sequenceFlow")):
        condition = children(element, "conditionExpression")
        yield Flow(
            id=element.get("id", ""),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            name=" ".join((element.get("name") or "").split()),
            condition=(condition[0].text or "").strip() if condition else None,
        )


def message_names(xml: bytes) -> frozenset[str]:
    """The messages and signals a diagram knows, by name."""
    root = safe_xml(xml)
    return frozenset(
        element.get("name", "")
        for kind in ("message", "signal")
        for element in root.iter(bpmn(kind))
    )


def _lanes(process: Element) -> dict[str, str]:
    """Node id → id of the innermost lane that names it."""
    found = {}
    # The file gives an outer lane before the lanes inside it, so that the inner one wins.
    for lane in process.iter(bpmn("lane")):
        for reference in children(lane, "flowNodeRef"):
            found[(reference.text or "").strip()] = lane.get("id", "")
    return found


def _lane(element: Element, process: Element, lanes: Mapping[str, str]) -> str | None:
    """The lane of the node, or of the nearest sub-process or activity around it."""
    current: Element | None = element
    while current is not None and current is not process:
        name = current.get("id", "")
        for candidate in (name, current.get("attachedToRef", "")):
            if candidate in lanes:
                return lanes[candidate]
        current = current.getparent()
    return None


def _extensions(element: Element) -> Mapping[str, str]:
    """Camunda's attributes of the node, then its properties, in one flat mapping."""
    prefix = f"{{{CAMUNDA}}}"
    flat = {
        str(key).removeprefix(prefix): str(value)
        for key, value in element.attrib.items()
        if str(key).startswith(prefix)
    }
    for holder in children(element, "extensionElements"):
        for item in holder.iterfind(f"{camunda('properties')}/{camunda('property')}"):
            flat[item.get("name", "")] = item.get("value", "")
    return flat


def _inputs(element: Element) -> Mapping[str, str]:
    """Camunda's properties of the node, then its input parameters, as they are written."""
    found = {}
    for holder in children(element, "extensionElements"):
        for item in holder.iterfind(f"{camunda('properties')}/{camunda('property')}"):
            found[item.get("name", "")] = item.get("value", "")
        for item in holder.iterfind(f"{camunda('inputOutput')}/{camunda('inputParameter')}"):
            found[item.get("name", "")] = (item.text or "").strip()
    return found
