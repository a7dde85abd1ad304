"""How does one dossier change version, and come back? In one transaction, under its own lock.

The verdict of the dry run only says who may be chosen: the dossier is proved again here, as it stands.
Nothing happens in the diagram; what has become ready by itself is left to the clock.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.clock_rebuild import adopt
from app.actions.clocks import Desk
from app.actions.console import Console
from app.actions.journal import Entry, record
from app.actions.listening import listen
from app.actions.migrations.dry_run import STOPPED, Asked, Worlds, without_words
from app.actions.migrations.follow import Passing, follow, has_job_running, put_back
from app.actions.move import begin, context_for
from app.actions.movement import Move
from app.catalogue.published import DossierType
from app.domain.actor import Actor
from app.domain.events import EventKind
from app.domain.migrations import MigrationStatus, PassageStatus, VerdictKind
from app.engine.migration import prove, same_steps
from app.engine.run import Run, Snapshot
from app.models.base import table_of
from app.models.migration import Migration, Passage
from app.models.process import DossierProcess, ProcessStatus

_PASSAGES, _PROCESS = table_of(Passage), table_of(DossierProcess)
OTHER_VERSION = "Le dossier a changé de version entre-temps."
FINISHED = "Le dossier s’est terminé entre-temps."
HAS_MOVED = "Le dossier a avancé depuis qu’il a changé de version."


def pass_over(
    session: Session, console: Console, migration: Migration, dossier_id: UUID, *, now: datetime
) -> PassageStatus | None:
    """Move one dossier that waits for its turn; None when it is not its turn (any more)."""
    hold = holds.take(session, dossier_id, even_suspended=True)
    passage = _passage(session, migration.id, dossier_id)
    if passage.status is not PassageStatus.WAITING or has_job_running(session, dossier_id):
        return None
    refused = _refused(hold.definition_id, hold.status, migration.source_id)
    if refused:
        return _note(session, passage, PassageStatus.LEFT, refused, now=now)
    actor = _author(migration)
    move = begin(session, console, actor, dossier_id, now=now)
    asked = Asked(
        source=move.type,
        target=console.types.get(session, migration.target_id),
        mapping=migration.mapping,
        given=migration.given,
    )
    worlds = Worlds(console, asked.target, move.dossier.facts)
    verdict = prove(asked.change(), hold.state, worlds, now=now)
    wordless = without_words(asked.target, move.dossier.status)
    if verdict.kind is not VerdictKind.SAFE or verdict.snapshot is None or wordless:
        why = wordless or "\n".join(reason.sentence for reason in verdict.reasons)
        return _note(session, passage, PassageStatus.LEFT, why, now=now)
    before = {
        "due_at": hold.due_at.isoformat() if hold.due_at else None,
        **follow(Passing(move, asked.target, verdict.snapshot, migration.mapping)),
    }
    names = same_steps(move.type.definition, asked.target.definition)
    body = {"notes": list(verdict.notes), "mapping": {**names, **migration.mapping}}
    _stand(move, asked.target, verdict.snapshot, migration, body)
    session.execute(
        update(_PASSAGES)
        .where(_PASSAGES.c.migration_id == migration.id, _PASSAGES.c.dossier_id == dossier_id)
        .values(
            status=PassageStatus.MOVED,
            state=hold.state,
            before=before,
            after=sha256(verdict.snapshot.state).hexdigest(),
            notes="\n".join(verdict.notes),
            outcome="",
            done_at=now,
        )
    )
    return PassageStatus.MOVED


def bring_back(
    session: Session, console: Console, migration: Migration, dossier_id: UUID, *, now: datetime
) -> PassageStatus | None:
    """Put one dossier back as it was, byte for byte, unless it has moved since."""
    hold = holds.take(session, dossier_id, even_suspended=True)
    passage = _passage(session, migration.id, dossier_id)
    if passage.status is not PassageStatus.RETURNING or has_job_running(session, dossier_id):
        return None
    refused = _refused(hold.definition_id, hold.status, migration.target_id)
    if not refused and sha256(hold.state).hexdigest() != passage.after:
        refused = HAS_MOVED
    state, was = passage.state, passage.before
    if refused or state is None or was is None:
        return _note(session, passage, PassageStatus.KEPT, refused or HAS_MOVED, now=now)
    move = begin(session, console, _author(migration), dossier_id, now=now)
    source = console.types.get(session, migration.source_id)
    run = Run.resume(source.definition, state, context_for(source, move.facts(), now))
    due_at = datetime.fromisoformat(was["due_at"]) if was["due_at"] else None
    put_back(session, move.dossier, was)
    snapshot = replace(run.snapshot(), state=state, due_at=due_at)
    names = same_steps(source.definition, move.type.definition)
    back = {new: old for old, new in {**names, **migration.mapping}.items()}
    _stand(move, source, snapshot, migration, {"undone": True, "mapping": back})
    return _note(session, passage, PassageStatus.RETURNED, "", now=now)


def _refused(follows: UUID, status: ProcessStatus, expected: UUID) -> str:
    if follows != expected:
        return OTHER_VERSION
    return {ProcessStatus.COMPLETED: FINISHED, ProcessStatus.INCIDENT: STOPPED}.get(status, "")


def _stand(
    move: Move,
    type_: DossierType,
    snapshot: Snapshot,
    migration: Migration,
    body: Mapping[str, Any],
) -> None:
    """Write the dossier under its new version, with its line of history, and let it go."""
    session, now = move.session, move.now
    context = context_for(type_, move.facts(), now, move.console.calendar)
    there = replace(move, type=type_, run=Run.resume(type_.definition, snapshot.state, context))
    listen(there, snapshot)
    entry = Entry(
        EventKind.MIGRATED,
        body={
            "from": move.type.version,
            "to": type_.version,
            "source": str(move.type.definition_id),
            "target": str(type_.definition_id),
            "migration": str(migration.id),
            **body,
        },
        personal={"actor": move.actor.name, "reason": _reason(migration)},
    )
    move.dossier.definition_id = type_.definition_id
    session.flush()
    record(session, move.hold, move.actor, entry, now=now, snapshot=snapshot)
    session.execute(
        update(_PROCESS)
        .where(_PROCESS.c.dossier_id == move.dossier.id)
        .values(definition_id=type_.definition_id)
    )
    adopt(Desk(session, move.console, type_, move.dossier.id, move.dossier.facts, now))


def _reason(migration: Migration) -> str:
    """Why the dossiers go, or why they come back."""
    if migration.status is MigrationStatus.UNDOING:
        return migration.undo_reason or migration.reason
    return migration.reason


def _author(migration: Migration) -> Actor:
    return Actor(person_id=migration.started_by_id, name=migration.started_by or "Liasse")


def _passage(session: Session, migration_id: UUID, dossier_id: UUID) -> Passage:
    # Read under the dossier's lock: whoever had the dossier first has written here.
    return session.scalars(
        select(Passage)
        .where(Passage.migration_id == migration_id, Passage.dossier_id == dossier_id)
        .execution_options(populate_existing=True)
    ).one()


def _note(
    session: Session, passage: Passage, status: PassageStatus, outcome: str, *, now: datetime
) -> PassageStatus:
    session.execute(
        update(_PASSAGES)
        .where(
            _PASSAGES.c.migration_id == passage.migration_id,
            _PASSAGES.c.dossier_id == passage.dossier_id,
        )
        .values(status=status, outcome=outcome, done_at=now)
    )
    return status
