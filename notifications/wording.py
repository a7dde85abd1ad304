"""How does an administrator write the words of a mail? French, with tags; nothing in it is code.

`{{ reference }}` stands for a value, `{{ echeance | date }}` for a day with its weekday;
`{% si retard > 0 %} … {% sinon %} … {% fin si %}` for words said in some cases only;
`{% pour chaque piece %} … {% fin pour %}` for a list. That is the whole language: a text is a tree
of words and tags of one closed table, and what is not in the table is refused in a sentence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, NoReturn

from app.domain.civil import french_day
from app.domain.errors import Refusal
from app.domain.money import NBSP, Money
from notifications.tag_table import TAGS, Tag
from notifications.values import Piece, Values

#: What a text may weigh, and how deep conditions may go into each other.
LONGEST = 12_000
_DEEPEST = 5
_TOKEN = re.compile(
    r"(?:^[ \t]*(\{%[^\n%]*%\})[ \t]*(?:\n|\Z))|(\{%[^\n%]*%\})|(\{\{[^\n{}]*\}\})",
    re.MULTILINE,
)
_CONDITION = re.compile(r"(pas )?([a-z_]+)(?: (>|==|<) (\d{1,4}))?")
_VALUE = re.compile(r"([a-z_]+)(?: \| ([a-z]+))?")
_CLOSING = frozenset({"sinon", "fin si", "fin pour"})
_WEEK = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class WordsRefused(Refusal):
    """A text cannot be used; the sentence says where and what."""

    sentence = "{where}{what}"


@dataclass(frozen=True)
class Node:
    """A piece of a text: words, a value, a choice between branches, a repetition."""

    words: str = ""
    tag: Tag | None = None
    style: str = ""
    branches: Sequence[tuple["Condition | None", Sequence["Node"]]] = ()
    each: Sequence["Node"] = ()


@dataclass(frozen=True)
class Condition:
    """`retard > 0`, `aide`, `pas association`."""

    tag: Tag
    negated: bool = False
    compare: str = ""
    number: int = 0


@dataclass
class _Reading:
    """A text being read: what is left, and where we are."""

    parts: list[tuple[str, str, int]]
    place: int = 0
    in_each: bool = False
    depth: int = 0
    seen: set[str] = field(default_factory=set)


def parse(text: str) -> Sequence[Node]:
    """The tree of a text. Refuses WordsRefused."""
    if len(text) > LONGEST:
        raise WordsRefused(
            where="", what=f"Le texte est trop long{NBSP}: {LONGEST} signes au plus."
        )
    reading = _Reading(list(_parts(text.replace("\r\n", "\n"))))
    nodes = _nodes(reading, until=())
    if reading.place < len(reading.parts):
        _refuse(reading, "cette balise ne ferme rien.")
    return nodes


def write(nodes: Sequence[Node], values: Values) -> str:
    """The text for these values. Refuses WordsRefused for a value that is not there."""
    return "".join(_written(nodes, values, None))


def _parts(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, content, line): words, `%` or `{`."""
    at = 0
    for found in _TOKEN.finditer(text):
        if found.start() > at:
            yield "words", text[at : found.start()], text.count("\n", 0, at) + 1
        order, line = found[1] or found[2], text.count("\n", 0, found.start()) + 1
        if order:
            yield "%", " ".join(order[2:-2].split()), line
        else:
            yield "{", " ".join(found[3][2:-2].split()), line
        at = found.end()
    if at < len(text):
        yield "words", text[at:], text.count("\n", 0, at) + 1


def _nodes(reading: _Reading, *, until: tuple[str, ...]) -> list[Node]:
    found: list[Node] = []
    while reading.place < len(reading.parts):
        kind, content, _line = reading.parts[reading.place]
        if kind == "%" and content.startswith(until or ("\0",)):
            return found
        if kind == "words":
            found.append(Node(words=_plain(reading, content)))
            reading.place += 1
        elif kind == "{":
            found.append(_value(reading, content))
            reading.place += 1
        else:
            found.append(_order(reading, content))
    if until:
        reading.place = len(reading.parts) - 1
        _refuse(reading, f"il manque « {{% {until[-1]} %}} » à la fin.")
    return found


def _plain(reading: _Reading, words: str) -> str:
    for sign in ("{{", "}}", "{%", "%}"):
        if sign in words:
            _refuse(reading, f"« {sign} » est resté ouvert.")
    return words


def _value(reading: _Reading, content: str) -> Node:
    found = _VALUE.fullmatch(content)
    if found is None:
        _refuse(
            reading, f"« {content} » n’est pas une balise{NBSP}: écrivez {{{{ reference }}}}."
        )
    tag = _tag(reading, found[1])
    if tag.kind in {"yesno", "list"}:
        _refuse(reading, f"« {tag.name} » ne s’écrit que dans « {{% si {tag.name} %}} ».")
    style = found[2] or ""
    if style and style not in _STYLES.get(tag.kind, ()):
        _refuse(reading, f"« {style} » ne s’applique pas à « {tag.name} ».")
    return Node(tag=tag, style=style)


