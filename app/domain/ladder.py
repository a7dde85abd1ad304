"""When is the next reminder of a task due? Ladders of rungs around a deadline, pure functions.

A ladder is a list of rungs, each so many days or months before or after the deadline. Only the
next one is ever planned. After an outage the latest rung reached is sent and the earlier ones
are recorded as superseded: nobody receives three reminders at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.civil import PARIS
from app.domain.working_days import FRANCE, WorkingCalendar, at_hour

#: Reminders leave when the office opens.
OPENING_HOUR = 8


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder of a ladder: when, to whom, with which text."""

    #: `J-7`, `M-3`, `J0`: unique in its ladder, written in the reminder's key.
    key: str
    mail: str
    #: `assignee` (else the persons of the role), `applicant`, `officer` or `role:<role>`.
    to: str
    days: int = 0
    months: int = 0

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
        (rung, at_hour(rung.day(deadline, calendar), OPENING_HOUR, zone).astimezone(UTC))
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
