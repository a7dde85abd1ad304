"""Which clocks does the storm have to catch? Each breaks one promise of the real one, when it picks.

None counts on a kill that falls well or on a race: who is to die dies in the window itself, who is
to race waits for the others.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Barrier
from uuid import uuid4

from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.domain.civil import civil_day
from app.domain.ladder import next_rung, reached_rungs, schedule
from app.jobs import Clock
from app.models.dossier import Dossier
from app.models.task import Task
from notifications import reminders
from notifications.audience import audience
from notifications.emails import Planned, plan

_PATIENCE = 60.0


@dataclass
class Fate:
    """What one clock is born to."""

    #: One of the first clocks, not one that takes the place of a dead one.
    is_first: bool
    #: Where the first clocks wait for each other, once.
    meeting: Barrier
    has_met: bool = False


def mark_then_send(mine: Clock, now: datetime, fate: Fate) -> int:
    """What was sent is written down and committed, then the mails are planned."""
    rules, due = _due(mine, now)
    for one in due:
        marked = mine.database.run_tx(
            lambda session, _at, one=one: _mark(session, rules, one, now)  # type: ignore[misc]
        )
        if marked and fate.is_first:
            os.kill(os.getpid(), signal.SIGKILL)
        if marked:
            _send(mine, one, one.at.isoformat(), now)
    return 0


def _mark(session: Session, rules: reminders.Rules, due: reminders.Due, now: datetime) -> bool:
    task = session.get_one(Task, due.task_id)
    holds.take(session, task.dossier_id)
    session.refresh(task)
    dossier = session.get_one(Dossier, task.dossier_id)
    pack = rules.pack_of(session, dossier.definition_id)
    ladder = pack.ladder(task.step, dossier.scheme, rules.ladders)
    if task.next_reminder_at is None or task.next_reminder_at > now:
        return False
    assert ladder is not None
    assert task.due_on is not None
    dues = schedule(ladder, deadline=task.due_on)
    reached = reached_rungs(dues, since=task.next_reminder_at, now=now)
    reminders._plan_next(session, task, next_rung(ladder, deadline=task.due_on, after=now))
    if reached is None:
        return False
    for rung in reached.superseded:
        reminders._record_one(session, task, rung, reminders.Outcome("superseded"), now)
    reminders._record_one(session, task, reached.send, reminders.Outcome("sent"), now)
    return True


def no_occurrence(mine: Clock, now: datetime, fate: Fate) -> int:
    """Nobody asks whether another clock did it, and no key says which rung a mail is."""
    rules, due = _due(mine, now)
    if due and not fate.has_met:
        fate.meeting.wait(_PATIENCE)
        fate.has_met = True
    for one in due:
        _send(mine, one, uuid4().hex[:8], now)
        mine.database.run_tx(
            lambda session, _at, one=one: _mark(session, rules, one, now)  # type: ignore[misc]
        )
    return 0


def _due(mine: Clock, now: datetime) -> tuple[reminders.Rules, list[reminders.Due]]:
    rules = reminders.Rules(mine.console.ladders, mine.pack_of, mine.post.domain)
    with mine.database.reading() as session:
        return rules, reminders.due_tasks(session, now=now, limit=20)


def _send(mine: Clock, due: reminders.Due, mark: str, now: datetime) -> None:
    def send(session: Session, _at: datetime) -> None:
        task = session.get_one(Task, due.task_id)
        dossier = session.get_one(Dossier, task.dossier_id)
        for to in audience(session, "assignee", dossier, [task], on=civil_day(now)):
            key = f"reminder:{task.id}:{mark}:{to.name}"
            planned = Planned(key, "reminder_task", to, dossier.id, task.id)
            plan(session, planned, domain=mine.post.domain, now=now)

    mine.database.run_tx(send)


BROKEN: dict[str, Callable[[Clock, datetime, Fate], int]] = {
    "mark_then_send": mark_then_send,
    "no_occurrence": no_occurrence,
}
