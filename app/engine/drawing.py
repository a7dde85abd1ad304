"""What does a file draw, whether or not it could run? For those who compare and show, not for the engine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from app.engine.elements import NODE_KINDS, Flow, Node, read_flows, read_nodes
from app.engine.xml import Element, bpmn, children, local, safe_xml

_WHEN = ("timeDate", "timeDuration", "timeCycle")


@dataclass(frozen=True)
class Drawing:
    """The nodes, flows and lanes of a file; `waits` says what a node waits for, in its own writing."""

    nodes: Mapping[str, Node]
    flows: tuple[Flow, ...]
    lanes: Mapping[str, str]  #: id → name
    waits: Mapping[str, str]  #: node → « P10D », the name of a message…
    repeats: Mapping[str, str]  #: node → the list it is done for, or how many times
    defaults: frozenset[str]  #: the flows taken when no condition holds


def read_drawing(xml: bytes) -> Drawing:
    """Everything drawn in the file. Refuses DiagramRefused when it is not plain XML."""
    root = safe_xml(xml)
    processes = list(root.iter(bpmn("process")))
    named = {one.get("id", ""): one.get("name", "") for one in root.iter() if one.get("id")}
    elements = [one for process in processes for one in process.iter() if one.get("id")]
    return Drawing(
        nodes={node.id: node for process in processes for node in read_nodes(process)},
        flows=tuple(flow for process in processes for flow in read_flows(process)),
        lanes={lane.get("id", ""): lane.get("name") or "" for lane in root.iter(bpmn("lane"))},
        waits=_told(elements, lambda one: _waits(one, named)),
        repeats=_told(elements, _repeats),
        defaults=frozenset(one.get("default", "") for one in elements) - {""},
    )


def _told(elements: list[Element], words: Callable[[Element], Iterator[str]]) -> dict[str, str]:
    found = {one.get("id", ""): " ".join(words(one)) for one in elements}
    return {name: text for name, text in found.items() if text}


def _waits(element: Element, named: Mapping[str, str]) -> Iterator[str]:
    if element.get("messageRef"):
        yield named.get(element.get("messageRef", ""), "")
    for event in element:
        if not local(event).endswith("EventDefinition"):
            continue
        for when in children(event, *_WHEN):
            yield (when.text or "").strip()
        for reference in ("messageRef", "signalRef", "errorRef", "escalationRef"):
            if event.get(reference):
                yield named.get(event.get(reference, ""), "")
        for condition in children(event, "condition"):
            yield (condition.text or "").strip()


def _repeats(element: Element) -> Iterator[str]:
    for loop in children(element, "multiInstanceLoopCharacteristics"):
        yield from (
            str(value) for key, value in loop.attrib.items() if "collection" in str(key)
        )
        for text in children(loop, "loopCardinality", "loopDataInputRef"):
            yield (text.text or "").strip()


def titled(xml: bytes, titles: Mapping[str, str]) -> bytes:
    """The same file, where each node of the mapping bears its title instead of its drawn name."""
    root = safe_xml(xml)
    for element in root.iter():
        title = titles.get(element.get("id", ""))
        if title and local(element) in NODE_KINDS:
            element.set("name", title)
    return etree.tostring(root)
