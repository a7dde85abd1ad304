"""How does a plain text become the page of a mail? Paragraphs, lists, facts and notices; nothing else.

Everything is escaped first: what people typed stays words.
"""

import re
from collections.abc import Sequence
from html import escape

from markupsafe import Markup

_FACT = re.compile(r"([^\s:][^:\n]{0,38}?)\s?:\s(\S.*)")
NOTICE = "! "
_ITEM = "- "


def as_html(text: str) -> Markup:
    """The text as HTML. A line of `- ` is a list, of `! ` a notice; lines of « nom : valeur », facts."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return Markup("\n").join(_block(one.strip().splitlines()) for one in blocks if one.strip())


def as_text(text: str) -> str:
    """The same text without the marks of notices."""
    return re.sub(rf"^{NOTICE}", "", text, flags=re.MULTILINE)


def _block(lines: Sequence[str]) -> Markup:
    if all(line.startswith(_ITEM) for line in lines):
        items = "".join(f"<li>{escape(line.removeprefix(_ITEM))}</li>" for line in lines)
        return Markup(f"<ul>{items}</ul>")  # noqa: S704 - escaped
    if lines[0].startswith(NOTICE):
        words = "\n".join(line.removeprefix(NOTICE) for line in lines)
        return Markup(f'<p class="notice warn">{escape(words)}</p>')  # noqa: S704 - escaped
    facts = [_FACT.fullmatch(line) for line in lines]
    if all(facts):
        rows = "".join(
            f'<tr><th scope="row">{escape(one[1])}</th><td>{escape(one[2])}</td></tr>'
            for one in facts
            if one
        )
        return Markup(f'<table class="facts">{rows}</table>')  # noqa: S704 - escaped
    return Markup(f"<p>{'<br>'.join(escape(line) for line in lines)}</p>")  # noqa: S704 - escaped
