"""Whose turn is it? A few dossiers at a time, each in its own transaction, by any number of clocks.

A batch that is killed leaves each dossier moved whole or not at all: the next batch goes on with those
that wait.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.migrations.passage import bring_back, pass_over
from app.actions.migrations.plan import tell_back
from app.database import Database
from app.domain.migrations import MigrationStatus, PassageStatus
from app.models.base import table_of
from app.models.migration import Migration, Passage

_MIGRATIONS, _PASSAGES = table_of(Migration), table_of(Passage)
Turn = Callable[..., PassageStatus | None]
_TURNS: dict[MigrationStatus, tuple[PassageStatus, Turn, MigrationStatus]] = {
    MigrationStatus.RUNNING: (PassageStatus.WAITING, pass_over, MigrationStatus.DONE),
    MigrationStatus.UNDOING: (PassageStatus.RETURNING, bring_back, MigrationStatus.UNDONE),
}


@dataclass(frozen=True)
class Turned:
    """The dossier whose turn it is, in which migration, and what is to be done."""

    migration_id: UUID
    dossier_id: UUID


def under_way(session: Session) -> list[UUID]:
    """The migrations that have dossiers to move or to bring back, the oldest first."""
    return list(
        session.scalars(
            select(Migration.id)
            .where(Migration.status.in_(list(_TURNS)))
            .order_by(Migration.started_at, Migration.id)
        )
    )


def waiting(session: Session, migration_id: UUID, *, limit: int = 50) -> list[Turned]:
    """The dossiers of a migration that wait for their turn."""
    status = session.scalar(select(Migration.status).where(Migration.id == migration_id))
    if status not in _TURNS:
        return []
    found = session.scalars(
        select(Passage.dossier_id)
        .where(Passage.migration_id == migration_id, Passage.status == _TURNS[status][0])
        .order_by(Passage.dossier_id)
        .limit(limit)
    )
    return [Turned(migration_id, dossier_id) for dossier_id in found]


def take_turn(
    session: Session, console: Console, turned: Turned, *, now: datetime
) -> PassageStatus | None:
    """Move or bring back one dossier; None when somebody else did, or when its turn comes later."""
    migration = session.get_one(Migration, turned.migration_id, populate_existing=True)
    if migration.status not in _TURNS:
        return None
    return _TURNS[migration.status][1](session, console, migration, turned.dossier_id, now=now)


def set_aside(session: Session, turned: Turned, cause: str, *, now: datetime) -> None:
    """A dossier that fails for a reason nobody foresaw stays where it is, with the cause."""
    for stood, status in (
        (PassageStatus.WAITING, PassageStatus.LEFT),
        (PassageStatus.RETURNING, PassageStatus.KEPT),
    ):
        session.execute(
            update(_PASSAGES)
            .where(
                _PASSAGES.c.migration_id == turned.migration_id,
                _PASSAGES.c.dossier_id == turned.dossier_id,
                _PASSAGES.c.status == stood,
            )
            .values(status=status, outcome=cause[:2000], done_at=now)
        )


def close(session: Session, migration_id: UUID, *, now: datetime) -> bool:
    """Say that a migration is over once nobody waits; True when it is."""
    for stood, (passage, _, over) in _TURNS.items():
        left = select(_PASSAGES.c.dossier_id).where(
            _PASSAGES.c.migration_id == migration_id, _PASSAGES.c.status == passage
        )
        closed = session.connection().execute(
            update(_MIGRATIONS)
            .where(
                _MIGRATIONS.c.id == migration_id,
                _MIGRATIONS.c.status == stood,
                ~left.exists(),
            )
            .values(status=over, finished_at=now)
        )
        if closed.rowcount and over is MigrationStatus.UNDONE:
            tell_back(session, migration_id, now=now)
    status = session.scalar(
        select(_MIGRATIONS.c.status).where(_MIGRATIONS.c.id == migration_id)
    )
    return status not in _TURNS


def run_batch(
    database: Database,
    console: Console,
    migration_id: UUID,
    *,
    limit: int = 50,
    now: datetime | None = None,
) -> Counter[PassageStatus]:
    """One batch, each dossier in a transaction of its own; what became of them."""
    with database.reading() as session:
        turns = waiting(session, migration_id, limit=limit)
    done: Counter[PassageStatus] = Counter()
    for turned in turns:
        status = database.run_tx(_turn_of(console, turned), now=now)
        if status is not None:
            done[status] += 1
    database.run_tx(lambda session, at: close(session, migration_id, now=at), now=now)
    return done


def _turn_of(
    console: Console, turned: Turned
) -> Callable[[Session, datetime], PassageStatus | None]:
    return lambda session, at: take_turn(session, console, turned, now=at)
