"""How does a version of a dossier type come into service, and leave it? Each time with its line of journal."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app.catalogue.pack import Pack
from app.database import insert_once
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound, Refusal
from app.domain.permissions import Permission
from app.domain.versions import TypeEventKind
from app.models.base import table_of
from app.models.process import ProcessDefinition
from app.models.versions import TypeEvent

_DEFINITIONS = table_of(ProcessDefinition)
NOTE_LONGEST = 2_000


class VersionOvertaken(Refusal):
    """Somebody published another version while this one was being read."""

    sentence = (
        "Une autre version de ce type a été publiée entre-temps. Relisez les différences avec "
        "elle, puis publiez."
    )


class VersionStateUnchanged(Refusal):
    """The version is already in the state that is asked for."""

    sentence = "La version {version} est déjà {state}."


def publish(
    session: Session, pack: Pack, *, by: str | Actor, now: datetime, note: str = ""
) -> ProcessDefinition:
    """Store the pack as the next version of its type; the same content is stored once.

    `by` is a command or a person, `note` says what changes. Refuses VersionOvertaken when two are
    published at the same instant.
    """
    known = version_of_content(session, pack.key, pack.digest)
    if known is not None:
        return known
    row = {
        "id": uuid4(),
        "key": pack.key,
        "version": (latest_number(session, pack.key) or 0) + 1,
        "digest": pack.digest,
        "title": pack.title.fr,
        "archive": pack.archive,
        "published_at": now,
        "published_by": _name(by),
        "note": note[:NOTE_LONGEST],
        "retired_at": None,
    }
    if not insert_once(session, _DEFINITIONS, row):
        raise VersionOvertaken
    made = session.get_one(ProcessDefinition, row["id"])
    event = TypeEvent(kind=TypeEventKind.PUBLISHED, version=made.version, note=made.note)
    write_down(session, event, key=pack.key, by=by, now=now)
    return made


def version_of_content(session: Session, key: str, digest: str) -> ProcessDefinition | None:
    """The version that holds exactly this content, if it was ever published."""
    return session.scalar(
        select(ProcessDefinition).where(
            ProcessDefinition.key == key, ProcessDefinition.digest == digest
        )
    )


def latest_number(session: Session, key: str) -> int | None:
    """The number of the last version published of a type, retired or not; None before the first."""
    return session.scalar(
        select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)
    )


def retire(
    session: Session, actor: Actor, definition_id: UUID, *, note: str, now: datetime
) -> ProcessDefinition:
    """No new dossier follows this version; those that do go on. Refuses VersionStateUnchanged."""
    return _set_service(session, actor, definition_id, note=note, now=now, retires=True)


def restore(
    session: Session, actor: Actor, definition_id: UUID, *, note: str, now: datetime
) -> ProcessDefinition:
    """New dossiers may follow this version again. Refuses VersionStateUnchanged."""
    return _set_service(session, actor, definition_id, note=note, now=now, retires=False)


def _set_service(
    session: Session,
    actor: Actor,
    definition_id: UUID,
    *,
    note: str,
    now: datetime,
    retires: bool,
) -> ProcessDefinition:
    may_administer(actor)
    row = session.get(ProcessDefinition, definition_id)
    if row is None:
        raise NotFound
    stood = ProcessDefinition.retired_at
    changed = session.execute(
        update(ProcessDefinition)
        .where(
            ProcessDefinition.id == row.id, stood.is_(None) if retires else stood.is_not(None)
        )
        .values(retired_at=now if retires else None)
    )
    if not isinstance(changed, CursorResult) or changed.rowcount != 1:
        state = "retirée" if retires else "en service"
        raise VersionStateUnchanged(version=row.version, state=state)
    kind = TypeEventKind.RETIRED if retires else TypeEventKind.RESTORED
    event = TypeEvent(kind=kind, version=row.version, note=note[:NOTE_LONGEST])
    write_down(session, event, key=row.key, by=actor, now=now)
    return row


def may_administer(actor: Actor) -> None:
    """Refuses NotAllowed to whoever does not keep the types of dossiers."""
    if not actor.may(Permission.ADMINISTER):
        raise NotAllowed


def write_down(
    session: Session, event: TypeEvent, *, key: str, by: str | Actor, now: datetime
) -> None:
    """Add a line to the journal of a type."""
    event.id, event.key, event.at, event.by = uuid4(), key, now, _name(by)
    event.by_id = by.person_id if isinstance(by, Actor) else None
    session.add(event)
    session.flush()


def _name(by: str | Actor) -> str:
    return (by.name if isinstance(by, Actor) else by)[:120]
