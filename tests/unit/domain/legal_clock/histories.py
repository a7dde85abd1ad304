"""Thousands of lives of a delay, drawn from a number: leap days, holidays, DST nights, late facts."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.domain.civil import civil_day
from app.domain.legal_clock.duration import OWN_CALENDAR, Duration, Unit
from app.domain.legal_clock.facts import ClockFact, FactKind
from app.domain.legal_clock.rule import ClockRule
from app.domain.working_days import Closure, WorkingCalendar

#: Days that clocks get wrong: leap days, ends of months, DST nights, Easters, long week-ends.
TRAPS = (
    date(2024, 2, 29), date(2028, 2, 29), date(2023, 12, 31), date(2024, 1, 31),
    date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25),
    date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14), date(2027, 5, 17),
    date(2025, 2, 28), date(2025, 8, 31), date(2026, 12, 24), date(2026, 12, 25),
)  # fmt: skip
_CAUSES = ("pièces demandées", "plans demandés", "avis du préfet attendu", "")


@dataclass(frozen=True)
class History:
    """One delay, what happened to it, and the day one looks at it."""

    rule: ClockRule
    facts: tuple[ClockFact, ...]
    calendar: WorkingCalendar
    today: date
    #: Instants from which the days of facts were taken, to compare the ways of telling the day.
    instants: tuple[datetime, ...]


def history(seed: int) -> History:
    """The history of that number, always the same."""
    draw = random.Random(seed)
    rule = _rule(draw)
    begun = _day(draw)
    instants: list[datetime] = []
    facts = [_fact(draw, instants, FactKind.START, begun, cause="demande reçue")]
    facts += [_event(draw, instants, rule, begun) for _ in range(draw.randint(0, 6))]
    if draw.random() < 0.3:
        facts.append(_fact(draw, instants, FactKind.STOP, _after(draw, begun, 500)))
    draw.shuffle(facts)
    numbered = [_numbered(fact, rank) for rank, fact in enumerate(facts)]
    numbered += _corrections(draw, numbered)
    last = max(fact.on for fact in numbered)
    today = last + timedelta(days=draw.choice((0, 1, draw.randint(0, 300))))
    return History(rule, tuple(numbered), _calendar(draw, begun), today, tuple(instants))


def _rule(draw: random.Random) -> ClockRule:
    unit = draw.choice(list(Unit))
    most = {Unit.DAYS: 120, Unit.WORKING_DAYS: 60, Unit.WORKABLE_DAYS: 60, Unit.MONTHS: 36}
    longest = None
    if draw.random() < 0.5:
        longest = Duration(draw.randint(1, most.get(unit, 3)), unit)
    return ClockRule(
        duration=Duration(draw.randint(1, most.get(unit, 3)), unit),
        counts_first_day=draw.random() < 0.2,
        is_clear=draw.random() < 0.2,
        rolls_over=draw.random() < 0.7,
        minds_closures=draw.random() < 0.4,
        most_extensions=draw.randint(0, 2),
        longest_extension=longest,
    )


def _calendar(draw: random.Random, begun: date) -> WorkingCalendar:
    closures = []
    for _ in range(draw.randint(0, 3)):
        first = _after(draw, begun, 300)
        last = first + timedelta(days=draw.randint(0, 12))
        closures.append(Closure(first, last, "fermeture annuelle"))
    return WorkingCalendar(alsace_moselle=draw.random() < 0.3, closures=tuple(closures))


def _day(draw: random.Random) -> date:
    if draw.random() < 0.5:
        return draw.choice(TRAPS)
    return date(2023, 1, 1) + timedelta(days=draw.randint(0, 2_200))


def _after(draw: random.Random, day: date, most: int) -> date:
    later = day + timedelta(days=draw.randint(0, most))
    near = [trap for trap in TRAPS if day <= trap <= day + timedelta(days=most)]
    return draw.choice(near) if near and draw.random() < 0.2 else later


def _event(
    draw: random.Random, instants: list[datetime], rule: ClockRule, begun: date
) -> ClockFact:
    kind = draw.choices(
        [FactKind.SUSPEND, FactKind.RESUME, FactKind.RESET, FactKind.EXTEND, FactKind.START],
        [6, 4, 1, 4, 1],
    )[0]
    on = _after(draw, begun, 250)
    if kind is FactKind.SUSPEND:
        limit = on + timedelta(days=draw.randint(0, 60)) if draw.random() < 0.8 else None
        cause = draw.choice(_CAUSES)
        return _fact(draw, instants, kind, on, cause=cause, key=draw.choice("ab"), until=limit)
    if kind is FactKind.RESUME:
        return _fact(draw, instants, kind, on, key=draw.choice(("", "a", "b")))
    if kind is FactKind.EXTEND and draw.random() < 0.2:
        until = on + timedelta(days=draw.randint(-20, 200))
        return _fact(draw, instants, kind, on, cause="accord du service", until=until)
    if kind is FactKind.EXTEND:
        mixed = draw.random() < 0.15
        unit = draw.choice(list(Unit)) if mixed else rule.duration.unit
        most = 20 if unit in OWN_CALENDAR or unit is Unit.DAYS else 3
        extra = Duration(draw.randint(1, most), unit)
        return _fact(draw, instants, kind, on, cause="difficulté du dossier", extra=extra)
    return _fact(draw, instants, kind, on, cause="pièces reçues")


def _fact(
    draw: random.Random, instants: list[datetime], kind: FactKind, on: date, **more: object
) -> ClockFact:
    """A fact whose day comes from an instant, often around midnight or on a DST night."""
    hour = draw.choice((0, 1, 2, 3, 11, 21, 22, 23))
    at = datetime.combine(on, time(hour, draw.choice((0, 29, 30, 59))), UTC)
    instants.append(at)
    day = civil_day(at)
    recorded = at + timedelta(days=draw.choice((0, 0, 0, 3, 40)))
    return ClockFact(kind, day, recorded, 0, **more)  # type: ignore[arg-type]  # made above


def _numbered(fact: ClockFact, rank: int) -> ClockFact:
    return ClockFact(
        fact.kind, fact.on, fact.recorded_at, rank, fact.cause, fact.by, fact.key,
        fact.until, fact.extra,
    )  # fmt: skip


def _corrections(draw: random.Random, facts: list[ClockFact]) -> list[ClockFact]:
    """A late fact: one of them happened another day, and somebody says so afterwards."""
    found: list[ClockFact] = []
    for fact in facts:
        if draw.random() < 0.15:
            on = fact.on + timedelta(days=draw.randint(-15, 15))
            at = fact.recorded_at + timedelta(days=draw.randint(1, 60))
            until = (
                max(fact.until, on)
                if fact.until and fact.kind is FactKind.SUSPEND
                else fact.until
            )
            found.append(
                ClockFact(
                    fact.kind,
                    on,
                    at,
                    len(facts) + len(found),
                    fact.cause,
                    "Léa",
                    fact.key,
                    until,
                    fact.extra,
                    replaces=fact.rank,
                )
            )
    return found
