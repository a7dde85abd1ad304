"""When is the next reminder of a task due? Ladders of rungs around a deadline, pure functions.

A ladder is a list of rungs, each so many days or months before or after the deadline. Only the
next one is ever planned. After an outage the latest rung reached is sent and the earlier ones
are recorded as superseded: nobody receives three reminders at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.civil import PARIS, civil_day
from app.domain.working_days import FRANCE, WorkingCalendar, at_hour

#: Reminders leave when the office opens, and never before it opens or after it closes.
OPENING_HOUR = 8
CLOSING_HOUR = 18
#: A reminder less late than this leaves at once; later, it waits for the office to open.
_ON_TIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder of a ladder: when, to whom, with which text."""

    #: `J-7`, `M-3`, `J0`: unique in its ladder, written in the reminder's key.
    key: str
    mail: str
    #: Audiences (app/domain/audience.py); somebody in two of them is written to once.
    to: tuple[str, ...]
    days: int = 0
    months: int = 0
    #: Hour of the wall clock at which it leaves.
    hour: int = OPENING_HOUR
    #: Told in the reader's next digest, unless they chose to be told at once.
    digest: bool = False

    def day(self, deadline: date, calendar: WorkingCalendar) -> date:
        """The working day of this reminder.

        A reminder that falls on a closed day leaves earlier when it warns, later when it
        chases: a warning on Monday for last Sunday would be no warning.
        """
        target = calendar.add_months(deadline, self.months) + timedelta(days=self.days)
        if target <= deadline:
            return calendar.on_or_before(target)
        return calendar.on_or_after(target)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The reminders of one kind of task."""

    name: str
    rungs: tuple[Rung, ...]
    #: Reminders go on while the legal clock of the dossier is stopped.
    while_stopped: bool = False

    def rung(self, key: str | None) -> Rung | None:
        """The rung of that key; None when the ladder has none."""
        return next((one for one in self.rungs if one.key == key), None)


def schedule(
    ladder: Ladder,
    *,
    deadline: date,
    calendar: WorkingCalendar = FRANCE,
    zone: ZoneInfo = PARIS,
) -> list[tuple[Rung, datetime]]:
    """Every rung of the ladder with its instant (UTC) for that deadline, in order of time.

    Rungs of the same instant keep the ladder's order: the last one is the more pressing.
    """
    found = [
        (rung, at_hour(rung.day(deadline, calendar), rung.hour, zone).astimezone(UTC))
        for rung in ladder.rungs
    ]
    return sorted(found, key=lambda due: due[1])


def next_rung(
    ladder: Ladder,
    *,
    deadline: date,
    after: datetime,
    calendar: WorkingCalendar = FRANCE,
    zone: ZoneInfo = PARIS,
) -> tuple[Rung, datetime] | None:
    """The first rung whose instant is later than `after`; None when the ladder is climbed."""
    for rung, at in schedule(ladder, deadline=deadline, calendar=calendar, zone=zone):
        if at > after:
            return rung, at
    return None


@dataclass(frozen=True, slots=True)
class Reached:
    """What a clock that wakes up has to do: one rung to send, the others to record."""

    send: Rung
    superseded: tuple[Rung, ...]


def reached_rungs(
    dues: Sequence[tuple[Rung, datetime]], *, since: datetime, now: datetime
) -> Reached | None:
    """The latest rung of a schedule from `since` (the planned instant, included) to `now`.

    None when none was reached: the deadline moved, or the ladder was changed.
    """
    reached = [rung for rung, at in dues if since <= at <= now]
    if not reached:
        return None
    return Reached(send=reached[-1], superseded=tuple(reached[:-1]))


def is_open(now: datetime, calendar: WorkingCalendar = FRANCE, zone: ZoneInfo = PARIS) -> bool:
    """Is the office open at that instant: a working day, within its hours?"""
    there = now.astimezone(zone)
    return calendar.is_working(there.date()) and OPENING_HOUR <= there.hour < CLOSING_HOUR


def opening(
    now: datetime, calendar: WorkingCalendar = FRANCE, zone: ZoneInfo = PARIS
) -> datetime:
    """That instant when the office is open, else the next time it opens (UTC)."""
    if is_open(now, calendar, zone):
        return now
    today = civil_day(now)
    first = today if now < at_hour(today, OPENING_HOUR, zone) else today + timedelta(days=1)
    return at_hour(calendar.on_or_after(first), OPENING_HOUR, zone).astimezone(UTC)


def due_since(now: datetime, calendar: WorkingCalendar = FRANCE) -> datetime | None:
    """From which planned instant on reminders may leave now; None for all of them.

    What is on time leaves whatever the hour, since its hour was chosen; what an outage made
    late waits for the office to open: nobody is chased at night.
    """
    return None if is_open(now, calendar) else now - _ON_TIME
