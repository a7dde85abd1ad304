"""What does a BPMN file say, read on its own? Nodes, flows and events, for the token reference.

Nothing here comes from the engine room: the file is read a second time, by other means.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
SCOPES = frozenset({"subProcess", "transaction"})
_NOT_NODES = frozenset({"sequenceFlow", "association", "textAnnotation", "laneSet", "group"})


@dataclass(frozen=True)
class Part:
    """One thing an event waits for or throws: its kind, and a name, a code or a text."""

    kind: str
    text: str | None = None
    #: date, duration or cycle
    form: str = ""


@dataclass(frozen=True)
class Flow:
    """An arrow."""

    id: str
    source: str
    target: str
    condition: str | None


@dataclass(frozen=True)
class Loop:
    """How often an activity is done: `each` element, a `count`, or while a condition holds."""

    kind: str
    source: str | None = None
    element: str | None = None
    result: str | None = None
    results: str | None = None
    until: str | None = None
    most: int | None = None
    test_before: bool = False


@dataclass(eq=False)
class Node:
    """A node, with what arrives and what leaves."""

    id: str
    kind: str
    default: str | None
    parts: list[Part]
    all_of: bool = False
    interrupts: bool = True
    host: str | None = None
    loop: Loop | None = None
    inner: "Graph | None" = None
    called: str | None = None
    script: str = ""
    decision: str = ""
    result: str | None = None
    leaving: list[Flow] = field(default_factory=list)
    entering: list[Flow] = field(default_factory=list)
    attached: list["Node"] = field(default_factory=list)

    @property
    def is_watcher(self) -> bool:
        """It is a sub-process that begins on an event."""
        return self.inner is not None and self.called == "event"


@dataclass(eq=False)
class Graph:
    """A process or sub-process."""

    id: str
    nodes: dict[str, Node]

    @property
    def starts(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.kind == "startEvent"]

    @property
    def watchers(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.is_watcher]


def read_graphs(xml: bytes) -> dict[str, Graph]:
    """Every process of the file but those that are only drawn."""
    root = etree.fromstring(xml)
    names = {
        one.get("id"): one.get("errorCode") or one.get("escalationCode") or one.get("name")
        for one in root
    }
    return {
        str(one.get("id")): _graph(one, names)
        for one in root
        if _kind(one) == "process" and one.get("isExecutable") != "false"
    }


def _kind(element: Any) -> str:
    tag = str(element.tag)
    return tag.removeprefix(BPMN) if tag.startswith(BPMN) else ""


def _children(element: Any, *kinds: str) -> Iterator[Any]:
    return (child for child in element if _kind(child) in kinds)


def _text(element: Any, kind: str) -> str | None:
    found = next(_children(element, kind), None)
    return None if found is None else (found.text or "").strip()


def _graph(scope: Any, names: dict[Any, Any]) -> Graph:
    nodes = {
        child.get("id"): _node(child, names)
        for child in scope
        if child.get("id") and _kind(child) and _kind(child) not in _NOT_NODES
    }
    for drawn in _children(scope, "sequenceFlow"):
        flow = Flow(
            drawn.get("id"),
            drawn.get("sourceRef"),
            drawn.get("targetRef"),
            _text(drawn, "conditionExpression"),
        )
        nodes[flow.source].leaving.append(flow)
        nodes[flow.target].entering.append(flow)
    for node in nodes.values():
        if node.host is not None:
            nodes[node.host].attached.append(node)
    _links(nodes)
    return Graph(scope.get("id"), nodes)


def _links(nodes: dict[str, Node]) -> None:
    """A link is a flow from where it is thrown to where it is caught."""
    arrivals = {
        part.text: node
        for node in nodes.values()
        for part in node.parts
        if part.kind == "link" and node.kind == "intermediateCatchEvent"
    }
    for node in nodes.values():
        for part in node.parts:
            if part.kind == "link" and node.kind == "intermediateThrowEvent":
                flow = Flow(f"link {node.id}", node.id, arrivals[part.text].id, None)
                node.leaving.append(flow)
                arrivals[part.text].entering.append(flow)
    for node in nodes.values():
        node.parts = [part for part in node.parts if part.kind != "link"]


def _node(element: Any, names: dict[Any, Any]) -> Node:
    kind = _kind(element)
    inner = _graph(element, names) if kind in SCOPES else None
    on_event = element.get("triggeredByEvent") == "true"
    interrupts = element.get("cancelActivity", element.get("isInterrupting", "true")) == "true"
    return Node(
        id=element.get("id"),
        kind=kind,
        default=element.get("default"),
        parts=[*_parts(element, names)],
        all_of=element.get("parallelMultiple") == "true",
        interrupts=interrupts,
        host=element.get("attachedToRef"),
        loop=_loop(element),
        inner=inner,
        called="event" if on_event else element.get("calledElement"),
        script=_text(element, "script") or "",
        decision=element.get(f"{CAMUNDA}decisionRef", ""),
        result=element.get(f"{CAMUNDA}resultVariable"),
    )


def _parts(element: Any, names: dict[Any, Any]) -> Iterator[Part]:
    if _kind(element) in {"sendTask", "receiveTask"} and element.get("messageRef") is not None:
        yield Part("message", names[element.get("messageRef")])
    for child in element:
        if _kind(child).endswith("EventDefinition"):
            yield _part(child, _kind(child).removesuffix("EventDefinition"), names)


def _part(child: Any, kind: str, names: dict[Any, Any]) -> Part:
    if kind == "timer":
        form = next(
            one for one in ("timeDate", "timeDuration", "timeCycle") if _text(child, one)
        )
        return Part("timer", _text(child, form), form)
    if kind == "conditional":
        return Part("condition", _text(child, "condition"))
    if kind == "link":
        return Part("link", child.get("name"))
    reference = child.get(f"{kind}Ref")
    return Part(kind, None if reference is None else names[reference])


def _loop(element: Any) -> Loop | None:
    for one in _children(element, "standardLoopCharacteristics"):
        most = one.get("loopMaximum")
        return Loop(
            "while",
            until=_text(one, "loopCondition"),
            most=None if most is None else int(most),
            test_before=one.get("testBefore") == "true",
        )
    for one in _children(element, "multiInstanceLoopCharacteristics"):
        count = _text(one, "loopCardinality")
        items = {
            name: next(
                (child.get("name") or child.get("id") for child in _children(one, name)), None
            )
            for name in ("inputDataItem", "outputDataItem")
        }
        return Loop(
            "one by one" if one.get("isSequential") == "true" else "together",
            source=count or one.get(f"{CAMUNDA}collection") or _text(one, "loopDataInputRef"),
            element=one.get(f"{CAMUNDA}elementVariable") or items["inputDataItem"],
            result=items["outputDataItem"],
            results=_text(one, "loopDataOutputRef"),
            until=_text(one, "completionCondition"),
            most=None if count is None else 0,
        )
    return None
