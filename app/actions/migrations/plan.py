"""How is a dry run kept, and what is decided of it? All that may go, some of them, or none.

A migration is a row with its mapping; each dossier is another, with its verdict. Nothing is
suspended: people work meanwhile, and each dossier is proved again when its turn comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app.actions.migrations.dry_run import Asked, DryRun, Seen
from app.actions.versions import NOTE_LONGEST, may_administer, write_down
from app.domain.actor import Actor
from app.domain.errors import NotFound, Refusal
from app.domain.migrations import MigrationStatus, PassageStatus, VerdictKind
from app.domain.versions import TypeEventKind
from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.migration import Migration, Passage
from app.models.process import DossierProcess
from app.models.versions import TypeEvent

_PASSAGES = table_of(Passage)
_MIGRATIONS = table_of(Migration)
_CHUNK = 500
REASON_LONGEST = 2_000


class SameVersion(Refusal):
    """There is nowhere to go."""

    sentence = "Choisissez deux versions différentes du même type de dossier."


class MigrationReasonMissing(Refusal):
    """Dossiers never change version without a word said why."""

    sentence = "Dites pourquoi ces dossiers changent de version : le motif est écrit dans leur historique."


class UndoReasonMissing(MigrationReasonMissing):
    """Nor do they come back without one."""

    sentence = (
        "Dites pourquoi ces dossiers reviennent à leur version : le motif est écrit dans leur "
        "historique."
    )


class MigrationOver(Refusal):
    """The migration is not where this action begins."""

    sentence = (
        "Ce changement de version n’en est plus là : rechargez la page pour voir où il en est."
    )


class NobodyChosen(Refusal):
    """No dossier that may go was chosen."""

    sentence = "Aucun dossier choisi ne peut passer : rien n’est lancé."


class NoDossierTicked(NobodyChosen):
    """Some dossiers were to go, and none is named."""

    sentence = "Cochez au moins un dossier."


class NoStepTicked(NobodyChosen):
    """Those of some steps were to go, and no step is named."""

    sentence = "Cochez au moins une étape."


class DryRunStale(Refusal):
    """Dossiers it would have move follow another version by now."""

    sentence = "Cet essai à blanc est périmé : refaites-le."


@dataclass(frozen=True)
class Chosen:
    """Which dossiers are to go: every one that may, or those only, or those of a position."""

    dossier_ids: Sequence[UUID] | None = None
    positions: Sequence[str] | None = None
    #: References, as people type them.
    references: Sequence[str] | None = None

    def clauses(self) -> list[ColumnElement[bool]]:
        """The conditions on the rows of the dry run."""
        found: list[ColumnElement[bool]] = []
        if self.dossier_ids is not None:
            found.append(_PASSAGES.c.dossier_id.in_(self.dossier_ids))
        if self.positions is not None:
            found.append(_PASSAGES.c.position.in_(self.positions))
        if self.references is not None:
            named = select(Dossier.id).where(Dossier.reference.in_(self.references))
            found.append(_PASSAGES.c.dossier_id.in_(named))
        return found


def keep(session: Session, actor: Actor, asked: Asked, found: DryRun, *, now: datetime) -> UUID:
    """Store a dry run; nothing moves. Refuses SameVersion, NotAllowed."""
    may_administer(actor)
    source, target = asked.source, asked.target
    if source.definition_id == target.definition_id or source.pack.key != target.pack.key:
        raise SameVersion
    migration_id = uuid4()
    session.execute(
        insert(_MIGRATIONS).values(
            id=migration_id,
            key=source.pack.key,
            source_id=source.definition_id,
            target_id=target.definition_id,
            mapping=dict(asked.mapping),
            given=dict(asked.given),
            asked=_to_say(found),
            status=MigrationStatus.PLANNED,
            reason="",
            planned_at=now,
            planned_by=actor.name[:120],
        )
    )
    rows = [_row(migration_id, one) for one in found.dossiers]
    for start in range(0, len(rows), _CHUNK):
        session.execute(insert(_PASSAGES), rows[start : start + _CHUNK])
    return migration_id


def _to_say(found: DryRun) -> dict[str, Any]:
    steps = {
        step: [[one.step, one.name, one.confidence.value] for one in proposals]
        for step, proposals in sorted(found.steps.items())
    }
    amounts = found.amounts.to_json() if found.amounts else None
    return {
        "steps": steps,
        "names": sorted(found.names),
        "proofs": found.proofs,
        "amounts": amounts,
    }


def _row(migration_id: UUID, one: Seen) -> dict[str, Any]:
    return {
        "migration_id": migration_id,
        "dossier_id": one.dossier_id,
        "position": one.position,
        "verdict": one.kind,
        "reasons": "\n".join(reason.sentence for reason in one.reasons),
        "notes": "\n".join(one.notes),
        "seen": one.digest,
        "status": PassageStatus.PLANNED,
        "outcome": "",
    }


def start(
    session: Session,
    actor: Actor,
    migration_id: UUID,
    chosen: Chosen,
    *,
    reason: str,
    now: datetime,
) -> int:
    """Have the chosen dossiers wait for their turn; how many.

    Only those the dry run found safe may go. Refuses MigrationReasonMissing, MigrationOver,
    NobodyChosen, DryRunStale, NotAllowed.
    """
    may_administer(actor)
    if not reason.strip():
        raise MigrationReasonMissing
    if chosen.references is not None and not chosen.references:
        raise NoDossierTicked
    if chosen.positions is not None and not chosen.positions:
        raise NoStepTicked
    if gone_since(session, migration_id):
        raise DryRunStale
    _turn(
        session,
        migration_id,
        (MigrationStatus.PLANNED, MigrationStatus.DONE),
        status=MigrationStatus.RUNNING,
        reason=reason.strip()[:REASON_LONGEST],
        started_at=now,
        started_by=actor.name[:120],
        started_by_id=actor.person_id,
        finished_at=None,
    )
    number = _mark(
        session,
        migration_id,
        PassageStatus.PLANNED,
        PassageStatus.WAITING,
        _PASSAGES.c.verdict == VerdictKind.SAFE,
        *chosen.clauses(),
    )
    if number == 0:
        raise NobodyChosen
    row = session.get_one(Migration, migration_id)
    note = f"De la version {row.source.version} à la version {row.target.version}, {_dossiers(number)}."
    event = TypeEvent(
        kind=TypeEventKind.MIGRATED,
        version=row.target.version,
        note=f"{note} {reason.strip()}"[:NOTE_LONGEST],
    )
    write_down(session, event, key=row.key, by=actor, now=now)
    return number


def undo(
    session: Session, actor: Actor, migration_id: UUID, *, reason: str, now: datetime
) -> int:
    """Have every dossier that moved wait to be brought back; how many.

    The journal of the type tells it once it is known which came back (`tell_back`). Refuses UndoReasonMissing, MigrationOver, NotAllowed.
    """
    may_administer(actor)
    if not reason.strip():
        raise UndoReasonMissing
    _turn(
        session,
        migration_id,
        (MigrationStatus.RUNNING, MigrationStatus.DONE),
        status=MigrationStatus.UNDOING,
        undo_reason=reason.strip()[:REASON_LONGEST],
        finished_at=None,
        started_by=actor.name[:120],
        started_by_id=actor.person_id,
        started_at=now,
    )
    _mark(session, migration_id, PassageStatus.WAITING, PassageStatus.PLANNED)
    return _mark(session, migration_id, PassageStatus.MOVED, PassageStatus.RETURNING)


def tell_back(session: Session, migration_id: UUID, *, now: datetime) -> None:
    """Write in the journal of the type how many dossiers came back, and how many did not."""
    row = session.get_one(Migration, migration_id, populate_existing=True)
    counted = select(_PASSAGES.c.status, func.count().label("number")).where(
        _PASSAGES.c.migration_id == migration_id
    )
    rows = session.execute(counted.group_by(_PASSAGES.c.status))
    became = {row.status: row.number for row in rows}
    back, kept = became.get(PassageStatus.RETURNED, 0), became.get(PassageStatus.KEPT, 0)
    told = f"De la version {row.target.version} à la version {row.source.version}, {_dossiers(back)}"
    if kept:
        told += (
            f"\u00a0; {_dossiers(kept)} qui {'avaient' if kept > 1 else 'avait'} avancé n’y "
        )
        told += "reviennent pas" if kept > 1 else "revient pas"
    event = TypeEvent(
        kind=TypeEventKind.BROUGHT_BACK,
        version=row.source.version,
        note=f"{told}. {row.undo_reason or ''}".strip()[:NOTE_LONGEST],
    )
    by = Actor(person_id=row.started_by_id, name=row.started_by or "Liasse")
    write_down(session, event, key=row.key, by=by, now=now)


def _dossiers(number: int) -> str:
    return f"{number} dossier{'s' if number > 1 else ''}"


def gone_since(session: Session, migration_id: UUID) -> int:
    """How many dossiers the dry run would have move have changed version since."""
    row = session.get(Migration, migration_id)
    if row is None:
        raise NotFound
    found = (
        select(func.count())
        .select_from(Passage)
        .join(DossierProcess, DossierProcess.dossier_id == Passage.dossier_id)
        .where(
            Passage.migration_id == migration_id,
            Passage.verdict == VerdictKind.SAFE,
            Passage.status == PassageStatus.PLANNED,
            DossierProcess.definition_id != row.source_id,
        )
    )
    return session.scalar(found) or 0


def _turn(
    session: Session,
    migration_id: UUID,
    stood: Sequence[MigrationStatus],
    **values: Any,  # noqa: ANN401 - columns
) -> None:
    if session.get(Migration, migration_id) is None:
        raise NotFound
    changed = session.execute(
        update(_MIGRATIONS)
        .where(_MIGRATIONS.c.id == migration_id, _MIGRATIONS.c.status.in_(stood))
        .values(**values)
    )
    if not isinstance(changed, CursorResult) or changed.rowcount != 1:
        raise MigrationOver


def _mark(
    session: Session,
    migration_id: UUID,
    stood: PassageStatus,
    status: PassageStatus,
    *more: ColumnElement[bool],
) -> int:
    changed = session.connection().execute(
        update(_PASSAGES)
        .where(_PASSAGES.c.migration_id == migration_id, _PASSAGES.c.status == stood, *more)
        .values(status=status)
    )
    return int(changed.rowcount)
