"""Which day does a delay end, given what happened? One pure function over the facts of a clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.legal_clock.duration import Duration, Unit
from app.domain.legal_clock.facts import ClockFact, FactKind, standing_facts
from app.domain.legal_clock.pauses import Pause, day_after, merged, pauses_of
from app.domain.legal_clock.rule import ClockRule
from app.domain.working_days import WorkingCalendar

_ONE = timedelta(days=1)


class ClockState(StrEnum):
    """Where a delay stands."""

    WAITING = "waiting"  #: It has not begun
    RUNNING = "running"  #: It counts
    SUSPENDED = "suspended"  #: It does not count for now
    EXPIRED = "expired"  #: Its day has passed, nothing was done
    MET = "met"  #: Done in time
    LATE = "late"  #: Done after its day
    VOID = "void"  #: Nothing is awaited any more


class Refused(StrEnum):
    """Why an extension is not taken into account."""

    TOO_MANY = "too_many"  #: It was extended as often as allowed
    TOO_LONG = "too_long"  #: All extensions together would pass the maximum
    TOO_LATE = "too_late"  #: The delay had already expired
    OTHER_UNIT = "other_unit"  #: Working days do not add to months


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a delay: from its start or its last reset."""

    start: ClockFact
    #: What began it again, when it is not its start; the facts before it no longer count.
    again: ClockFact | None = None
    extensions: tuple[ClockFact, ...] = ()

    @property
    def origin(self) -> date:
        """The day this run counts from."""
        return (self.again or self.start).on

    @property
    def fixed(self) -> date | None:
        """The due day somebody decided, when the run has no length of its own."""
        return self.again.until if self.again else None


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What a delay comes to: its day, and everything that explains it."""

    rule: ClockRule
    run: Run | None = None
    pauses: tuple[Pause, ...] = ()
    ended: ClockFact | None = None
    #: Day on which it would end without any suspension, extension or closed day.
    plain: date | None = None
    #: Day on which it would end before being carried to a working day.
    counted: date | None = None
    #: None while it is suspended without a known end, or has not begun.
    due: date | None = None
    refused: tuple[tuple[ClockFact, Refused], ...] = ()
    #: Facts recorded with a wrong day, by the rank of what replaced them.
    corrected: tuple[tuple[int, ClockFact], ...] = ()

    def state(self, today: date) -> ClockState:
        """Where the delay stands on that day, which no fact is later than."""
        if self.run is None:
            return ClockState.WAITING
        if self.ended is not None:
            if self.ended.kind is FactKind.VOID:
                return ClockState.VOID
            in_time = self.due is None or self.ended.on <= self.due
            return ClockState.MET if in_time else ClockState.LATE
        if self.due is not None and today > self.due:
            return ClockState.EXPIRED
        if any(first <= today and (last is None or today < last) for first, last in self.spans):
            return ClockState.SUSPENDED
        return ClockState.RUNNING

    @property
    def spans(self) -> list[tuple[date, date | None]]:
        """The time that did not count, without overlaps."""
        return merged(self.pauses)


def reckon(
    rule: ClockRule,
    facts: Iterable[ClockFact],
    calendar: WorkingCalendar,
    *,
    known_at: datetime | None = None,
) -> Reckoning:
    """The day a delay ends. With `known_at`, as it could be told at that instant."""
    every = list(facts)
    holding = standing_facts(every, known_at=known_at)
    pauses = tuple(pauses_of(holding))
    walk = _Walk(rule, calendar, pauses)
    for fact in holding:
        walk.take(fact)
    found = Reckoning(
        rule,
        run=walk.run,
        ended=walk.ended,
        refused=tuple(walk.refused),
        corrected=_corrected(every, holding),
    )
    if walk.run is None:
        return found
    held = _until(pauses, walk.ended)
    counted = walk.counted(walk.run, held)
    return replace(
        found,
        pauses=tuple(_mattering(held, walk.last_day_out(walk.run), counted)),
        plain=walk.counted(replace(walk.run, extensions=()), ()),
        counted=counted,
        due=walk.carried(walk.run, counted),
    )


class _Walk:
    """Facts taken one by one, in order of effect."""

    def __init__(
        self, rule: ClockRule, calendar: WorkingCalendar, pauses: Sequence[Pause]
    ) -> None:
        self.rule = rule
        self.calendar = calendar if rule.minds_closures else calendar.of_the_law
        self.pauses = pauses
        self.run: Run | None = None
        self.ended: ClockFact | None = None
        self.used: list[Duration] = []
        self.refused: list[tuple[ClockFact, Refused]] = []

    def take(self, fact: ClockFact) -> None:
        """What this fact changes; a fact that does not apply changes nothing."""
        if self.run is None or self.ended is not None:
            if fact.kind is FactKind.START:
                self.run, self.ended = Run(fact), None
            elif fact.kind is FactKind.RESET and self.run is not None:
                self._again(self.run, fact)
        elif fact.kind is FactKind.RESET and fact.on != self.run.origin:
            self._again(self.run, fact)
        elif fact.kind in (FactKind.STOP, FactKind.VOID):
            self.ended = fact
        elif fact.kind is FactKind.EXTEND:
            self._extend(self.run, fact)

    def _again(self, run: Run, fact: ClockFact) -> None:
        self.run, self.ended = Run(run.start, again=fact), None

    def _extend(self, run: Run, fact: ClockFact) -> None:
        if fact.until is not None:
            self._again(run, fact)
            return
        if fact.extra is None:
            return
        why = self._refusal(run, fact, fact.extra)
        if why is not None:
            self.refused.append((fact, why))
            return
        self.used.append(fact.extra)
        self.run = replace(run, extensions=(*run.extensions, fact))

    def _refusal(self, run: Run, fact: ClockFact, extra: Duration) -> Refused | None:
        if not extra.adds_to(self.rule.duration):
            return Refused.OTHER_UNIT
        if len(self.used) >= self.rule.most_extensions:
            return Refused.TOO_MANY
        longest = self.rule.longest_extension
        if longest is not None and not _within([*self.used, extra], longest):
            return Refused.TOO_LONG
        due = self.carried(run, self.counted(run, self.pauses))
        return Refused.TOO_LATE if due is not None and fact.on > due else None

    def counted(self, run: Run, pauses: Sequence[Pause]) -> date | None:
        """The last day of a run before it is carried to a working day."""
        if run.fixed is not None:
            length = max((run.fixed - run.origin).days, 0)
            late = min(run.fixed, run.origin)
            return day_after(run.origin, length, pauses, _days, _later) if length else late
        unit = self.rule.duration.unit
        origin = self.last_day_out(run)
        lengths = [self.rule.duration, *(one.extra for one in run.extensions if one.extra)]
        if unit is Unit.WORKING_DAYS:
            count, advance = self.calendar.between, self.calendar.add_working_days
        elif unit is Unit.WORKABLE_DAYS:
            count, advance = self.calendar.workable_between, self.calendar.add_workable_days
        else:
            last = self.calendar.add_months(run.origin, sum(one.months for one in lengths))
            last += timedelta(days=sum(one.days for one in lengths) + self.rule.is_clear)
            return day_after(origin, (last - run.origin).days, pauses, _days, _later)
        total = sum(one.count for one in lengths) + self.rule.is_clear
        return day_after(origin, total, pauses, count, advance)

    def last_day_out(self, run: Run) -> date:
        """The day after which days count: the one of the event, or the one before it."""
        counts_it = self.rule.counts_first_day and run.fixed is None
        return run.origin - _ONE if counts_it else run.origin

    def carried(self, run: Run, day: date | None) -> date | None:
        """The day itself, or the next working one; a day somebody decided stays as decided."""
        if day is None or not self.rule.rolls_over or run.fixed is not None:
            return day
        return self.calendar.on_or_after(day)


def _days(first: date, last: date) -> int:
    return (last - first).days


def _later(day: date, count: int) -> date:
    return day + timedelta(days=count)


def _within(extensions: Sequence[Duration], longest: Duration) -> bool:
    """Do they add up to no more than the maximum? A month is compared as 31 days, at most."""
    if any(one.unit is not longest.unit for one in extensions):
        return sum(one.months * 31 + one.days for one in extensions) <= (
            longest.months * 31 + longest.days
        )
    return sum(one.count for one in extensions) <= longest.count


def _until(pauses: Sequence[Pause], ended: ClockFact | None) -> list[Pause]:
    """What is suspended when a delay ends ends with it."""
    if ended is None:
        return list(pauses)
    return [replace(one, last=one.last or ended.on) for one in pauses if one.first < ended.on]


def _mattering(pauses: Sequence[Pause], origin: date, counted: date | None) -> list[Pause]:
    """The pauses that took days out of this run."""
    return [
        one
        for one in pauses
        if (one.last is None or one.last > origin)
        and (counted is None or (one.first < counted and origin < counted))
    ]


def _corrected(
    every: Sequence[ClockFact], holding: Sequence[ClockFact]
) -> tuple[tuple[int, ClockFact], ...]:
    by_rank = {one.rank: one for one in every}
    return tuple(
        (one.rank, by_rank[one.replaces])
        for one in holding
        if one.replaces is not None and one.replaces in by_rank
    )
