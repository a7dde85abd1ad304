"""What may be asked about migrations? The past ones, what a dry run found, where one stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.domain.errors import NotFound
from app.domain.migrations import PassageStatus, VerdictKind
from app.models.dossier import Dossier
from app.models.migration import Migration, Passage
from app.models.people import Organisation
from app.models.process import DossierProcess, ProcessDefinition, ProcessStatus

#: What an administrator must look at first.
NEEDS = [VerdictKind.MAPPING, VerdictKind.STAYS, VerdictKind.SAFE]


@dataclass(frozen=True)
class Group:
    """Dossiers that stand alike and have the same verdict for the same reasons."""

    verdict: VerdictKind
    position: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    count: int


def migrations(
    session: Session, key: str | None = None, *, limit: int = 50
) -> Sequence[Migration]:
    """The dry runs and the migrations, of one type or of all, the latest first."""
    query = (
        select(Migration)
        .options(joinedload(Migration.source), joinedload(Migration.target))
        .order_by(Migration.planned_at.desc())
        .limit(limit)
    )
    return session.scalars(query.where(Migration.key == key) if key else query).all()


def migration(session: Session, migration_id: UUID) -> Migration:
    """One of them, with its versions. Refuses NotFound."""
    found = session.scalars(
        select(Migration)
        .options(joinedload(Migration.source), joinedload(Migration.target))
        .where(Migration.id == migration_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def groups(session: Session, migration_id: UUID) -> list[Group]:
    """What the dry run found: those that need somebody first, the largest first."""
    columns = (Passage.verdict, Passage.position, Passage.reasons, Passage.notes)
    rows = session.execute(
        select(*columns, func.count().label("number"))
        .where(Passage.migration_id == migration_id)
        .group_by(*columns)
    ).all()
    order = NEEDS
    found = [
        Group(
            row.verdict,
            row.position,
            tuple(row.reasons.splitlines()),
            tuple(row.notes.splitlines()),
            row.number,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (order.index(one.verdict), -one.count, one.position))


def verdicts(session: Session, migration_id: UUID) -> Mapping[VerdictKind, int]:
    """How many dossiers have each verdict."""
    rows = session.execute(
        select(Passage.verdict, func.count())
        .where(Passage.migration_id == migration_id)
        .group_by(Passage.verdict)
    ).all()
    return {kind: number for kind, number in rows}  # noqa: C416 - rows are not pairs


def statuses(session: Session, migration_id: UUID) -> Mapping[PassageStatus, int]:
    """How many dossiers are where."""
    rows = session.execute(
        select(Passage.status, func.count())
        .where(Passage.migration_id == migration_id)
        .group_by(Passage.status)
    ).all()
    return {status: number for status, number in rows}  # noqa: C416 - rows are not pairs


def left_behind(
    session: Session, migration_id: UUID, *, limit: int = 200
) -> Sequence[tuple[str, str]]:
    """The dossiers that stayed, or were not brought back, each with why: (reference, sentence)."""
    rows = session.execute(
        select(Dossier.reference, Passage.outcome)
        .join(Dossier, Dossier.id == Passage.dossier_id)
        .where(
            Passage.migration_id == migration_id,
            Passage.status.in_((PassageStatus.LEFT, PassageStatus.KEPT)),
        )
        .order_by(Dossier.reference)
        .limit(limit)
    ).all()
    return [(reference or "", outcome) for reference, outcome in rows]


def arrived(session: Session, migration_id: UUID, *, limit: int = 200) -> Sequence[str]:
    """The references of the dossiers that moved, or that came back once the change was undone."""
    found = session.scalars(
        select(Dossier.reference)
        .join(Passage, Passage.dossier_id == Dossier.id)
        .where(
            Passage.migration_id == migration_id,
            Passage.status.in_((PassageStatus.MOVED, PassageStatus.RETURNED)),
        )
        .order_by(Dossier.reference)
        .limit(limit)
    )
    return [reference or "" for reference in found]


@dataclass(frozen=True)
class Candidate:
    """A dossier that may be chosen: what it is, whose, and the nodes where it stands."""

    reference: str
    title: str
    organisation: str
    position: str


def may_go(session: Session, migration_id: UUID, *, limit: int = 500) -> Sequence[Candidate]:
    """The dossiers that may be chosen."""
    rows = session.execute(
        select(Dossier.reference, Dossier.title, Organisation.name, Passage.position)
        .join(Passage, Passage.dossier_id == Dossier.id)
        .join(Organisation, Organisation.id == Dossier.organisation_id)
        .where(
            Passage.migration_id == migration_id,
            Passage.verdict == VerdictKind.SAFE,
            Passage.status == PassageStatus.PLANNED,
        )
        .order_by(Dossier.reference)
        .limit(limit)
    ).all()
    return [Candidate(row.reference or "", row.title, row.name, row.position) for row in rows]


def positions(session: Session, migration_id: UUID) -> Mapping[str, int]:
    """Node id → how many dossiers of the dry run stood there."""
    found: dict[str, int] = {}
    rows = session.execute(
        select(Passage.position, func.count())
        .where(Passage.migration_id == migration_id)
        .group_by(Passage.position)
    ).all()
    for position, number in rows:
        for node in position.split():
            found[node] = found.get(node, 0) + number
    return found


def versions_of(session: Session, key: str) -> Sequence[tuple[ProcessDefinition, int]]:
    """Every version of a type with its dossiers in flight, the latest first."""
    rows = session.execute(
        select(ProcessDefinition, func.count(DossierProcess.dossier_id))
        .outerjoin(
            DossierProcess,
            (DossierProcess.definition_id == ProcessDefinition.id)
            & (DossierProcess.status != ProcessStatus.COMPLETED),
        )
        .where(ProcessDefinition.key == key)
        .group_by(ProcessDefinition.id)
        .order_by(ProcessDefinition.version.desc())
    ).all()
    return [(definition, count) for definition, count in rows]
