"""What may an expression of a diagram ask about time? Civil days in Paris, instants with an offset.

Dates and instants are ISO texts, so that `<` compares them. The instant « now » is always given.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.engine.values import Function, Trouble, Value

PARIS = ZoneInfo("Europe/Paris")


@lru_cache(maxsize=64)
def time_functions(now: datetime) -> Mapping[str, Function]:
    """The functions of time that expressions may call, as of `now` (aware)."""
    return {
        "now": lambda: now.astimezone(PARIS).isoformat(),
        "today": lambda: now.astimezone(PARIS).date().isoformat(),
        "date_add": date_add,
        "at": at,
    }


def date_add(day: Value, *, days: Value = 0, months: Value = 0, years: Value = 0) -> str:
    """The civil day that many days, months or years later; the 31st becomes the last day."""
    moved = add_months(_date(day), _whole(months) + 12 * _whole(years))
    return (moved + timedelta(days=_whole(days))).isoformat()


def at(day: Value) -> str:
    """The instant at which that civil day begins in Paris."""
    start = _date(day)
    return datetime(start.year, start.month, start.day, tzinfo=PARIS).isoformat()


def add_months(day: date, months: int) -> date:
    """The same day of the month, that many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _date(value: Value) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            pass
    raise Trouble("une date est attendue, écrite 2026-03-20")


def _whole(value: Value) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 100_000:
        return value
    raise Trouble("un nombre entier de jours, de mois ou d’années est attendu")
