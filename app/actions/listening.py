"""Which dossier waits for which message, and how does one reach it? By a durable row, each once.

What a dossier waits for is a row of `subscription`, so an event finds its dossiers without loading
any. What is sent to a dossier is a job of it: its transaction holds that dossier alone. A message
that comes too early stays until the dossier waits for it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from app.actions.movement import Move
from app.catalogue.values import compute
from app.database import insert_once
from app.domain.status import JobStatus
from app.engine.run import Snapshot
from app.engine.values import Value
from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.job import Job, Subscription

DELIVER = "deliver_message"
#: Topic of a vote that was left to a dossier which could not move in the session.
VOTE = "apply_vote"
_JOBS = table_of(Job)
_SUBSCRIPTIONS = table_of(Subscription)


def listen(move: Move, snapshot: Snapshot) -> None:
    """Write what the dossier waits for since now, and wake the messages that came too early."""
    now = move.run.awaited()
    fresh, over = now - move.before.awaited, move.before.awaited - now
    for kind, name in over:
        move.session.execute(
            delete(_SUBSCRIPTIONS).where(
                _SUBSCRIPTIONS.c.dossier_id == move.dossier.id,
                _SUBSCRIPTIONS.c.kind == kind,
                _SUBSCRIPTIONS.c.name == name,
            )
        )
    if fresh:
        _subscribe(move, fresh, snapshot)
        _wake_early(move, {name for _, name in fresh})
    if snapshot.completed and move.before.awaited:
        _forget_early(move)


def _subscribe(move: Move, fresh: frozenset[tuple[str, str]], snapshot: Snapshot) -> None:
    rows = [
        {
            "dossier_id": move.dossier.id,
            "kind": kind,
            "name": name,
            "key": _key(move, name, snapshot.variables),
        }
        for kind, name in sorted(fresh)
    ]
    # Written again when a dossier waits for the same message twice in one movement.
    for row in rows:
        insert_once(move.session, _SUBSCRIPTIONS, row)


def _key(move: Move, name: str, variables: Mapping[str, Value]) -> str:
    """What tells this dossier from the others that wait for the same message."""
    source = move.type.pack.message(name).correlation
    if source is None:
        return ""
    value = compute(source, {**move.facts(), **variables}, {})
    return "" if value is None else str(value)[:200]


def _wake_early(move: Move, names: set[str]) -> None:
    awaited = _JOBS.c.step.in_(names)
    move.session.execute(
        update(_JOBS).where(_came_early(move), awaited).values(run_at=move.now)
    )


def _forget_early(move: Move) -> None:
    over = {"status": JobStatus.CANCELLED, "finished_at": move.now}
    move.session.execute(update(_JOBS).where(_came_early(move)).values(over))


def _came_early(move: Move) -> ColumnElement[bool]:
    """A message sent to the dossier before it waits for it."""
    return and_(
        _JOBS.c.dossier_id == move.dossier.id,
        _JOBS.c.topic == DELIVER,
        _JOBS.c.status == JobStatus.WAITING,
        _JOBS.c.run_at.is_(None),
    )


def send_to(
    session: Session,
    dossier_id: UUID,
    name: str,
    payload: Mapping[str, Any],
    *,
    key: str,
    now: datetime,
    topic: str = DELIVER,
) -> bool:
    """Send a message to one dossier; False when that key was already sent. Holds nothing."""
    row = {
        "id": uuid4(),
        "dossier_id": dossier_id,
        "token": None,
        "step": name,
        "topic": topic,
        "key": key[:200],
        "payload": dict(payload),
        "status": JobStatus.WAITING,
        "run_at": now,
        "attempts": 0,
        "fence": 0,
        "last_error": "",
        "created_at": now,
    }
    return insert_once(session, _JOBS, row)


def dossier_of(session: Session, reference: str) -> UUID | None:
    """The dossier of that reference."""
    return session.scalar(select(Dossier.id).where(Dossier.reference == reference))


def dossiers_waiting(session: Session, name: str, key: str) -> list[UUID]:
    """The dossiers that wait for that message under that key."""
    return list(
        session.scalars(
            select(_SUBSCRIPTIONS.c.dossier_id)
            .where(
                _SUBSCRIPTIONS.c.kind == "message",
                _SUBSCRIPTIONS.c.name == name,
                _SUBSCRIPTIONS.c.key == key,
            )
            .order_by(_SUBSCRIPTIONS.c.dossier_id)
        )
    )
