"""What does a BPMN file say is drawn, and where? Shapes and edges of one plane, as plain data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.engine.errors import DiagramRefused, Problem
from app.engine.xml import Element, bpmn, local, safe_xml

DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC: Final = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT: Final = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
SUBPROCESSES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_BLANKS = re.compile(r"[ \t\r\n]+")
_MARKERS: Final = {"standardLoopCharacteristics": "loop"}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def cx(self) -> float:
        """The middle, across."""
        return self.x + self.width / 2

    @property
    def cy(self) -> float:
        """The middle, down."""
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        """The right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The foot."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Shape:
    """One node, pool, lane or note as drawn."""

    id: str
    kind: str  #: BPMN name; `eventSubProcess` for a sub-process opened by an event
    name: str
    box: Box
    label: Box | None = None
    event: str = ""  #: timer, message, terminate…
    markers: tuple[str, ...] = ()  #: plus, loop, parallel, sequential, adhoc, compensation
    is_soft: bool = False  #: does not interrupt
    is_expanded: bool = False
    is_horizontal: bool = True

    @property
    def is_container(self) -> bool:
        """Its content is drawn inside it."""
        return self.is_expanded or self.kind == "group"


@dataclass(frozen=True, slots=True)
class Edge:
    """One flow as drawn."""

    id: str
    kind: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None = None
    is_default: bool = False
    is_conditional: bool = False  #: a condition on a flow that leaves a task


@dataclass(frozen=True, slots=True)
class Plane:
    """Everything drawn on one page."""

    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]


@lru_cache(maxsize=16)
def read_plane(xml: bytes) -> Plane:
    """The first plane of the file, read once per version. Refuses DiagramRefused when nothing is drawn in it."""
    root = safe_xml(xml)
    elements = {one.get("id", ""): one for one in root.iter() if one.get("id")}
    page = next(root.iter(f"{DI}BPMNPlane"), None)
    shapes = [] if page is None else list(_shapes(page, elements))
    if page is None or not shapes:
        raise DiagramRefused([Problem("", "Le fichier ne contient aucun dessin (BPMN DI).")])
    return Plane(tuple(shapes), tuple(_edges(page, elements)))


def _shapes(page: Element, elements: dict[str, Element]) -> Iterator[Shape]:
    for drawn in page.iter(f"{DI}BPMNShape"):
        element = elements.get(drawn.get("bpmnElement", ""))
        box = _bounds(drawn)
        if element is None or box is None:
            continue
        kind = local(element)
        if kind in SUBPROCESSES and element.get("triggeredByEvent") == "true":
            kind = "eventSubProcess"
        expanded = drawn.get("isExpanded") == "true"
        soft = element.get("cancelActivity") == "false" or (
            element.get("isInterrupting") == "false"
        )
        yield Shape(
            id=element.get("id", ""),
            kind=kind,
            name=_name(element),
            box=box,
            label=_bounds(drawn.find(f"{DI}BPMNLabel")),
            event=_event(element),
            markers=_markers(element, expanded=expanded),
            is_soft=soft,
            is_expanded=expanded,
            is_horizontal=drawn.get("isHorizontal", "true") == "true",
        )


def _edges(page: Element, elements: dict[str, Element]) -> Iterator[Edge]:
    defaults = {one.get("default") for one in elements.values()} - {None}
    for drawn in page.iter(f"{DI}BPMNEdge"):
        element = elements.get(drawn.get("bpmnElement", ""))
        points = tuple(
            (float(one.get("x", "0")), float(one.get("y", "0"))) for one in drawn.iter(WAYPOINT)
        )
        if element is None or len(points) < 2:
            continue
        source = elements.get(element.get("sourceRef", ""))
        from_gateway = source is not None and local(source).endswith("Gateway")
        has_condition = element.find(bpmn("conditionExpression")) is not None
        yield Edge(
            id=element.get("id", ""),
            kind=local(element),
            name=_name(element),
            points=points,
            label=_bounds(drawn.find(f"{DI}BPMNLabel")),
            is_default=element.get("id") in defaults,
            is_conditional=has_condition and not from_gateway,
        )


def _name(element: Element) -> str:
    text = element.findtext(bpmn("text")) if local(element) == "textAnnotation" else None
    return _BLANKS.sub(" ", text or element.get("name") or "").strip()


def _event(element: Element) -> str:
    kinds = [local(one) for one in element if local(one).endswith("EventDefinition")]
    return kinds[0].removesuffix("EventDefinition") if kinds else ""


def _markers(element: Element, *, expanded: bool) -> tuple[str, ...]:
    found = []
    if local(element) in SUBPROCESSES and not expanded:
        found.append("plus")
    for child in element:
        name = local(child)
        if name == "multiInstanceLoopCharacteristics":
            in_turn = child.get("isSequential") == "true"
            found.append("sequential" if in_turn else "parallel")
        elif name in _MARKERS:
            found.append(_MARKERS[name])
    if local(element) == "adHocSubProcess":
        found.append("adhoc")
    if element.get("isForCompensation") == "true":
        found.append("compensation")
    return tuple(found)


def _bounds(drawn: Element | None) -> Box | None:
    found = None if drawn is None else drawn.find(f"{DC}Bounds")
    if found is None:
        return None
    numbers = [float(found.get(key, "0")) for key in ("x", "y", "width", "height")]
    return Box(*numbers)
