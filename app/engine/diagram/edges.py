"""How is a flow drawn? A line with round corners, an arrow, its marks and its name."""

from collections.abc import Iterator
from math import hypot

from app.engine.diagram.plane import Edge
from app.engine.diagram.text import Label, placed, wrapped
from app.engine.diagram.words import Mark

Point = tuple[float, float]
CORNER = 8.0
NAME_WIDTH = 110.0


def line(edge: Edge, *, is_taken: bool, uid: str, mark: Mark | None = None) -> str:
    """The line of the flow; `is_taken` when the dossier went through it."""
    css = f"edge {edge.kind}" + (" taken" if is_taken else "") + (f" mk-{mark}" if mark else "")
    arrow = "" if edge.kind.endswith("ssociation") else _arrow(uid, is_taken=is_taken)
    path = f'<path class="{css}" d="{rounded(edge.points)}"{arrow}/>'
    return path + _mark(edge)


def name_of(edge: Edge) -> Label | None:
    """The name of the flow, near its start unless the drawing places it."""
    if not edge.name:
        return None
    if edge.label:
        return placed("edge-label", edge.name, edge.label)
    (x1, y1), (x2, y2) = edge.points[0], edge.points[1]
    lines = wrapped(edge.name, NAME_WIDTH)
    if abs(y2 - y1) > abs(x2 - x1):
        return Label("edge-label", x1 + 6, y1 + (14 if y2 > y1 else -14), lines, "start")
    return Label("edge-label", (x1 + x2) / 2, y1 - 9 - 7.5 * (len(lines) - 1), lines)


def markers(uid: str) -> str:
    """The heads of the arrows."""
    return "".join(
        f'<marker id="{uid}-{css}" class="{css}" viewBox="0 0 10 10" refX="9.5" refY="5" '
        'markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
        '<path d="M0 .8 9.5 5 0 9.2z"/></marker>'
        for css in ("arrow", "arrow-taken")
    )


def middle(edge: Edge) -> Point:
    """The middle of the longest stretch of the flow, where a sign does not hide a corner."""
    stretches = zip(edge.points, edge.points[1:], strict=False)
    (x1, y1), (x2, y2) = max(
        stretches, key=lambda two: hypot(two[1][0] - two[0][0], two[1][1] - two[0][1])
    )
    return (x1 + x2) / 2, (y1 + y2) / 2


def rounded(points: tuple[Point, ...]) -> str:
    """The path through the points, its corners rounded."""
    corners = "".join(
        f"L{px:g} {py:g}Q{bx:g} {by:g} {qx:g} {qy:g}"
        for (px, py), (bx, by), (qx, qy) in _corners(points)
    )
    (x1, y1), (x2, y2) = points[0], points[-1]
    return f"M{x1:g} {y1:g}{corners}L{x2:g} {y2:g}"


def _corners(points: tuple[Point, ...]) -> Iterator[tuple[Point, Point, Point]]:
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        yield _towards(corner, before), corner, _towards(corner, after)


def _towards(corner: Point, other: Point) -> Point:
    length = max(hypot(other[0] - corner[0], other[1] - corner[1]), 0.01)
    share = min(CORNER, length / 2) / length
    x = corner[0] + (other[0] - corner[0]) * share
    y = corner[1] + (other[1] - corner[1]) * share
    return round(x, 1), round(y, 1)


def _arrow(uid: str, *, is_taken: bool) -> str:
    return f' marker-end="url(#{uid}-arrow{"-taken" if is_taken else ""})"'


def _mark(edge: Edge) -> str:
    """The stroke of a default flow, the diamond of a condition that leaves a task."""
    (x1, y1), (x2, y2) = edge.points[0], edge.points[1]
    length = max(hypot(x2 - x1, y2 - y1), 0.01)
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    if edge.is_default:
        x, y, dx, dy = x1 + ux * 11, y1 + uy * 11, 5 * (ux + uy), 5 * (uy - ux)
        return f'<path class="edge" d="M{x - dx:.4g} {y - dy:.4g}L{x + dx:.4g} {y + dy:.4g}"/>'
    if edge.is_conditional:
        left = (x1 + ux * 8 - uy * 5, y1 + uy * 8 + ux * 5)
        right = (x1 + ux * 8 + uy * 5, y1 + uy * 8 - ux * 5)
        tip = (x1 + ux * 16, y1 + uy * 16)
        path = "L".join(f"{x:.5g} {y:.5g}" for x, y in ((x1, y1), left, tip, right))
        return f'<path class="edge mark-diamond" d="M{path}z"/>'
    return ""
