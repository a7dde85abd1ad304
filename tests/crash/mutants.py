"""Would the harness see it? Each mutant breaks one promise, in the killed processes only.

A mutant takes the place of a piece of the application before its process begins to work; the
application's own code knows nothing of it.
"""

import dataclasses
import fcntl
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.actions import completion, hold, journal, move
from app.actions.completion import Completed
from app.prepared import Call, Line, Told
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
    split_at_letting_go()


def split_at_letting_go() -> None:
    """What is written before the process row is committed before it."""
    together = Line.together

    def in_two(line: Line, *calls: Call) -> list[Told]:
        told: list[Told] = []
        for call in calls:
            if isinstance(call.otherwise, partial) and call.otherwise.func is hold.StaleHold:
                commit_now(line.connection)
            told += together(line, call)
        return told

    replace(Line, "together", in_two)


def forgotten_key() -> None:
    """The key of a form is written but never looked for."""
    replace(completion, "_already", lambda *_told: None)


def no_lock() -> None:
    """Everything is read before anything is held, and nothing is compared when it is written.

    Somebody else does the same task each time, just when nothing is held.
    """
    send, take, together = client.send, hold.take_whole_by_task, Line.together
    sending: list[tuple[World, Request, Say]] = []

    def send_and_tell(world: World, request: Request, say: Say) -> Completed:
        sending[:] = [(world, request, say)]
        return send(world, request, say)

    def let_somebody_in() -> None:
        while sending:
            world, request, say = sending.pop()
            rival = dataclasses.replace(request, key=f"{int(request.key, 16) ^ 1:032x}")
            say("S", *rival.line())
            done = send(world, rival, say)
            say("A", rival.key, "repeat" if done.is_repeat else "new", done.seq, 0.0)
            say("S", *request.line())

    def take_then_let_in(session: Session, task_id: UUID) -> hold.Taken:
        taken = take(session, task_id)
        commit_now(session.connection(), meanwhile=let_somebody_in)
        return taken

    def unchecked(line: Line, *calls: Call) -> list[Told]:
        return together(line, *(call._replace(otherwise=None) for call in calls))

    replace(fcntl, "flock", lambda *_told: None)
    replace(hold, "take_whole_by_task", take_then_let_in)
    replace(Line, "together", unchecked)
    replace(client, "send", send_and_tell)


def late_journal() -> None:
    """The journal is written once the dossier is no longer held."""
    waiting: list[Call] = []
    recording, send = journal.recording, client.send

    def note(*told: Any, **named: Any) -> list[Call]:
        waiting.extend(recording(*told, **named))
        return []

    def write(session: Session, _now: datetime) -> None:
        Line(session).together(*waiting)

    def send_then_write(world: World, request: Request, say: Say) -> Completed:
        waiting.clear()
        done = send(world, request, say)
        if waiting:
            world.department.database.run_tx(write, now=world.now())
        return done

    replace(move, "recording", note)
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


def commit_now(connection: Connection, *, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Commit behind the session's back, and go on in another transaction."""
    connection.exec_driver_sql("COMMIT")
    meanwhile()
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
