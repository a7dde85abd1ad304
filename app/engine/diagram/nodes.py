"""How is each node drawn? One function a family: events, gateways, tasks, boxes, notes, data, lanes."""

from html import escape

from app.engine.diagram import glyphs
from app.engine.diagram.plane import Box, Shape
from app.engine.diagram.text import LINE, Label, placed, upright, wrapped
from app.engine.diagram.words import MARK_SIGNS, Mark

HEAD = 30.0  #: width of the band where a pool or a lane is named
NAME_ROOM = 12.0  #: pixels left free beside the words of a task
BELOW = 13.0  #: from the foot of an event to the middle of its label


def is_flow_node(shape: Shape) -> bool:
    """The dossier passes through it: it has a state, a link, a badge."""
    kind = shape.kind
    return kind.endswith(("Task", "Event", "Gateway", "SubProcess", "subProcess")) or kind in {
        "task",
        "transaction",
        "callActivity",
    }


def body(shape: Shape) -> str:
    """The drawing of the node, without its outer label."""
    if shape.kind.endswith("Event"):
        return _event(shape)
    if shape.kind.endswith("Gateway"):
        return _gateway(shape)
    if shape.is_container:
        return _container(shape)
    if shape.kind == "textAnnotation":
        return _note(shape)
    if shape.kind.startswith("data"):
        return _data(shape)
    return _task(shape)


def outer_label(shape: Shape) -> Label | None:
    """The name written beside the node: events, gateways and data have theirs outside."""
    outside = shape.kind.endswith(("Event", "Gateway")) or shape.kind.startswith("data")
    if not shape.name or not outside:
        return None
    if shape.label:
        return placed("ext-label", shape.name, shape.label)
    lines = wrapped(shape.name, max(shape.box.width + 60, 100))
    y = shape.box.bottom + BELOW + (len(lines) - 1) * LINE / 2
    return Label("ext-label", shape.box.cx, y, lines)


def lane_frame(shape: Shape) -> str:
    """The ground of a pool or a lane."""
    return f'<g class="{_lane_css(shape)}">{_rect("frame", shape.box)}</g>'


def lane_head(shape: Shape) -> str:
    """The name of a pool or a lane: on its side, or on top when it stands upright."""
    box = shape.box
    if shape.is_horizontal:
        head = Box(box.x, box.y, HEAD, box.height)
        name = upright("lane-label", shape.name, head.cx, head.cy)
    else:
        head = Box(box.x, box.y, box.width, HEAD)
        lines = wrapped(shape.name, box.width)
        name = Label("lane-label", head.cx, head.cy, lines).svg()
    return f'<g class="{_lane_css(shape)}">{_rect("lane-head", head)}{name}</g>'


def _lane_css(shape: Shape) -> str:
    return "pool" if shape.kind == "participant" else "lane"


def glyph(path: str, x: float, y: float, css: str = "glyph") -> str:
    """A little drawing at that place."""
    return f'<path class="{css}" transform="translate({x:g} {y:g})" d="{path}"/>'


def tick(shape: Shape) -> str:
    """The mark of a node that is done."""
    x, y = shape.box.right, shape.box.y
    if not shape.kind.endswith(("Task", "task", "Activity", "Process", "transaction")):
        x, y = x - shape.box.width * 0.12, y + shape.box.height * 0.12
    return (
        f'<g class="tick" transform="translate({x:g} {y:g})"><circle r="8"/>'
        f'<path d="{glyphs.TICK}"/></g>'
    )


def sign(x: float, y: float, mark: Mark) -> str:
    """How this differs from another version: a sign in a disc, so that colour is never alone."""
    words = Label("sign-text", x, y, (MARK_SIGNS[mark],)).svg()
    return f'<g class="sign sign-{mark}" aria-hidden="true"><circle cx="{x:g}" cy="{y:g}" r="10"/>{words}</g>'


