"""How does a drawing look outside of our pages? With its style inside, in the colours of paper, without links."""

import re
from functools import cache
from pathlib import Path

from app.engine.diagram import Drawing

_STATIC = Path(__file__).parent / "static"
_LINK = re.compile(r'<a href="[^"]*"')


def standalone(drawing: Drawing) -> str:
    """The SVG as a file that any viewer shows as our pages do."""
    plain = _LINK.sub("<g", str(drawing)).replace("</a>", "</g>")
    head, mark, rest = plain.partition("<defs>")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<style>{_style()}</style>{mark}{rest}'
    )


@cache
def _style() -> str:
    """The colours of the light theme, and the rules of diagrams."""
    tokens = (_STATIC / "ui.css").read_text(encoding="utf-8").partition("@layer tokens {")[2]
    colours = tokens.partition("@media")[0].replace(":root", "svg")
    rules = (_STATIC / "diagram.css").read_text(encoding="utf-8").splitlines()
    font = 'svg{--font:"Source Sans 3","Segoe UI","Noto Sans","Liberation Sans",sans-serif}'
    return colours + font + "".join(rule for rule in rules if rule.startswith(".bpmn"))
