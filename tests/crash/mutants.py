"""Would the harness see it? Each mutant breaks one promise, in the killed processes only.

A mutant takes the place of a piece of the application before its process begins to work; the
application's own code knows nothing of it.
"""

import fcntl
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Executable, update
from sqlalchemy.orm import Session

from app.actions import completion, hold, journal, move
from app.actions.completion import Completed
from app.actions.hold import Hold
from app.actions.journal import Entry
from app.actions.movement import Move
from app.actions.open_tasks import OpenTask
from app.domain.actor import Actor
from app.domain.status import TaskStatus
from app.engine.run import Snapshot
from app.models.base import table_of
from app.models.process import DossierProcess
from app.models.task import Task
from notifications import dispatch, emails
from tests.crash import client
from tests.crash.client import Request, Say
from tests.crash.points import replace
from tests.crash.town import World


def ack_before_commit() -> None:
    """The person is told « enregistré » while the transaction may still be lost."""

    def send(world: World, request: Request, say: Say) -> Completed:
        def action(session: Session, now: datetime) -> Completed:
            done = client.within(session, world, request, now)
            session.flush()
            say("A", request.key, "repeat" if done.is_repeat else "new", done.seq, 0.0)
            return done

        return world.department.database.run_tx(action, now=world.now())

    replace(client, "send", send)


def split_transaction() -> None:
    """Tasks and journal are committed apart from the engine's state."""
    let_go = hold.let_go

    def in_two(
        session: Session, held: Hold, *, now: datetime, snapshot: Snapshot | None = None
    ) -> None:
        commit_now(session.connection())
        let_go(session, held, now=now, snapshot=snapshot)

    replace(hold, "let_go", in_two)


def forgotten_key() -> None:
    """The key of a form is written but never looked for."""
    replace(completion, "_already", lambda *_told: None)


def no_lock() -> None:
    """Everything is read before anything is held, and nothing is compared when it is written."""

    def mark_done(moving: Move, task: OpenTask) -> None:
        commit_now(moving.session.connection(), pause=0.004)
        rows = table_of(Task)
        done = {"status": TaskStatus.DONE, "done_at": moving.now}
        done["done_by_id"] = moving.actor.person_id
        moving.session.execute(update(rows).where(rows.c.id == task.id).values(**done))
        moving.open_tasks.remove(task)

    def let_go(
        session: Session, held: Hold, *, now: datetime, snapshot: Snapshot | None = None
    ) -> None:
        values: dict[str, object] = {"next_seq": held.next_seq, "last_hash": held.last_hash}
        if snapshot is not None:
            values |= {"state": snapshot.state, "marking": snapshot.marking}
            values |= {"due_at": snapshot.due_at, "updated_at": now}
        rows = table_of(DossierProcess)
        mine = update(rows).where(rows.c.dossier_id == held.dossier_id)
        session.execute(mine.values(version=held.version + 1, **values))

    replace(fcntl, "flock", lambda *_told: None)
    replace(completion, "_mark_done", mark_done)
    replace(hold, "let_go", let_go)


def late_journal() -> None:
    """The journal is written once the dossier is no longer held."""
    waiting: list[tuple[Executable, Any]] = []
    record, send = journal.record, client.send

    class Later:
        """Keeps what is executed for later."""

        def connection(self) -> "Later":
            return self

        def execute(self, statement: Executable, rows: Any) -> None:
            waiting.append((statement, rows))

    def note(
        _session: Session, held: Hold, actor: Actor, entry: Entry, *, now: datetime
    ) -> int:
        return record(Later(), held, actor, entry, now=now)  # type: ignore[arg-type]  # on purpose

    def write(session: Session, _now: datetime) -> None:
        for statement, rows in waiting:
            session.execute(statement, rows)

    def send_then_write(world: World, request: Request, say: Say) -> Completed:
        waiting.clear()
        done = send(world, request, say)
        world.department.database.run_tx(write, now=world.now())
        return done

    replace(move, "record", note)
    replace(client, "send", send_then_write)


def unkeyed_mail() -> None:
    """A mail is planned apart from the mark that it waits, and under a new key each time."""
    plan, key = emails.plan, emails.event_key

    def plan_apart(session: Session, *told: Any, **named: Any) -> bool:
        is_new = plan(session, *told, **named)
        commit_now(session.connection())
        return is_new

    replace(dispatch, "plan", plan_apart)
    replace(dispatch, "event_key", lambda *told: f"{key(*told)}:{uuid4().hex[:12]}")


def commit_now(connection: Connection, *, pause: float = 0.0) -> None:
    """Commit behind the session's back, and go on in another transaction."""
    connection.exec_driver_sql("COMMIT")
    time.sleep(pause)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


MUTANTS: Mapping[str, Callable[[], None]] = {
    one.__name__: one
    for one in (
        ack_before_commit,
        split_transaction,
        forgotten_key,
        no_lock,
        late_journal,
        unkeyed_mail,
    )
}
