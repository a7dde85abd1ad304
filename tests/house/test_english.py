"""Has every text of the screens its English, with the same places for names and numbers?"""

import re
from collections.abc import Iterator

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from app.catalogue.fields import Question
from app.engine.diagram import words
from tests.house.test_refusals import refusals
from tests.house.tree import PACKAGES, ROOT, ours, read

_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "_later": None,
    "gettext": None,
    "ngettext": (1, 2),
}
#: Where a name or a number comes in, and what marks up the text.
_PLACES = re.compile(r"%\(\w+\)[sd]|%%|\{[^{}]*\}|</?\w+")


def written() -> Iterator[tuple[str, ...]]:
    """Every text of the pages, in French: one form, or a singular and a plural."""
    for path in ours(".py", ".html"):
        if path.parts[:2] != ("app", "web"):
            continue
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        found = extract_from_file(
            method, str(ROOT / path), keywords=_KEYWORDS, options={"trimmed": "true"}
        )
        for _line, text, _comments, _context in found:
            forms = (text,) if isinstance(text, str) else tuple(text)
            if forms[0]:
                yield forms


def sentences() -> Iterator[tuple[str, ...]]:
    """What refuses, and what a question says when it has no answer."""
    for refusal in refusals():
        if refusal.__module__.partition(".")[0] in PACKAGES:
            yield (refusal.sentence,)
    yield from ((question.missing,) for question in questions())
    yield from ((word,) for word in diagram_words())


def diagram_words() -> Iterator[str]:
    """What names the nodes of a diagram and their states."""
    kinds = {*words.KIND_WORDS.values(), *words.EVENT_WORDS.values()}
    yield from kinds
    yield from words.MARK_WORDS.values()
    yield words.TO_COME
    yield from (words.state_words(kind, state) for kind in kinds for state in words.NodeState)


def questions(base: type[Question] = Question) -> Iterator[type[Question]]:
    """Every kind of question of a form."""
    yield base
    for found in base.__subclasses__():
        yield from questions(found)


def english() -> dict[str, tuple[str, ...]]:
    """The English forms, by the first French one."""
    path = ROOT / "app/translations/en/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        known = read_po(file, locale="en")
    return {
        one.id if isinstance(one.id, str) else one.id[0]: (
            (one.string,) if isinstance(one.string, str) else tuple(one.string or ())
        )
        for one in known
        if one.id
    }


ENGLISH = english()


@pytest.mark.parametrize("source", [written, sentences])
def test_every_text_has_its_english(source: object) -> None:
    assert callable(source)
    missing = sorted({forms[0] for forms in source() if not all(ENGLISH.get(forms[0], [""]))})
    assert missing == []


def test_names_and_numbers_have_their_places_in_english() -> None:
    wrong = {
        french: said
        for forms in (*written(), *sentences())
        for french, said in zip(forms, ENGLISH.get(forms[0], forms), strict=False)
        if sorted(_PLACES.findall(french)) != sorted(_PLACES.findall(said))
    }
    assert wrong == {}


def test_no_english_is_left_of_a_text_that_is_gone() -> None:
    """Some texts come from below the pages: their beginning stands in one of our files."""
    used = {forms[0] for forms in (*written(), *sentences())}
    others = "\n".join(read(path) for path in ours(".py", ".html", ".toml"))
    assert [text for text in sorted(ENGLISH.keys() - used) if text[:20] not in others] == []
