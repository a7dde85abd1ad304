"""How are words compared in a search? Without capitals, accents, hyphens, apostrophes or double spaces."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

#: « Bar-le-Duc » is sought as « bar le duc », « L’Épine » as « l epine », « cœur » as « coeur ».
_SAME = str.maketrans(
    {"œ": "oe", "æ": "ae", **dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014'\u2018\u2019", " ")}
)


def fold(text: str) -> str:
    """Lower case without accents, hyphens or apostrophes, one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SAME))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def alphabetical(items: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """In the order of a French directory: « Élise » before « Zoé », on every database."""
    return sorted(items, key=lambda one: (fold(name(one)), name(one)))
