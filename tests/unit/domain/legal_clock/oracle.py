"""The same delays counted another way: one day after the other, like a clerk with a wall calendar.

It shares no code with `app.domain.legal_clock` but the words of the facts: holidays come from the
date of Easter, months are counted by stepping, and every day asks itself whether it counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.domain.legal_clock.duration import Duration
from app.domain.legal_clock.facts import ClockFact
from app.domain.legal_clock.rule import ClockRule
from app.domain.working_days import Closure

DAY = timedelta(days=1)
#: Farther than any history goes.
HORIZON = date(2999, 1, 1)
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}


def easter(year: int) -> date:
    """Easter Sunday, by the method of Meeus (Gregorian calendar)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def is_holiday(day: date, *, alsace: bool) -> bool:
    """Is it one of the eleven holidays, or of the two more of Alsace-Moselle?"""
    from_easter = (day - easter(day.year)).days
    if (day.month, day.day) in FIXED_HOLIDAYS or from_easter in {1, 39, 50}:
        return True
    return alsace and ((day.month, day.day) == (12, 26) or from_easter == -2)


@dataclass
class Wall:
    """The wall calendar of one office."""

    alsace: bool
    closures: tuple[Closure, ...]

    def open(self, day: date, *, closures: bool) -> bool:
        """Is it a worked day?"""
        if day.isoweekday() > 5 or is_holiday(day, alsace=self.alsace):
            return False
        return not (closures and any(c.first <= day <= c.last for c in self.closures))

    def counts(self, day: date, rule: ClockRule) -> bool:
        """Does that day count for a delay of that kind?"""
        kind = rule.duration.unit.value
        if kind == "working_days":
            return self.open(day, closures=rule.minds_closures)
        if kind == "workable_days":
            return day.isoweekday() != 7 and not is_holiday(day, alsace=self.alsace)
        return True


def paris_day(at: datetime) -> date:
    """The day in Paris: one hour after Greenwich, two in summer (directive 2000/84/CE)."""
    summer = _last_sunday(at.year, 3) <= at < _last_sunday(at.year, 10)
    return (at + timedelta(hours=2 if summer else 1)).date()


def _last_sunday(year: int, month: int) -> datetime:
    day = datetime(year, month, 31, 1, tzinfo=UTC)
    while day.isoweekday() != 7:
        day -= DAY
    return day


