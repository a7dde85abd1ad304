"""What would a year of this type be like? Generated dossiers, played on a clock that jumps.

Each dossier follows one of the pack's scenarios, filed on a day of its own, by people who are now
and then late. Nothing is stored: the real engine, forms, ladders and calendar, and a list of what
would have been sent, to whom and when.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from app.catalogue.aid_rules import AidRules
from app.catalogue.deadlines import due_after
from app.catalogue.pack import Pack
from app.catalogue.player import Player
from app.catalogue.scenario import Expected, Scenario, ScenarioMove
from app.domain.audience import SUPERIORS
from app.domain.civil import civil_day
from app.domain.ladder import OPENING_HOUR, Ladder, schedule
from app.domain.permissions import GRANTS, Permission, Role
from app.domain.working_days import FRANCE, WorkingCalendar, at_hour
from app.engine.parse import Definition
from app.engine.run import OpenStep, Run
from app.engine.values import Value

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: How late people are: (share of the moves, least and most days).
_LATENESS = ((0.70, 0, 0), (0.20, 1, 6), (0.08, 7, 21), (0.02, 22, 60))
#: How many worked days a morning digest looks ahead.
_AHEAD = 3


@dataclass(frozen=True, order=True)
class Sent:
    """One mail of the year."""

    at: datetime
    to: str
    mail: str
    dossier: str
    #: The step of a reminder, or the moment of the procedure; empty for a digest.
    step: str = ""
    rung: str = ""


@dataclass
class Opened:
    """A step that was open for a while."""

    step: str
    role: str
    to: str
    since: datetime
    due_on: date | None
    ladder: Ladder | None
    applicant: str
    dossier: str
    until: datetime | None = None

    def is_open(self, at: datetime) -> bool:
        """Does the step wait for somebody at that instant?"""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Kit:
    """What a year is played with."""

    pack: Pack
    definition: Definition
    rules: AidRules
    scenarios: Sequence[Scenario]
    ladders: Mapping[str, Ladder]
    calendar: WorkingCalendar = FRANCE


@dataclass(frozen=True)
class Year:
    """A year played: what was sent, in order, and what became of the dossiers."""

    first: date
    last: date
    sent: Sequence[Sent]
    steps: Sequence[Opened]
    dossiers: int
    ended: int
    #: Dossiers whose script could not go on: somebody was too late for it.
    stopped: int


def play_year(kit: Kit, *, first: date, dossiers: int, seed: int) -> Year:
    """Play that many dossiers filed within the year that begins on `first`."""
    chance = random.Random(seed)  # noqa: S311 - the same seed plays the same year
    last = kit.calendar.add_months(first, 12) - timedelta(days=1)
    end = at_hour(last, 23)
    sent: list[Sent] = []
    opened: list[Opened] = []
    ended = stopped = 0
    for rank in range(dossiers):
        played = _Watched(kit, _drawn(kit, chance, first, last), f"dossier {rank + 1}", end)
        played.play()
        sent += played.sent
        opened += played.opened
        ended += bool(played.snapshot and played.snapshot.completed)
        stopped += bool(played.problems) and not played.is_over
    for one in opened:
        sent += _reminders(one, kit.calendar, end)
    sent += _digests(opened, kit.calendar, first, last)
    within = sorted(one for one in sent if first <= civil_day(one.at) <= last)
    return Year(first, last, within, opened, dossiers, ended, stopped)


def _drawn(kit: Kit, chance: random.Random, first: date, last: date) -> Scenario:
    """One scenario, moved to a day of the year, done by people who are sometimes late."""
    scenario = chance.choice(kit.scenarios)
    start = scenario.start or first
    filed = kit.calendar.on_or_after(
        first + timedelta(days=chance.randrange((last - first).days))
    )
    shift = filed - start
    filing = scenario.filing and _moved(scenario.filing, shift, kit.calendar)
    moves = []
    for move in scenario.moves:
        if move.refused is not None:
            continue  # what a form refuses sends nothing
        if move.at is not None:
            shift += timedelta(days=_late(chance))
        moves.append(_moved(move, shift, kit.calendar))
    return replace(scenario, start=filed, filing=filing, moves=tuple(moves))


def _late(chance: random.Random) -> int:
    roll = chance.random()
    for share, least, most in _LATENESS:
        if roll < share:
            return chance.randint(least, most)
        roll -= share
    return 0


def _moved(move: ScenarioMove, shift: timedelta, calendar: WorkingCalendar) -> ScenarioMove:
    """The same thing done later, on a worked day; the days it tells move with it."""
    return replace(
        move,
        at=calendar.on_or_after(move.at + shift) if move.at else None,
        answers=_shifted(move.answers, shift),
        payload=_shifted(move.payload, shift),
        sets=_shifted(move.sets, shift),
        expect=Expected(),
    )


def _shifted(values: Mapping[str, object], shift: timedelta) -> dict[str, object]:
    return {name: _later(value, shift) for name, value in values.items()}


def _later(value: object, shift: timedelta) -> object:
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        return (date.fromisoformat(value) + shift).isoformat()
    if isinstance(value, list):
        return [_later(one, shift) for one in value]
    if isinstance(value, dict):
        return _shifted(value, shift)
    return value


class _Over(Exception):
    """The year is over: what comes after is not looked at."""


class _Watched(Player):
    """A player that notes what opens, what closes and what is sent."""

    def __init__(self, kit: Kit, scenario: Scenario, name: str, end: datetime) -> None:
        super().__init__(kit.pack, kit.definition, kit.rules, scenario)
        self.kit = kit
        self.name = name
        self.end = end
        self.sent: list[Sent] = []
        self.opened: list[Opened] = []
        self.is_over = False
        self._live: dict[int, Opened] = {}
        self._told = 0
        self._fresh: list[Opened] = []

    def play(self) -> None:
        try:
            super().play()
        except _Over:
            self.is_over = True

    def _wait_until(self, instant: datetime) -> None:
        super()._wait_until(min(instant, self.end))
        if instant > self.end:
            raise _Over

    def _move(self, move: ScenarioMove) -> None:
        self._told = 0
        super()._move(move)
        self._tell()

    def _after(
        self,
        run: Run,
        *,
        completed: str | None = None,
        outcome: Mapping[str, Value] | None = None,
    ) -> None:
        super()._after(run, completed=completed, outcome=outcome)
        self._look()
        self._tell()

    def _tell(self) -> None:
        """Note the mails of what has just happened."""
        by_key = {mail.key: mail for mail in self.pack.mails}
        for key in self.mails[self._told :]:
            mail = by_key[key]
            asked = [one.to for one in self._fresh if one.step == mail.subject]
            readers = asked if mail.to == "assignee" else [self._who(mail.to, "")]
            self.sent += [
                Sent(self.now.astimezone(UTC), to, key, self.name, mail.subject)
                for to in readers
            ]
        self._told = len(self.mails)
        self._fresh = []

    def _look(self) -> None:
        """Note the steps that closed, those that opened, those whose deadline moved."""
        steps = {one.token: one for one in self.snapshot.open_steps} if self.snapshot else {}
        for token, known in list(self._live.items()):
            if token not in steps or known.due_on != self._due(steps[token], known.since):
                known.until = self.now
                del self._live[token]
        for token, step in steps.items():
            if token not in self._live:
                self._live[token] = self._opening(step)
                self._fresh.append(self._live[token])
                self.opened.append(self._live[token])

    def _opening(self, step: OpenStep) -> Opened:
        said = self.pack.step(step.step)
        role = self.pack.lanes[step.lane or ""]
        who = f"{role}:{step.item}" if said.assignee and step.item else role
        return Opened(
            step=step.step,
            role=role,
            to=self._who("assignee", who),
            since=self.now,
            due_on=self._due(step, self.now),
            ladder=self.pack.ladder(step.step, self.scenario.scheme, self.kit.ladders),
            applicant=self._who("applicant", ""),
            dossier=self.name,
        )

    def _due(self, step: OpenStep, since: datetime) -> date | None:
        deadline = self.pack.step(step.step).deadline
        if deadline is None:
            return None
        if deadline.variable is not None:
            value = self.snapshot.variables.get(deadline.variable) if self.snapshot else None
            return date.fromisoformat(str(value)[:10]) if value else None
        return due_after(deadline, civil_day(since), self.kit.calendar)

    def _who(self, to: str, assignee: str) -> str:
        if to in {"applicant", "owner"} or assignee == Role.APPLICANT:
            return f"{Role.APPLICANT}:{self.name}"
        return assignee if to == "assignee" else to.removeprefix("role:")


def _reminders(one: Opened, calendar: WorkingCalendar, end: datetime) -> Iterator[Sent]:
    """The rungs reached while the step was open, by a clock that never stops."""
    if one.ladder is None or one.due_on is None:
        return
    for rung, at in schedule(one.ladder, deadline=one.due_on, calendar=calendar):
        if one.since < at < (one.until or end):
            for to in dict.fromkeys(_reminded(one, name) for name in rung.to):
                yield Sent(at, to, rung.mail, one.dossier, one.step, rung.key)


def _reminded(one: Opened, to: str) -> str:
    """Who an audience is, in a year where nobody is away."""
    if to in {"applicant", "organisation", "owner"}:
        return one.applicant
    if to == "superior":
        return SUPERIORS.get(Role(one.role), Role.OFFICER).value
    return one.to if to in {"assignee", "substitute"} else to.removeprefix("role:")


def _digests(
    opened: Sequence[Opened], calendar: WorkingCalendar, first: date, last: date
) -> Iterator[Sent]:
    """One a worked morning for each person who has something late, soon due or new."""
    mornings: set[tuple[date, str]] = set()
    for one in opened:
        if one.role != Role.APPLICANT:
            until = civil_day(one.until) if one.until else last
            mornings |= {(day, one.to) for day in _told_on(one, calendar, until)}
    for day, to in mornings:
        yield Sent(_opening_of(day), to, "digest_daily", "")
    supervisors = [role for role in Role if Permission.SUPERVISE in GRANTS[role]]
    for day in _weeks(calendar, first, last):
        at = _opening_of(day)
        if any(one.is_open(at) for one in opened):
            yield from (Sent(at, role, "digest_weekly", "") for role in supervisors)


def _told_on(one: Opened, calendar: WorkingCalendar, until: date) -> Iterator[date]:
    """The mornings a step stands in its person's digest."""
    new = calendar.add_working_days(civil_day(one.since), 1)
    soon = calendar.add_working_days(one.due_on, -_AHEAD) if one.due_on else None
    day = civil_day(one.since)
    while day <= until:
        at = _opening_of(day)
        is_told = day <= new or (soon is not None and day >= soon)
        if one.is_open(at) and is_told and calendar.is_working(day):
            yield day
        day += timedelta(days=1)


def _weeks(calendar: WorkingCalendar, first: date, last: date) -> Iterator[date]:
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        day = calendar.on_or_after(monday)
        if first <= day <= last:
            yield day
        monday += timedelta(days=7)


def _opening_of(day: date) -> datetime:
    return at_hour(day, OPENING_HOUR).astimezone(UTC)
