"""When did a delay not count? Suspensions made of facts, and time counted outside them.

A suspension from the day A to the day B takes out the days after A up to B included: A had begun
when it was suspended, and the day it resumes counts no more than the day of any other event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.legal_clock.facts import ClockFact, FactKind

#: How many counted days lie after the first day, up to the second one included.
Count = Callable[[date, date], int]
#: The day that is so many counted days after that one.
Advance = Callable[[date, int], date]


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension: from a day to a day, or without end so far."""

    first: date
    last: date | None
    cause: str
    #: The day it was to end at the latest; None when none was given.
    limit: date | None
    by: str = ""

    @property
    def days(self) -> int | None:
        """How many days it takes out; None while nobody knows."""
        return None if self.last is None else (self.last - self.first).days


def pauses_of(facts: Sequence[ClockFact]) -> list[Pause]:
    """The suspensions in facts sorted by effect; one that was over at once is none."""
    found = []
    for rank, fact in enumerate(facts):
        if fact.kind is not FactKind.SUSPEND:
            continue
        ends = [fact.until] if fact.until else []
        ends += [one.on for one in facts[rank:] if _resumes(one, fact)][:1]
        last = min(ends, default=None)
        if last is None or last > fact.on:
            found.append(Pause(fact.on, last, fact.cause, fact.until, fact.by))
    return found


def _resumes(fact: ClockFact, suspension: ClockFact) -> bool:
    return fact.kind is FactKind.RESUME and fact.key in ("", suspension.key)


def merged(pauses: Sequence[Pause]) -> list[tuple[date, date | None]]:
    """The same time without overlaps, in order."""
    found: list[tuple[date, date | None]] = []
    for pause in sorted(pauses, key=lambda one: one.first):
        if found and (found[-1][1] is None or pause.first <= found[-1][1]):
            first, last = found[-1]
            both = None if last is None or pause.last is None else max(last, pause.last)
            found[-1] = (first, both)
        else:
            found.append((pause.first, pause.last))
    return found


def day_after(
    origin: date, length: int, pauses: Sequence[Pause], count: Count, advance: Advance
) -> date | None:
    """The day on which `length` counted days have passed outside the pauses.

    None when a pause without end comes first.
    """
    cursor, left = origin, length
    for first, last in merged(pauses):
        if last is not None and last <= cursor:
            continue
        before = count(cursor, max(first, cursor))
        if left <= before:
            break
        if last is None:
            return None
        left -= before
        cursor = last
    return advance(cursor, left)


def paused_days(pauses: Sequence[Pause], after: date, until: date) -> int:
    """How many days after `after`, up to `until` included, did not count."""
    total = timedelta()
    for first, last in merged(pauses):
        begin, end = max(first, after), min(last or until, until)
        total += max(end - begin, timedelta())
    return total.days