def same_day_later(day: date, months: int) -> date:
    """Month after month to the wanted one, then the same number or the last day there is."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


@dataclass
class Told:
    """What the clerk answers."""

    state: str
    due: date | None
    #: Days of this run that did not count, up to the last one that did.
    stopped: int


class Clerk:
    """Lives through the history of one delay, day by day."""

    def __init__(self, rule: ClockRule, facts: Sequence[ClockFact], wall: Wall) -> None:
        self.rule, self.wall = rule, wall
        overruled = {fact.replaces for fact in facts if fact.replaces is not None}
        self.facts = [fact for fact in facts if fact.rank not in overruled]
        self.facts.sort(key=lambda fact: fact.rank)
        self.facts.sort(key=lambda fact: fact.on)
        days = [day for fact in self.facts for day in (fact.on, fact.until) if day]
        self.last_word = max(days, default=HORIZON)

    def tell(self, today: date) -> Told:
        """Where the delay stands on that day, and when it ends."""
        self.begun: date | None = None
        #: The day enough days have counted, before it is carried to a worked one.
        self.full: date | None = None
        self.decided: date | None = None
        self.over: ClockFact | None = None
        self.added: list[Duration] = []
        self.ever_added: list[Duration] = []
        for fact in self.facts:
            self._live(fact)
        if self.begun is None:
            return Told("waiting", None, 0)
        due = self._due(self.begun)
        stopped, day = 0, self.begun
        while self.full is not None and day < self.full:
            day += DAY
            stopped += self._stopped(day)
        return Told(self._state(today, due), due, stopped)

    def _live(self, fact: ClockFact) -> None:
        kind = fact.kind.value
        starts = kind == "start" and (self.begun is None or self.over)
        resets = kind == "reset" and self.begun and (self.over or fact.on != self.begun)
        decides = kind == "extend" and self.begun and not self.over and fact.until
        if starts or resets or decides:
            self.begun, self.over, self.added = fact.on, None, []
            self.decided = fact.until if decides else None
        elif self.begun is None or self.over:
            return
        elif kind in {"stop", "void"}:
            self.over = fact
        elif kind == "extend" and fact.extra and self._may_add(fact, fact.extra):
            self.added.append(fact.extra)
            self.ever_added.append(fact.extra)

    def _may_add(self, fact: ClockFact, extra: Duration) -> bool:
        own = {"working_days", "workable_days"}
        mine, other = self.rule.duration.unit.value, extra.unit.value
        if mine != other and (mine in own or other in own):
            return False
        if len(self.ever_added) + 1 > self.rule.most_extensions:
            return False
        limit = self.rule.longest_extension
        if limit is not None and self._weight([*self.ever_added, extra]) > self._weight(
            [limit]
        ):
            return False
        assert self.begun is not None
        due = self._due(self.begun)
        return due is None or fact.on <= due

    @staticmethod
    def _weight(several: list[Duration]) -> int:
        each = {"months": 31, "years": 372}
        return sum(one.count * each.get(one.unit.value, 1) for one in several)

    def _stopped(self, day: date) -> bool:
        """Is that day inside a suspension? It is, from the day after it began to its end."""
        begun = [place for place, fact in enumerate(self.facts) if fact.kind.value == "suspend"]
        return any(
            self.facts[place].on < day <= self._end_of(place)
            for place in begun
            if self.over is None or self.facts[place].on < self.over.on
        )

    def _end_of(self, place: int) -> date:
        """When that suspension ends: its term, what resumes it, or else the end of the delay."""
        suspended = self.facts[place]
        ends = [suspended.until] if suspended.until else []
        ends += [
            other.on
            for other in self.facts[place:]
            if other.kind.value == "resume" and other.key in {"", suspended.key}
        ]
        return min(ends, default=self.over.on if self.over else HORIZON)

    def _due(self, begun: date) -> date | None:
        if self.decided is not None:
            if self.decided <= begun:
                self.full = self.decided
            else:
                self.full = self._pass(begun, (self.decided - begun).days, every_day=True)
            return self.full
        first = begun - DAY if self.rule.counts_first_day else begun
        lengths = [self.rule.duration, *self.added]
        if self.rule.duration.unit.value in {"working_days", "workable_days"}:
            total = sum(one.count for one in lengths)
            last = self._pass(first, total + (1 if self.rule.is_clear else 0), every_day=False)
        else:
            months = sum(
                one.count * {"months": 1, "years": 12}.get(one.unit.value, 0) for one in lengths
            )
            end = same_day_later(begun, months)
            for one in lengths:
                end += DAY * (one.count if one.unit.value == "days" else 0)
            total = (end - begun).days + (1 if self.rule.is_clear else 0)
            last = self._pass(first, total, every_day=True)
        self.full = last
        while (
            last is not None
            and self.rule.rolls_over
            and not self.wall.open(last, closures=self.rule.minds_closures)
        ):
            last += DAY
        return last

    def _pass(self, day: date, left: int, *, every_day: bool) -> date | None:
        """Cross days out until enough have counted."""
        while left:
            day += DAY
            if self._stopped(day):
                if day > self.last_word:
                    return None  # nothing written will ever resume it
                continue
            if every_day or self.wall.counts(day, self.rule):
                left -= 1
        return day

    def _state(self, today: date, due: date | None) -> str:
        if self.over is not None:
            if self.over.kind.value == "void":
                return "void"
            return "late" if due is not None and self.over.on > due else "met"
        if due is not None and today > due:
            return "expired"
        reached = self.full is not None and today >= self.full
        return "suspended" if self._stopped(today + DAY) and not reached else "running"
