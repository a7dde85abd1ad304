"""How is a whole diagram drawn as SVG: accessible, without script or style, each step a link?"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape

from app.engine.diagram import edges, excerpt, nodes
from app.engine.diagram.plane import Box, Plane, Shape, read_plane
from app.engine.diagram.text import Label
from app.engine.diagram.words import MARK_WORDS, Mark, NodeState, Say, described, kind_words

MARGIN = 16.0
SWIMLANES = frozenset({"participant", "lane"})


class Drawing(str):
    """An SVG whose every text was escaped when it was made: templates show it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """The drawing is its own HTML."""
        return str(self)


@dataclass(frozen=True)
class Look:
    """What is known of the nodes besides the drawing."""

    states: Mapping[str, NodeState] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    badges: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    heat: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    say: Say = str


def render_diagram(  # noqa: PLR0913 - each is a map from node to what is shown of it
    xml: bytes,
    *,
    states: Mapping[str, NodeState] | None = None,
    links: Mapping[str, str] | None = None,
    badges: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    heat: Mapping[str, int] | None = None,
    marks: Mapping[str, Mark] | None = None,
    taken: Collection[str] = (),
    around: Collection[str] = (),
    title: str = "Schéma de la procédure",
    uid: str = "diagram",
    say: Say = str,
) -> Drawing:
    """The diagram of a BPMN file as SVG.

    Keys are BPMN ids. `labels` adds words to a node's accessible name (« 12 dossiers »), `heat`
    goes from 1 to 5, `marks` tells nodes and flows that differ from another version, `taken` names the flows the dossier went through, `around` keeps only the
    surroundings of these nodes, `uid` must differ between two drawings of one page, `say` translates its words. Refuses DiagramRefused when the file holds no drawing.
    """
    plane = read_plane(xml)
    window = excerpt.window_on(plane, around)
    plane = excerpt.cut(plane, window) if window else plane
    look = Look(
        states or {}, links or {}, badges or {}, labels or {}, heat or {}, marks or {}, say
    )
    frame = window or _frame(plane)
    lanes = [shape for shape in plane.shapes if shape.kind in SWIMLANES]
    flow = [shape for shape in plane.shapes if shape.kind not in SWIMLANES]
    containers = [shape for shape in flow if shape.is_container]
    others = [shape for shape in flow if not shape.is_container]
    # Boundary events come last: they sit on the border of their task and must stay in front.
    others.sort(key=lambda shape: shape.kind == "boundaryEvent")
    containers.sort(key=lambda shape: -shape.box.width * shape.box.height)
    parts = [
        f'<svg class="bpmn" xmlns="http://www.w3.org/2000/svg" width="{frame.width:g}" '
        f'height="{frame.height:g}" viewBox="{frame.x:g} {frame.y:g} {frame.width:g} '
        f'{frame.height:g}" role="group" aria-labelledby="{uid}-title">'
        f'<title id="{uid}-title">{escape(title)}</title><defs>{edges.markers(uid)}</defs>',
        *(nodes.lane_frame(shape) for shape in lanes),
        *(_node(shape, look) for shape in containers),
        *(
            edges.line(edge, is_taken=edge.id in taken, uid=uid, mark=look.marks.get(edge.id))
            for edge in plane.edges
        ),
        *(_node(shape, look) for shape in others),
        *(label.svg() for label in _outer_labels(plane)),
        *(nodes.lane_head(shape) for shape in lanes),
        *(_badge(shape, look) for shape in flow if shape.id in look.badges),
        *_signs(plane, look),
        "</svg>",
    ]
    return Drawing("".join(parts))


def _node(shape: Shape, look: Look) -> str:
    if not nodes.is_flow_node(shape):
        return f'<g class="{shape.kind}">{nodes.body(shape)}</g>'
    state = look.states.get(shape.id)
    mark = look.marks.get(shape.id)
    told = look.labels.get(shape.id, "") or (look.say(MARK_WORDS[mark]) if mark else "")
    words = described(
        shape.name, kind_words(shape.kind, shape.event), state, told, say=look.say
    )
    inner = nodes.titled(words) + nodes.body(shape)
    if state is NodeState.DONE and not shape.is_container:
        inner += nodes.tick(shape)
    css, node_id = _css(shape, look, state), escape(shape.id)
    link = look.links.get(shape.id)
    if link is None:
        return f'<g class="{css}" data-node="{node_id}">{inner}</g>'
    return (
        f'<a href="{escape(link)}" class="{css}" data-node="{node_id}" '
        f'aria-label="{escape(words)}">{inner}</a>'
    )


def _css(shape: Shape, look: Look, state: NodeState | None) -> str:
    heat = look.heat.get(shape.id)
    words = [
        "node",
        shape.kind,
        f"is-{state}" if state else "",
        "soft" if shape.is_soft else "",
        "box" if shape.is_container else "",
        "event-sub" if shape.kind == "eventSubProcess" else "",
        f"heat-{min(5, max(1, heat))}" if heat else "",
        f"mk-{look.marks[shape.id]}" if shape.id in look.marks else "",
    ]
    return " ".join(word for word in words if word)


def _badge(shape: Shape, look: Look) -> str:
    late = look.states.get(shape.id) is NodeState.LATE
    return nodes.badge(shape, look.badges[shape.id], "badge badge-late" if late else "badge")


def _signs(plane: Plane, look: Look) -> Iterable[str]:
    for edge in plane.edges:
        if edge.id in look.marks:
            yield nodes.sign(*edges.middle(edge), look.marks[edge.id])
    for shape in plane.shapes:
        if shape.id in look.marks:
            yield nodes.sign(shape.box.x, shape.box.y, look.marks[shape.id])


def _outer_labels(plane: Plane) -> Iterable[Label]:
    found = [edges.name_of(edge) for edge in plane.edges]
    found += [nodes.outer_label(shape) for shape in plane.shapes]
    return [label for label in found if label]


def _frame(plane: Plane) -> Box:
    """The room taken by everything drawn, labels included."""
    boxes = [shape.box for shape in plane.shapes]
    boxes += [label.box for label in _outer_labels(plane)]
    points = [point for edge in plane.edges for point in edge.points]
    lefts = [box.x for box in boxes] + [x for x, _ in points]
    tops = [box.y for box in boxes] + [y for _, y in points]
    rights = [box.right for box in boxes] + [x for x, _ in points]
    feet = [box.bottom for box in boxes] + [y for _, y in points]
    x, y = min(lefts) - MARGIN, min(tops) - MARGIN
    return Box(x, y, max(rights) + MARGIN - x, max(feet) + MARGIN - y)