def badge(shape: Shape, text: str, css: str) -> str:
    """A count at the foot of the node."""
    width = 14 + 7 * len(text)
    x, y = shape.box.cx, shape.box.bottom
    words = Label("badge-text", x, y, (text,)).svg()
    return (
        f'<g class="{css}" aria-hidden="true"><rect x="{x - width / 2:g}" y="{y - 11:g}" '
        f'width="{width:g}" height="22" rx="11"/>{words}</g>'
    )


def _rect(css: str, box: Box, radius: float = 0) -> str:
    corners = f' rx="{radius:g}"' if radius else ""
    return (
        f'<rect class="{css}" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" '
        f'height="{box.height:g}"{corners}/>'
    )


def _event(shape: Shape) -> str:
    box = shape.box
    radius = min(box.width, box.height) / 2
    parts = [f'<circle class="shape" cx="{box.cx:g}" cy="{box.cy:g}" r="{radius:g}"/>']
    if shape.kind.startswith(("intermediate", "boundary")):
        ring = f'<circle class="ring" cx="{box.cx:g}" cy="{box.cy:g}" r="{radius - 3.5:g}"/>'
        parts.append(ring)
    path = glyphs.EVENT.get(shape.event)
    if path:
        throws = shape.kind in {"intermediateThrowEvent", "endEvent"}
        full = shape.event in glyphs.FULL_EVENTS or (throws and shape.event != "timer")
        parts.append(glyph(path, box.cx, box.cy, "glyph solid" if full else "glyph"))
    return "".join(parts)


def _gateway(shape: Shape) -> str:
    box = shape.box
    diamond = (
        f'<path class="shape" d="M{box.cx:g} {box.y:g}L{box.right:g} {box.cy:g}'
        f'L{box.cx:g} {box.bottom:g}L{box.x:g} {box.cy:g}z"/>'
    )
    path = glyphs.GATEWAY.get(shape.kind)
    return diamond + (glyph(path, box.cx, box.cy, "glyph strong") if path else "")


def _task(shape: Shape) -> str:
    box = shape.box
    parts = [_rect("shape", box, 10)]
    icon = glyphs.TASK.get(shape.kind)
    if icon:
        parts.append(glyph(icon, box.x + 7, box.y + 7))
    lines = wrapped(shape.name, box.width - NAME_ROOM)
    shift = (5.0 if icon and len(lines) > 1 else 0.0) - (7.0 if shape.markers else 0.0)
    parts.append(Label("label", box.cx, box.cy + shift, lines).svg())
    start = box.cx - (len(shape.markers) - 1) * 9
    parts += [
        glyph(glyphs.MARKER[marker], start + rank * 18, box.bottom - 10)
        for rank, marker in enumerate(shape.markers)
    ]
    return "".join(parts)


def _container(shape: Shape) -> str:
    box = shape.box
    name = Label("label", box.x + 14, box.y + 16, (shape.name,) if shape.name else (), "start")
    return _rect("shape", box, 10) + name.svg()


def _note(shape: Shape) -> str:
    box = shape.box
    lines = wrapped(shape.name, box.width - 12)
    bracket = f'<path class="note" d="M{box.x + 12:g} {box.y:g}H{box.x:g}V{box.bottom:g}H{box.x + 12:g}"/>'
    return bracket + Label("note-text", box.x + 8, box.cy, lines, "start").svg()


def _data(shape: Shape) -> str:
    box = shape.box
    if shape.kind.startswith("dataStore"):
        w = box.width
        path = (
            f"M{box.x:g} {box.y + 6:g}c0-8 {w:g}-8 {w:g} 0v{box.height - 12:g}c0 8-{w:g} 8-{w:g} 0z"
            f"M{box.x:g} {box.y + 6:g}c0 8 {w:g} 8 {w:g} 0"
        )
    else:
        fold = box.right - 10
        path = (
            f"M{box.x:g} {box.y:g}H{fold:g}L{box.right:g} {box.y + 10:g}V{box.bottom:g}"
            f"H{box.x:g}zM{fold:g} {box.y:g}V{box.y + 10:g}H{box.right:g}"
        )
    return f'<path class="data" d="{path}"/>'


def titled(text: str) -> str:
    """The words a pointer or a screen reader meets."""
    return f"<title>{escape(text)}</title>"
