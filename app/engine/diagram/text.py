"""How is a text set in a drawing? Broken into lines, placed, escaped, and measured well enough."""

import re
from dataclasses import dataclass
from html import escape

from app.engine.diagram.plane import Box

_LONELY = re.compile(r" (?=[?!:;»])|(?<=«) ")  #: spaces where French never breaks a line
LETTER = 6.1  #: mean width of a letter at 12 px
LINE = 15.0  #: height of a line
LABEL_WIDTH = 100.0  #: width given to a label the drawing does not place


@dataclass(frozen=True, slots=True)
class Label:
    """A text with its place: `x`, `y` is the middle of the block, or its start."""

    css: str
    x: float
    y: float
    lines: tuple[str, ...]
    anchor: str = "middle"

    @property
    def box(self) -> Box:
        """The room it takes, roughly."""
        width = max((len(line) for line in self.lines), default=0) * LETTER
        height = len(self.lines) * LINE
        left = self.x - width / 2 if self.anchor == "middle" else self.x
        return Box(left, self.y - height / 2, width, height)

    def svg(self) -> str:
        """The text as SVG; a space between the lines, so that screen readers part the words."""
        if not self.lines:
            return ""
        first = self.y - LINE * (len(self.lines) - 1) / 2
        spans = "".join(
            f'<tspan x="{self.x:g}" y="{first + rank * LINE:g}">{escape(line)} </tspan>'
            for rank, line in enumerate(self.lines)
        )
        return (
            f'<text class="{self.css}" text-anchor="{self.anchor}" '
            f'dominant-baseline="central">{spans}</text>'
        )


def wrapped(text: str, width: float) -> tuple[str, ...]:
    """The text in lines of at most that many pixels; a word too long keeps a line of its own."""
    room = max(6, int(width / LETTER))
    lines: list[str] = []
    for word in _LONELY.sub("\u00a0", text).split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return tuple(lines)


def placed(css: str, text: str, box: Box) -> Label:
    """A text in the middle of a box, broken to its width."""
    return Label(css, box.cx, box.cy, wrapped(text, max(box.width, LABEL_WIDTH)))


def upright(css: str, text: str, x: float, y: float) -> str:
    """A text written bottom to top, as the names of pools and lanes are."""
    return (
        f'<text class="{css}" text-anchor="middle" dominant-baseline="central" '
        f'transform="translate({x:g} {y:g}) rotate(-90)">{escape(text)}</text>'
    )
