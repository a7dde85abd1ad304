"""When does a timer of a diagram fire? ISO dates, durations and cycles, in the civil time of Paris.

Months and days are counted on the calendar (31 January + P1M = 28 February, same hour of the day
across a change of clocks); hours, minutes and seconds are exact lengths of time. `P10WD` is ten
working days, on the calendar of the installation: the same hour of the tenth worked day.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.engine.clock import PARIS, add_months
from app.engine.values import Function, Trouble

_NUMBER = r"(\d{1,6})"
_DURATION = re.compile(
    rf"P(?=.)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:(\d{{1,9}}(?:[.,]\d{{1,3}})?)S)?)?",
    re.IGNORECASE,
)
_WORKING = re.compile(r"P(\d{1,4})WD", re.IGNORECASE)
_CYCLE = re.compile(r"R(\d{0,6})/(?:([^/]+)/)?(P[^/]+)", re.IGNORECASE)
_LITERAL = re.compile(r"(?:R\d*/|P|\d{4}-?W?\d\d).*", re.IGNORECASE | re.DOTALL)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: months and days of the calendar, then an exact time."""

    months: int = 0
    days: int = 0
    time: timedelta = timedelta()

    def after(self, start: datetime, times: int = 1) -> datetime:
        """The instant that many durations after `start` (aware), on the calendar of Paris."""
        local = start.astimezone(PARIS)
        day = add_months(local.date(), self.months * times) + timedelta(days=self.days * times)
        if day != local.date():
            local = datetime.combine(day, local.time(), PARIS)
        return local.astimezone(UTC) + self.time * times

    def __bool__(self) -> bool:
        return bool(self.months or self.days or self.time)


@dataclass(frozen=True, slots=True)
class Cycle:
    """A repetition: `count` times (None: for ever), first at `start` or one duration from now."""

    count: int | None
    start: datetime | None
    every: Duration


def is_literal(text: str) -> bool:
    """The text is written in ISO 8601, not as an expression."""
    return _LITERAL.fullmatch(text.strip()) is not None


def parse_duration(text: str) -> Duration:
    """The duration written P1Y2M3W4DT5H6M7S; refuses negative, empty or fractional days."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise Trouble(f"« {text} » n’est pas une durée (par exemple P15D)")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    seconds = float((match.group(7) or "0").replace(",", "."))
    return Duration(
        months=12 * years + months,
        days=7 * weeks + days,
        time=timedelta(hours=hours, minutes=minutes, seconds=seconds),
    )


def parse_instant(text: str) -> datetime:
    """The instant (UTC) of an ISO date or date and time; without an offset, it is Paris time."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Trouble(f"« {text} » n’est pas une date (par exemple 2026-03-20)") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=PARIS)
    return moment.astimezone(UTC)


def parse_cycle(text: str) -> Cycle:
    """The repetition written R3/P7D, R/P1M or R3/2026-01-01/P1D."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        raise Trouble(f"« {text} » n’est pas une répétition (par exemple R3/P7D)")
    every = parse_duration(match.group(3))
    count = int(match.group(1)) if match.group(1) else None
    if not every or count == 0:
        raise Trouble(f"« {text} » ne se répète jamais ou se répète sans fin au même instant")
    return Cycle(count, parse_instant(match.group(2)) if match.group(2) else None, every)


def due_literal(text: str) -> None:
    """Refuses a date or duration that could not be read."""
    if _WORKING.fullmatch(text):
        return
    if text[:1] in "Pp":
        parse_duration(text)
    else:
        parse_instant(text)


def due(value: object, now: datetime, working_days: Function | None = None) -> datetime:
    """The instant of a date, or of a duration counted from `now`.

    `working_days` gives the civil day so many worked days after the one of `now`.
    """
    if not isinstance(value, str) or not value.strip():
        raise Trouble("la date est vide ou n’est pas un texte")
    text = value.strip()
    worked = _WORKING.fullmatch(text)
    if worked is not None:
        if working_days is None:
            raise Trouble("les jours ouvrés ne sont pas connus ici")
        day = parse_instant(str(working_days(int(worked.group(1))))).astimezone(PARIS).date()
        return datetime.combine(day, now.astimezone(PARIS).time(), PARIS).astimezone(UTC)
    return parse_duration(text).after(now) if text[:1] in "Pp" else parse_instant(text)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, rounded up: a timer never fires early."""
    return math.ceil((moment - _EPOCH) / timedelta(milliseconds=1))


def from_ms(stored: int) -> datetime:
    """The instant (UTC) stored as milliseconds."""
    return _EPOCH + timedelta(milliseconds=stored)