def _order(reading: _Reading, content: str) -> Node:
    if reading.depth >= _DEEPEST:
        _refuse(reading, "trop de conditions les unes dans les autres.")
    reading.depth += 1
    if content.startswith("si "):
        node = _choice(reading, content)
    elif content == "pour chaque piece" and not reading.in_each:
        reading.place += 1
        reading.in_each = True
        each = _nodes(reading, until=("fin pour",))
        reading.in_each = False
        reading.place += 1
        node = Node(each=each)
    elif content in _CLOSING:
        _refuse(reading, f"« {{% {content} %}} » ne ferme ni ne continue rien ici.")
    else:
        _refuse(
            reading,
            f"« {content} » n’est pas un ordre{NBSP}: si, sinon, fin si, pour chaque piece, fin pour.",
        )
    reading.depth -= 1
    return node


def _choice(reading: _Reading, content: str) -> Node:
    branches: list[tuple[Condition | None, Sequence[Node]]] = []
    condition: Condition | None = _condition(reading, content.removeprefix("si "))
    while True:
        reading.place += 1
        until = ("fin si",) if condition is None else ("sinon si ", "sinon", "fin si")
        branches.append((condition, _nodes(reading, until=until)))
        content = reading.parts[reading.place][1]
        if content == "fin si":
            reading.place += 1
            return Node(branches=branches)
        if content.startswith("sinon si "):
            condition = _condition(reading, content.removeprefix("sinon si "))
        elif content == "sinon":
            condition = None
        else:
            _refuse(reading, f"« {content} » n’est pas un ordre.")


def _condition(reading: _Reading, text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        _refuse(
            reading, f"la condition « {text} » ne se lit pas{NBSP}: écrivez « retard > 0 »."
        )
    tag = _tag(reading, found[2])
    if found[3] and tag.kind != "count":
        _refuse(reading, f"« {tag.name} » n’est pas un nombre.")
    return Condition(tag, bool(found[1]), found[3] or "", int(found[4] or 0))


def _tag(reading: _Reading, name: str) -> Tag:
    tag = TAGS.get(name)
    if tag is None:
        close = get_close_matches(name, TAGS, n=1)
        hint = f" Vouliez-vous écrire « {close[0]} »{NBSP}?" if close else ""
        _refuse(reading, f"la balise « {name} » n’existe pas.{hint}")
    if tag.of_piece and not reading.in_each:
        _refuse(reading, f"« {name} » ne s’écrit que dans « {{% pour chaque piece %}} ».")
    return tag


def _refuse(reading: _Reading, what: str) -> NoReturn:
    place = min(reading.place, len(reading.parts) - 1)
    line = reading.parts[place][2] if reading.parts else 1
    raise WordsRefused(where=f"Ligne {line}{NBSP}: ", what=what)


def _written(nodes: Sequence[Node], values: Values, piece: Piece | None) -> Iterator[str]:
    for node in nodes:
        if node.tag is not None:
            yield _shown(node.tag, node.tag.read(values, piece), node.style)
        elif node.branches:
            chosen = (
                inner
                for condition, inner in node.branches
                if condition is None or _holds(condition, values, piece)
            )
            yield from _written(next(chosen, ()), values, piece)
        elif node.each:
            for one in values.pieces:
                yield from _written(node.each, values, one)
        else:
            yield node.words


def _holds(condition: Condition, values: Values, piece: Piece | None) -> bool:
    value = condition.tag.read(values, piece)
    if condition.compare:
        number = value if isinstance(value, int) else 0
        outcome = {
            ">": number > condition.number,
            "==": number == condition.number,
            "<": number < condition.number,
        }[condition.compare]
    else:
        outcome = bool(value)
    return outcome is not condition.negated


def _shown(tag: Tag, value: Any, style: str) -> str:  # noqa: ANN401 - any value of the table
    if value is None or value == "":
        raise WordsRefused(
            where="",
            what=f"La balise « {tag.name} » est vide pour ce dossier{NBSP}: "
            f"entourez-la de {{% si {tag.name} %}} … {{% fin si %}}.",
        )
    if isinstance(value, date):
        day = french_day(value)
        return f"{_WEEK[value.weekday()]}{NBSP}{day}" if style == "date" else day
    if isinstance(value, Money):
        return value.french()
    if isinstance(value, int) and tag.unit:
        one, many = tag.unit
        return f"{value}{NBSP}{one if abs(value) < 2 else many}"
    return str(value)


_STYLES: Mapping[str, Sequence[str]] = {"day": ("jour", "date")}
