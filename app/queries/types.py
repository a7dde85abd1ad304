"""Which types of dossiers are there, in which versions, with which drafts and trials? For administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.domain.errors import NotFound
from app.domain.folding import alphabetical
from app.domain.versions import DraftStatus
from app.models.process import DossierProcess, ProcessDefinition, ProcessStatus
from app.models.versions import PackDraft, Trial, TypeEvent

_OPEN = (DraftStatus.WAITING, DraftStatus.EXAMINED)


@dataclass(frozen=True)
class Version:
    """A published version, and the dossiers that follow it."""

    id: UUID
    key: str
    number: int
    title: str
    digest: str
    note: str
    published_at: datetime
    published_by: str
    retired_at: datetime | None
    #: Dossiers that are not finished.
    running: int
    #: All of them.
    dossiers: int
    #: New dossiers are filed under it.
    is_current: bool


@dataclass(frozen=True)
class Type:
    """A type of dossier with all its versions, the latest first."""

    key: str
    versions: Sequence[Version]
    drafts: int

    @property
    def title(self) -> str:
        """As the latest version says it."""
        return self.versions[0].title

    @property
    def current(self) -> Version | None:
        """The version new dossiers follow; None when the type takes none."""
        return next((one for one in self.versions if one.is_current), None)

    @property
    def running(self) -> int:
        """Dossiers that are not finished, whatever their version."""
        return sum(one.running for one in self.versions)

    @property
    def behind(self) -> int:
        """Dossiers that are not finished, on another version than the current one."""
        return sum(one.running for one in self.versions if not one.is_current)

    def version(self, number: int) -> Version:
        """The version of that number. Refuses NotFound."""
        for one in self.versions:
            if one.number == number:
                return one
        raise NotFound


def types(session: Session) -> list[Type]:
    """Every type ever published, by title."""
    versions: dict[str, list[Version]] = {}
    for version in _versions(session):
        versions.setdefault(version.key, []).append(version)
    waiting = _drafts_by_key(session)
    found = [Type(key, ours, waiting.get(key, 0)) for key, ours in versions.items()]
    return alphabetical(found, lambda one: one.title)


def type_of_key(session: Session, key: str) -> Type:
    """One type. Refuses NotFound when nothing was ever published under that key."""
    found = next((one for one in types(session) if one.key == key), None)
    if found is None:
        raise NotFound
    return found


def _versions(session: Session) -> list[Version]:
    finished = DossierProcess.status == ProcessStatus.COMPLETED
    rows = session.execute(
        select(
            ProcessDefinition,
            func.count(DossierProcess.dossier_id),
            func.count(DossierProcess.dossier_id).filter(~finished),
        )
        .outerjoin(DossierProcess, DossierProcess.definition_id == ProcessDefinition.id)
        .group_by(ProcessDefinition.id)
        .order_by(ProcessDefinition.key, ProcessDefinition.version.desc())
    ).all()
    current: dict[str, int] = {}
    for row, _all, _running in rows:
        if row.retired_at is None:
            current.setdefault(row.key, row.version)
    return [
        Version(
            id=row.id,
            key=row.key,
            number=row.version,
            title=row.title,
            digest=row.digest,
            note=row.note,
            published_at=row.published_at,
            published_by=row.published_by,
            retired_at=row.retired_at,
            running=running,
            dossiers=dossiers,
            is_current=current.get(row.key) == row.version,
        )
        for row, dossiers, running in rows
    ]


def _drafts_by_key(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(PackDraft.key, func.count().label("drafts"))
        .where(PackDraft.status.in_(_OPEN))
        .group_by(PackDraft.key)
    )
    return {row.key: row.drafts for row in rows}


def open_drafts(session: Session, key: str | None = None) -> Sequence[PackDraft]:
    """The drafts neither published nor set aside, of one type or of all, the latest first."""
    query = select(PackDraft).where(PackDraft.status.in_(_OPEN))
    if key is not None:
        query = query.where(PackDraft.key == key)
    query = query.options(joinedload(PackDraft.uploaded_by))
    return session.scalars(query.order_by(PackDraft.uploaded_at.desc())).all()


def draft_of_id(session: Session, draft_id: UUID) -> PackDraft:
    """One draft. Refuses NotFound."""
    found = session.scalar(
        select(PackDraft)
        .where(PackDraft.id == draft_id)
        .options(joinedload(PackDraft.uploaded_by))
    )
    if found is None:
        raise NotFound
    return found


def archive_of(session: Session, definition_id: UUID) -> bytes:
    """The stored bytes of a version."""
    return session.scalars(
        select(ProcessDefinition.archive).where(ProcessDefinition.id == definition_id)
    ).one()


def content_of(session: Session, draft_id: UUID) -> bytes:
    """The stored bytes of a draft."""
    return session.scalars(select(PackDraft.content).where(PackDraft.id == draft_id)).one()


def type_events(session: Session, key: str, *, limit: int = 100) -> Sequence[TypeEvent]:
    """What happened to a type, the latest first."""
    return session.scalars(
        select(TypeEvent).where(TypeEvent.key == key).order_by(TypeEvent.at.desc()).limit(limit)
    ).all()


def trials(session: Session, key: str) -> Sequence[Trial]:
    """The trials of a type, the last one touched first."""
    return session.scalars(
        select(Trial)
        .where(Trial.key == key)
        .options(joinedload(Trial.started_by))
        .order_by(Trial.moved_at.desc())
        .limit(100)
    ).all()


def trial_of_id(session: Session, trial_id: UUID) -> Trial:
    """One trial. Refuses NotFound."""
    found = session.scalar(
        select(Trial).where(Trial.id == trial_id).options(joinedload(Trial.started_by))
    )
    if found is None:
        raise NotFound
    return found
