"""How is a document written from a model of the pack? Plain text with blanks, filled from a dossier.

A model is a `.txt` of `documents/`. `# ` begins a title, `## ` a smaller one, `- ` a line of a
list, an empty line a new paragraph. `{{ voted_amount }}` is an expression; a fact is written as
its type reads, and `{{ … | euros }}` says another reading (text, integer, euros, percent, date,
yesno, list).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.catalogue.contract import Fact, Problem
from app.catalogue.known_names import FUNCTIONS, expression_problems
from app.catalogue.values import Names, compute, in_french
from app.domain.errors import Refusal
from app.engine.expressions import ExpressionRefused, Function

#: What every model may read besides the facts and variables of the dossier.
GIVEN = frozenset({"reference", "title", "applicant", "authority", "officer"})
READINGS = frozenset({"text", "integer", "euros", "percent", "date", "yesno", "list"})
LARGEST = 200_000
_BLANK = re.compile(r"\{\{([^{}]*)\}\}")
_MARKS = (("## ", "subtitle"), ("# ", "title"), ("- ", "item"))


class ModelUnreadable(Refusal):
    """A model is not text."""

    sentence = "Le modèle « {name} » n’est pas un texte lisible (UTF-8)."


class BlankUnfilled(Refusal):
    """What a model asks for is not known of the dossier."""

    sentence = "Le document ne peut pas être écrit : « {blank} » n’est pas connu du dossier."


class Block(NamedTuple):
    """One paragraph of a document: `title`, `subtitle`, `item` or `text`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Known:
    """What the blanks of a model may read."""

    names: Names
    functions: Mapping[str, Function]
    facts: Mapping[str, Fact]


def text_problems(name: str, data: bytes, known: frozenset[str]) -> Iterator[Problem]:
    """Everything wrong in a model, before any dossier needs it."""
    if not name.endswith(".txt") or len(data) > LARGEST:
        yield Problem(name, "un modèle est un fichier .txt de 200 Ko au plus.")
        return
    try:
        text = _decoded(name, data)
    except ModelUnreadable as refusal:
        yield Problem(name, refusal.message)
        return
    if not text.strip():
        yield Problem(name, "ce modèle est vide.")
    for blank in _BLANK.findall(text):
        source, reading = _parts(blank)
        if reading and reading not in READINGS:
            yield Problem(name, f"la lecture «\u00a0{reading}\u00a0» n’existe pas.")
        yield from expression_problems(name, source, known | GIVEN, FUNCTIONS)
    if "{{" in _BLANK.sub("", text) or "}}" in _BLANK.sub("", text):
        yield Problem(name, "une accolade double n’est pas fermée, ou pas ouverte.")


def filled(name: str, data: bytes, known: Known) -> list[Block]:
    """The paragraphs of the document. Refuses BlankUnfilled: a letter has no hole in it."""
    text = _BLANK.sub(lambda found: _reading(found[1], known), _decoded(name, data))
    blocks: list[Block] = []
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        blocks += _blocks(paragraph.strip("\n"))
    return blocks


def _blocks(paragraph: str) -> Iterator[Block]:
    """A paragraph, or the titles and list lines it is made of."""
    plain: list[str] = []
    for line in paragraph.split("\n"):
        mark = next(((sign, kind) for sign, kind in _MARKS if line.startswith(sign)), None)
        if mark is None:
            plain.append(line)
            continue
        if plain:
            yield Block("text", "\n".join(plain))
            plain = []
        yield Block(mark[1], line.removeprefix(mark[0]).strip())
    if any(line.strip() for line in plain):
        yield Block("text", "\n".join(plain))


def _reading(blank: str, known: Known) -> str:
    source, reading = _parts(blank)
    fact = known.facts.get(source)
    kind = reading or (fact.type if fact else "text")
    try:
        value = compute(source, known.names, known.functions)
        if value is not None:
            return in_french("euros" if kind == "amount" else kind, value)
    except (ExpressionRefused, ValueError):
        pass
    raise BlankUnfilled(blank=source)


def _parts(blank: str) -> tuple[str, str]:
    """The expression and its reading; `|` is of no use in the language of expressions."""
    source, _, reading = blank.partition("|")
    return " ".join(source.split()), reading.strip()


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ModelUnreadable(name=name) from None
