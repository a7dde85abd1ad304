"""Which days are worked, and which day is n working days later? The calendar of a French office."""

import calendar as months
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

from app.domain.civil import PARIS

_ONE = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
#: Any commune of the Bas-Rhin or Haut-Rhin: the local law is the same in Moselle.
_ALSACE_MOSELLE = "6AE"


@dataclass(frozen=True, slots=True)
class Closure:
    """Days, both included, on which the service is closed by its own decision, and why."""

    first: date
    last: date
    reason: str

    def __contains__(self, day: date) -> bool:
        """Is the service closed that day?"""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Monday to Friday without the legal holidays and the closures of the service.

    Alsace and Moselle have two more holidays (Good Friday and 26 December); the Meuse does not.
    Source: Code du travail, art. L3133-1 and L3134-13.
    """

    alsace_moselle: bool = False
    closures: tuple[Closure, ...] = ()

    @property
    def of_the_law(self) -> "WorkingCalendar":
        """The same without the closures: a service that closes does not move a legal deadline."""
        return replace(self, closures=()) if self.closures else self

    def is_working(self, day: date) -> bool:
        """Is the office open on that civil day?"""
        return (
            day.weekday() < _SATURDAY
            and day not in _holidays(day.year, self.alsace_moselle)
            and not any(day in closure for closure in self.closures)
        )

    def is_workable(self, day: date) -> bool:
        """Is it a jour ouvrable: every day but the weekly rest (Sunday) and the legal holidays?

        Source: Code du travail, art. L3141-3 and L3133-1.
        """
        return day.weekday() != _SUNDAY and day not in _holidays(day.year, self.alsace_moselle)

    def why_closed(self, day: date) -> str:
        """Why that day is not worked, in French: « dimanche », « lundi de Pâques »; empty when it is."""
        if name := _holidays(day.year, self.alsace_moselle).get(day):
            return name
        closed = next((one.reason for one in self.closures if day in one), "")
        return closed or ("" if day.weekday() < _SATURDAY else _DAYS[day.weekday()])

    def add_working_days(self, day: date, count: int) -> date:
        """The day that is `count` working days after that one (before, when negative).

        The first day does not count; with 0, the day itself even when it is not worked.
        """
        step = _ONE if count > 0 else -_ONE
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def add_workable_days(self, day: date, count: int) -> date:
        """The day that is `count` jours ouvrables later; the first day does not count."""
        for _ in range(count):
            day += _ONE
            while not self.is_workable(day):
                day += _ONE
        return day

    def workable_between(self, start: date, end: date) -> int:
        """How many jours ouvrables lie after `start` up to `end` included."""
        return sum(
            self.is_workable(start + timedelta(days=n))
            for n in range(1, (end - start).days + 1)
        )

    def add_months(self, day: date, count: int) -> date:
        """The same day `count` months later (earlier when negative), or the month's last day."""
        year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
        last = months.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last))

    def on_or_after(self, day: date) -> date:
        """That day when it is worked, else the next worked one."""
        return next(one for one in _walk(day, _ONE) if self.is_working(one))

    def on_or_before(self, day: date) -> date:
        """That day when it is worked, else the one worked before it."""
        return next(one for one in _walk(day, -_ONE) if self.is_working(one))

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to `end` included; negative backwards."""
        if end < start:
            return -self.between(end, start)
        return sum(
            self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days + 1)
        )


FRANCE = WorkingCalendar()


def add_working_days(day: date, count: int, calendar: WorkingCalendar = FRANCE) -> date:
    """The day that is `count` working days later; the first day does not count."""
    return calendar.add_working_days(day, count)


def at_hour(day: date, hour: int, zone: ZoneInfo = PARIS) -> datetime:
    """The instant at which the wall clock shows that hour on that civil day."""
    return datetime.combine(day, time(hour), zone)


@lru_cache(maxsize=64)
def _holidays(year: int, alsace_moselle: bool) -> Mapping[date, str]:  # noqa: FBT001 - a cache key
    subdivision = _ALSACE_MOSELLE if alsace_moselle else None
    found = country_holidays("FR", subdiv=subdivision, years=year, language="fr")
    return {day: _lowered(name) for day, name in found.items()}


def _lowered(name: str) -> str:
    """« Lundi de Pâques » reads « lundi de Pâques » inside a sentence; « Noël » stays."""
    first, *rest = name.split()
    return " ".join([first.lower(), *rest]) if rest else name


def _walk(day: date, step: timedelta) -> Iterator[date]:
    while True:
        yield day
        day += step
