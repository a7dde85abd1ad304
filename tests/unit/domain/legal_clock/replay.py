"""The explanation read back: from its French sentences alone, which day does the delay end?

It knows nothing of facts and rules, only what a person reads, and counts with the calendar of the
oracle. If a sentence were missing or wrong, the day would not come out.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from tests.unit.domain.legal_clock.oracle import Wall, is_holiday, same_day_later

DAY = timedelta(days=1)
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
_DATE = r"(\d{1,2}(?:er)? \w+ \d{4})"
_LENGTH = r"(\d+) (jours? ouvrés?|jours? ouvrables?|jours?|mois|ans?)"


def replay(sentences: Sequence[str], wall: Wall) -> date | None:
    """The due day, found again; None when the sentences say that it cannot be known yet."""
    text = [one.replace("\u00a0", " ") for one in sentences]
    whole = "\n".join(text)
    if "Suspendu depuis" in whole:
        return None
    begun = _begun(text)
    pauses = [
        (_day(a), _day(b)) for a, b in re.findall(rf"Suspendu du {_DATE} au {_DATE}", whole)
    ]
    if fixed := re.search(
        rf"^Nouvelle date limite fixée au {_DATE} par décision du {_DATE}", whole, re.MULTILINE
    ):
        until, decided = _day(fixed[1]), _day(fixed[2])
        return _cross(decided, (until - decided).days, pauses, lambda _day: True) or until
    return _counted(text, whole, begun, pauses, wall)


def said(sentences: Sequence[str]) -> date | None:
    """The due day the explanation ends on."""
    found = re.search(
        rf"^Échéance : {_DATE}\.$", "\n".join(sentences).replace("\u00a0", " "), re.MULTILINE
    )
    return _day(found[1]) if found else None


def _begun(text: Sequence[str]) -> date:
    again = [re.search(rf"^Le délai repart de zéro le {_DATE}", one) for one in text]
    chosen = next((one for one in again if one), None)
    first = chosen or re.search(rf" le {_DATE}", text[0])
    assert first is not None, text
    return _day(first[1])


def _counted(
    text: Sequence[str],
    whole: str,
    begun: date,
    pauses: list[tuple[date, date]],
    wall: Wall,
) -> date | None:
    length = next(found for one in text if (found := re.match(rf"{_LENGTH}[ ,]", one)))
    count, unit = int(length[1]), length[2]
    added = re.findall(rf"^Prorogé de {_LENGTH} le", whole, re.MULTILINE)
    line = length.string
    first = begun - DAY if "premier jour compris" in line else begun
    clear = int("délai franc" in line)
    closures = "ni les fermetures" in line
    if "ouvr" in unit:
        total = count + sum(int(one) for one, _ in added) + clear
        day = _cross(
            first, total, pauses, lambda one: _counts(one, unit, wall, closures=closures)
        )
    else:
        every = [(count, unit), *((int(one), kind) for one, kind in added)]
        months = sum(
            n * (12 if kind.startswith("an") else 1) for n, kind in every if "jour" not in kind
        )
        end = same_day_later(begun, months)
        end += DAY * (sum(n for n, kind in every if "jour" in kind) + clear)
        day = _cross(first, (end - begun).days, pauses, lambda _day: True)
    assert day is not None
    if carried := re.search(
        rf"^Le {_DATE} est fermé \(.+\) : reporté au {_DATE}", whole, re.MULTILINE
    ):
        assert _day(carried[1]) == day, (carried[0], day)
        return _day(carried[2])
    return day


def _counts(day: date, unit: str, wall: Wall, *, closures: bool) -> bool:
    if "ouvrable" in unit:
        return day.isoweekday() != 7 and not is_holiday(day, alsace=wall.alsace)
    return wall.open(day, closures=closures)


def _cross(
    day: date, left: int, pauses: list[tuple[date, date]], counts: Callable[[date], bool]
) -> date | None:
    if left <= 0:
        return None
    while left:
        day += DAY
        if not any(first < day <= last for first, last in pauses) and counts(day):
            left -= 1
    return day


def _day(text: str) -> date:
    number, month, year = text.split()
    return date(int(year), MONTHS.index(month) + 1, int(number.removesuffix("er")))
