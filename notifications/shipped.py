"""What do the texts we ship say, in the language administrators write? Where an edit begins."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from notifications.render import FOLDER, mail_names
from notifications.tag_table import SHIPPED

_BLOCK = r"\{%% block %s %%\}(.*?)\{%% endblock %%\}"
_EXPRESSION = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_ORDER = re.compile(r"\{%\s*(.*?)\s*%\}")
_COMPARED = re.compile(r"(.+?) (>|==|<) (\d+)")
#: How a filter of the shipped texts is said; a count's unit is its tag's.
_STYLES = {"jour": "", "date": " | date", "euros": "", "insecable": ""}
_WORDS: Mapping[str, str] = {
    "else": "sinon",
    "endif": "fin si",
    "for piece in v.pieces": "pour chaque piece",
    "endfor": "fin pour",
}


class Untranslatable(Exception):
    """The text does something an administrator's cannot."""


@dataclass(frozen=True)
class Words:
    """The words of a mail that may be changed: its subject, its title, its text."""

    subject: str
    title: str
    body: str


def shipped_words(template: str) -> Words | None:
    """The words of a mail as shipped; None when they cannot be changed here."""
    if template not in mail_names():
        return None
    folder = FOLDER / template
    subject = (folder / "subject.txt").read_text(encoding="utf-8").strip()
    body = _block("content", (folder / "body.txt").read_text(encoding="utf-8"))
    title = _block("title", (folder / "body.html").read_text(encoding="utf-8"))
    try:
        return Words(_french(subject), _french(title), _french(body))
    except Untranslatable:
        return None


def _block(name: str, source: str) -> str:
    found = re.search(_BLOCK % name, source, re.DOTALL)
    return found[1].strip("\n") if found else ""


def _french(source: str) -> str:
    said = _EXPRESSION.sub(lambda found: f"{{{{ {_value(found[1])} }}}}", source)
    return _ORDER.sub(lambda found: f"{{% {_order(found[1])} %}}", said)


def _value(expression: str) -> str:
    if expression in SHIPPED:
        return SHIPPED[expression].name
    name, _, style = expression.rpartition(" | ")
    if style.startswith("compte("):
        return _value(name)
    if name not in SHIPPED or style not in _STYLES:
        raise Untranslatable(expression)
    return f"{SHIPPED[name].name}{_STYLES[style]}"


def _order(content: str) -> str:
    if content in _WORDS:
        return _WORDS[content]
    word, _, condition = content.partition(" ")
    if word not in {"if", "elif"}:
        raise Untranslatable(content)
    return f"{'si' if word == 'if' else 'sinon si'} {_condition(condition)}"


def _condition(text: str) -> str:
    if text in SHIPPED:
        return SHIPPED[text].name
    if text.startswith("not "):
        return f"pas {_condition(text.removeprefix('not '))}"
    compared = _COMPARED.fullmatch(text)
    if compared is None or compared[1] not in SHIPPED:
        raise Untranslatable(text)
    return f"{SHIPPED[compared[1]].name} {compared[2]} {compared[3]}"
