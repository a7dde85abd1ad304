"""Which facts of its delays does something that happened to a dossier give? Read from the pack."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.catalogue.contract import ClockEvent, ClockSpec, Deadline
from app.catalogue.pack import Pack
from app.domain.civil import civil_day
from app.domain.events import EventKind
from app.domain.legal_clock.facts import ClockFact, FactKind
from app.domain.working_days import WorkingCalendar

_FACT = "fact:"


@dataclass(frozen=True)
class Happened:
    """One thing that happened to a dossier, as its journal tells it."""

    signals: tuple[str, ...]
    at: datetime
    #: What was answered, when a task was completed.
    answers: Mapping[str, Any]
    #: What is known of the dossier.
    facts: Mapping[str, Any]


def signals_of(
    kind: EventKind, step: str | None, passed: Iterable[str], opened: Iterable[str]
) -> tuple[str, ...]:
    """The names a journal entry is called by in `[[clocks.events]]`, in order of time."""
    found = [f"event:{kind.value}"]
    if kind is EventKind.COMPLETED and step is not None:
        found.append(f"completed:{step}")
    found += [f"passed:{node}" for node in passed]
    found += [f"opened:{node}" for node in dict.fromkeys(opened)]
    return tuple(found)


def facts_heard(
    pack: Pack, calendar: WorkingCalendar, happened: Happened
) -> Iterator[tuple[str, ClockFact]]:
    """The facts it gives, each with the key of its delay; their ranks are still to be given."""
    applicant = happened.facts.get("applicant_type")
    for signal in happened.signals:
        for clock, event in listening(pack, signal, applicant):
            fact = _fact(pack, calendar, event, happened)
            if fact is not None:
                yield clock.key, fact


def listening(
    pack: Pack, signal: str, applicant: str | None
) -> Iterator[tuple[ClockSpec, ClockEvent]]:
    """The delays of that kind of applicant that hear a signal, and what it does to them."""
    for clock, event in pack.clock_watch.get(signal, ()):
        is_its_kind = not event.applicants or applicant in event.applicants
        if clock.concerns(applicant) and is_its_kind:
            yield clock, event


def _fact(
    pack: Pack,
    calendar: WorkingCalendar,
    event: ClockEvent,
    happened: Happened,
) -> ClockFact | None:
    answers = happened.answers
    if any(str(answers.get(name, "")) != value for name, value in event.where.items()):
        return None
    on = _day(event.date, happened) or civil_day(happened.at)
    if event.anchor == "year_end":
        on = date(on.year, 12, 31)
    until = _day(event.until, happened)
    if event.does is FactKind.EXTEND and until is None:
        return None
    if event.term_of is not None:
        until = deadline_day(pack.step(event.term_of).deadline, on, calendar)
    return ClockFact(
        event.does,
        on,
        happened.at,
        rank=0,
        cause=event.cause,
        key=event.on if event.does is FactKind.SUSPEND else "",
        until=until,
    )


def _day(name: str | None, happened: Happened) -> date | None:
    if name is None:
        return None
    source = happened.facts if name.startswith(_FACT) else happened.answers
    value = source.get(name.removeprefix(_FACT))
    return date.fromisoformat(str(value)[:10]) if value else None


def deadline_day(
    deadline: Deadline | None, day: date, calendar: WorkingCalendar
) -> date | None:
    """The day a deadline counted from that one falls; None when it is not counted in days."""
    if deadline is None:
        return None
    if deadline.working_days is not None:
        return calendar.add_working_days(day, deadline.working_days)
    if deadline.months is not None:
        return calendar.add_months(day, deadline.months)
    return None if deadline.days is None else day + timedelta(days=deadline.days)
