"""Would kills at every statement see it? Each mutant breaks one promise, in the killed processes only."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.actions import completion, jobs, listening, projection, timers
from app.actions import move as moves
from app.actions.console import Console
from app.actions.effects.apart import Brief
from app.actions.effects.registry import JOBS
from app.actions.jobs import Held
from app.actions.journal import Entry
from app.actions.movement import Move
from app.database import Database
from app.domain.actor import SYSTEM
from app.domain.events import EventKind
from app.domain.status import JobStatus
from app.jobs import work
from tests.crash.mutants import commit_now, split_at_letting_go
from tests.crash.points import replace

#: Acknowledges the deed.
Ack = Callable[[], object]


def two_transactions(_ack: Ack) -> None:
    """Tasks and journal are committed apart from the engine's state."""
    split_at_letting_go()


def early_tasks(_ack: Ack) -> None:
    """The lists are rewritten and committed before the rest."""
    project = projection.project

    def at_once(move: Move, *told: Any) -> Any:
        opened = project(move, *told)
        commit_now(move.session.connection())
        return opened

    replace(moves, "project", at_once)


def ack_before_commit(ack: Ack) -> None:
    """The person is told « enregistré » while the transaction may still be lost."""
    run_tx = Database.run_tx

    def eager(self: Database, action: Any, **told: Any) -> Any:
        def act(session: Session, now: datetime) -> Any:
            done = action(session, now)
            session.flush()
            ack()
            return done

        return run_tx(self, act, **told)

    replace(Database, "run_tx", eager)


def forgotten_key(_ack: Ack) -> None:
    """The key of a form is written but never looked for."""
    replace(completion, "_already", lambda *_told: None)


def unkeyed_message(_ack: Ack) -> None:
    """A message sent again is another message."""
    send_to = listening.send_to

    def anew(*told: Any, key: str, **named: Any) -> bool:
        return send_to(*told, key=f"{key}{uuid4().hex[:8]}", **named)

    replace(listening, "send_to", anew)


def unkeyed_child(_ack: Ack) -> None:
    """A job tried again opens another dossier."""
    brief_for = work.brief_for

    def anew(*told: Any) -> Brief:
        brief = brief_for(*told)
        return dataclasses.replace(brief, key=f"{brief.key}{uuid4().hex[:8]}")

    replace(work, "brief_for", anew)


def job_closed_first(_ack: Ack) -> None:
    """A job is committed as done before the dossier has moved."""
    close = jobs._close

    def at_once(session: Session, held: Held, status: JobStatus, **told: Any) -> bool:
        done = close(session, held, status, **told)
        commit_now(session.connection())
        return done

    replace(jobs, "_close", at_once)


def blind_timer(_ack: Ack) -> None:
    """A date is fired without a look at what is due now."""

    def fire(session: Session, console: Console, dossier_id: UUID, *, now: datetime) -> None:
        move = moves.begin(session, console, SYSTEM, dossier_id, now=now)
        move.run.tick()
        entry = Entry(EventKind.MOVED, body={"cause": "timer"})
        moves.finish(move, entry, JOBS)

    replace(timers, "fire", fire)


MUTANTS: Mapping[str, Callable[[Ack], None]] = {
    one.__name__: one
    for one in (
        two_transactions,
        early_tasks,
        ack_before_commit,
        forgotten_key,
        unkeyed_message,
        unkeyed_child,
        job_closed_first,
        blind_timer,
    )
}
