"""Which clocks does the year have to catch? Each breaks one promise of the real one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import cast
from uuid import uuid4

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from app.domain.civil import civil_day
from app.domain.ladder import reached_rungs, schedule
from app.jobs import Clock, sweeps
from app.models.dossier import Dossier
from app.models.outbox import ReminderRecord
from app.models.task import Task
from notifications import digests, reminders
from notifications.audience import audience
from notifications.emails import Planned, Recipient, plan

_RECORDS = cast(Table, ReminderRecord.__table__)


class Sweeps:
    """The clock as it is."""

    def reminders(self, clock: Clock, now: datetime) -> int:
        """Plan the reminders that are due; how many mails."""
        return sweeps.sweep_reminders(clock, now)

    def digests(self, clock: Clock, now: datetime) -> int:
        """Plan the digests of the morning; how many mails."""
        return sweeps.sweep_digests(clock, now)


class Deaf(Sweeps):
    """Chases from the list of the morning before, and does not ask what was done since."""

    def __init__(self) -> None:
        self.listed: list[reminders.Due] = []

    def reminders(self, clock: Clock, now: datetime) -> int:
        for one in self.listed:
            if one.at <= now:
                clock.database.run_tx(partial(_chase, clock, one, now))
        with clock.database.reading() as session:
            ahead = reminders.due_tasks(session, now=now + timedelta(days=4), limit=100_000)
        self.listed = [one for one in ahead if one.at > now]
        return super().reminders(clock, now)


class Stutter(Sweeps):
    """Writes each reminder twice, under keys that say nothing."""

    def reminders(self, clock: Clock, now: datetime) -> int:
        with clock.database.reading() as session:
            due = reminders.due_tasks(session, now=now)
        for one in due:
            clock.database.run_tx(partial(_chase, clock, one, now))
        return super().reminders(clock, now)


class Forgetful(Sweeps):
    """After an outage sends the latest rung, and says nothing of those before."""

    def reminders(self, clock: Clock, now: datetime) -> int:
        done = super().reminders(clock, now)
        gone = delete(_RECORDS).where(_RECORDS.c.outcome == reminders.SUPERSEDED)
        clock.database.run_tx(lambda session, _at: session.execute(gone))
        return done


class Twice(Sweeps):
    """Plans a digest without taking its row first."""

    def digests(self, clock: Clock, now: datetime) -> int:
        with clock.database.reading() as session:
            due = digests.due_digests(session, clock.console.calendar, now=now)
        for one in due:
            clock.database.run_tx(partial(_tell, clock, one, now))
        return super().digests(clock, now)


def _chase(
    clock: Clock, due: reminders.Due, now: datetime, session: Session, _at: datetime
) -> None:
    task = session.get_one(Task, due.task_id)
    dossier = session.get_one(Dossier, task.dossier_id)
    ladder = clock.pack_of(session, dossier.definition_id).ladder(
        task.step, dossier.scheme, clock.console.ladders
    )
    if ladder is None or task.due_on is None:
        return
    reached = reached_rungs(schedule(ladder, deadline=task.due_on), since=due.at, now=now)
    if reached is None:
        return
    context = {"due_on": task.due_on.isoformat(), "rung": {"key": reached.send.key}}
    for to in audience(session, reached.send.to, dossier, [task], on=civil_day(now)):
        planned = Planned(
            f"reminder:{uuid4()}", reached.send.mail, to, dossier.id, task.id, context
        )
        plan(session, planned, domain=clock.post.domain, now=now)


def _tell(
    clock: Clock, due: digests.Due, now: datetime, session: Session, _at: datetime
) -> None:
    planned = Planned(f"digest:{uuid4()}", "digest_daily", Recipient(due.person_id))
    plan(session, planned, domain=clock.post.domain, now=now)


BROKEN: dict[str, Callable[[], Sweeps]] = {
    "": Sweeps,
    "deaf": Deaf,
    "stutter": Stutter,
    "forgetful": Forgetful,
    "twice": Twice,
}
