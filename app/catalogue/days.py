"""How is a civil day read from a person, and shown to one?"""

import re
from datetime import date

from app.domain.civil import MONTHS

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FRENCH = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_WORDS = re.compile(r"(\d{1,2})(?:er)?\s+([^\W\d]+)\.?\s+(\d{4})")
_UNREADABLE = "Écrivez la date ainsi\u00a0: 20/03/2026."
_EARLIEST, _LATEST = 1900, 2100


def parse_day(text: str) -> date:
    """The day written `2026-03-20`, `20/03/2026` or `20 mars 2026`.

    Raises ValueError with a French sentence.
    """
    year, month, day = _parts(text.strip().lower())
    if not _EARLIEST <= year <= _LATEST:
        raise ValueError(f"L’année {year} n’est pas plausible.")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("Cette date n’existe pas dans le calendrier.") from None


def french_day(day: date) -> str:
    """The day in words: « 20 mars 2026 », « 1er mai 2026 »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def _parts(text: str) -> tuple[int, int, int]:
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _FRENCH.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if (found := _WORDS.fullmatch(text)) and (month := _month(found[2])):
        return int(found[3]), month, int(found[1])
    raise ValueError(_UNREADABLE)


def _month(word: str) -> int | None:
    near = [
        rank for rank, name in enumerate(MONTHS, start=1) if name == word or _starts(name, word)
    ]
    return near[0] if len(near) == 1 else None


def _starts(name: str, word: str) -> bool:
    return len(word) > 2 and name.startswith(word)
