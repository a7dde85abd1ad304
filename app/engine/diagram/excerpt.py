"""Which part of a long diagram surrounds the steps that matter now?"""

from collections.abc import Collection
from dataclasses import replace

from app.engine.diagram.plane import Box, Edge, Plane, Shape

WIDTH, HEIGHT = 960.0, 420.0  #: the least shown, in pixels of the diagram
AROUND = 150.0  #: pixels shown beyond the steps themselves
SWIMLANES = frozenset({"participant", "lane"})


def window_on(plane: Plane, around: Collection[str]) -> Box | None:
    """The rectangle that holds these nodes and their surroundings; None when none is drawn."""
    boxes = [shape.box for shape in plane.shapes if shape.id in around]
    if not boxes:
        return None
    x, y = min(box.x for box in boxes) - AROUND, min(box.y for box in boxes) - AROUND
    right, foot = (
        max(box.right for box in boxes) + AROUND,
        max(box.bottom for box in boxes) + AROUND,
    )
    width, height = max(right - x, WIDTH), max(foot - y, HEIGHT)
    middle = Box(x, y, right - x, foot - y)
    return Box(middle.cx - width / 2, middle.cy - height / 2, width, height)


def cut(plane: Plane, window: Box) -> Plane:
    """What is seen through the window; lanes keep their name at its side, the pool is left out."""
    shapes = tuple(
        _narrowed(shape, window) if shape.kind in SWIMLANES else shape
        for shape in plane.shapes
        if shape.kind != "participant" and _meet(shape.box, window)
    )
    return Plane(shapes, tuple(edge for edge in plane.edges if _meet(_span(edge), window)))


def _narrowed(shape: Shape, window: Box) -> Shape:
    left, top = max(shape.box.x, window.x), max(shape.box.y, window.y)
    right, foot = min(shape.box.right, window.right), min(shape.box.bottom, window.bottom)
    return replace(shape, box=Box(left, top, right - left, foot - top))


def _span(edge: Edge) -> Box:
    xs, ys = [x for x, _ in edge.points], [y for _, y in edge.points]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def _meet(one: Box, other: Box) -> bool:
    across = one.x <= other.right and one.right >= other.x
    return across and one.y <= other.bottom and one.bottom >= other.y
