"""What happens to a draft of a dossier type: it comes in, is examined, and is published or set aside."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.versions import (
    VersionOvertaken,
    latest_number,
    may_administer,
    publish,
    version_of_content,
    write_down,
)
from app.catalogue.archive import read_archive
from app.catalogue.examination import report_from
from app.catalogue.pack import load_pack
from app.catalogue.uploaded import Uploaded
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound, Refusal
from app.domain.versions import DraftKind, DraftStatus, TypeEventKind
from app.models.process import ProcessDefinition
from app.models.versions import PackDraft, TypeEvent


class DraftClosed(Refusal):
    """The draft was published or set aside in the meantime."""

    sentence = "Ce brouillon a déjà été publié ou écarté."


class DraftNotSound(Refusal):
    """The draft still has problems, or was not examined."""

    sentence = (
        "Ce brouillon ne peut pas être publié\u00a0: il faut une vérification sans problème et des "
        "scénarios qui finissent comme prévu."
    )


class NoteMissing(Refusal):
    """Nobody said what the version changes."""

    sentence = "Écrivez en une phrase ce qui change\u00a0: c’est ce que liront vos collègues."


class ContentKnown(Refusal):
    """The same content was published before."""

    sentence = (
        "Ce contenu est exactement celui de la version {version}. Pour y revenir, retirez les "
        "versions suivantes."
    )


def keep_draft(session: Session, actor: Actor, sent: Uploaded, *, now: datetime) -> PackDraft:
    """Store what was uploaded. A lone diagram is examined already."""
    may_administer(actor)
    if actor.person_id is None:
        raise NotAllowed
    draft = PackDraft(
        id=uuid4(),
        kind=sent.kind,
        status=DraftStatus.EXAMINED if sent.kind is DraftKind.DRAWING else DraftStatus.WAITING,
        key=sent.key,
        title=sent.title,
        filename=sent.filename,
        content=sent.content,
        digest=sent.digest,
        uploaded_at=now,
        uploaded_by_id=actor.person_id,
        examined_at=now if sent.report is not None else None,
        report=sent.report,
        definition_id=None,
    )
    session.add(draft)
    session.flush()
    _tell(session, actor, draft, TypeEventKind.UPLOADED, now=now)
    return draft


def keep_report(
    session: Session, actor: Actor, draft_id: UUID, report: dict[str, Any], *, now: datetime
) -> None:
    """Keep what the examination found. Refuses DraftClosed."""
    may_administer(actor)
    draft = _open_draft(session, draft_id)
    draft.report, draft.examined_at, draft.status = report, now, DraftStatus.EXAMINED


def discard(session: Session, actor: Actor, draft_id: UUID, *, now: datetime) -> None:
    """Set a draft aside; its content is kept. Refuses DraftClosed."""
    may_administer(actor)
    draft = _open_draft(session, draft_id)
    draft.status = DraftStatus.DISCARDED
    _tell(session, actor, draft, TypeEventKind.DISCARDED, now=now)


def publish_draft(
    session: Session,
    actor: Actor,
    draft_id: UUID,
    *,
    note: str,
    seen: int | None,
    now: datetime,
) -> ProcessDefinition:
    """Make the draft the version new dossiers follow.

    `seen` is the latest version its author compared it with. Refuses DraftClosed, DraftNotSound,
    NoteMissing, ContentKnown, VersionOvertaken.
    """
    may_administer(actor)
    draft = _open_draft(session, draft_id)
    if draft.kind is not DraftKind.PACK or draft.report is None:
        raise DraftNotSound
    if not report_from(draft.report).is_sound:
        raise DraftNotSound
    if not note.strip():
        raise NoteMissing
    known = version_of_content(session, draft.key, draft.digest)
    if known is not None:
        raise ContentKnown(version=known.version)
    if latest_number(session, draft.key) != seen:
        raise VersionOvertaken
    pack = load_pack(read_archive(draft.content))
    made = publish(session, pack, by=actor, now=now, note=note.strip())
    draft.status, draft.definition_id = DraftStatus.PUBLISHED, made.id
    return made


def _open_draft(session: Session, draft_id: UUID) -> PackDraft:
    draft = session.scalar(select(PackDraft).where(PackDraft.id == draft_id).with_for_update())
    if draft is None:
        raise NotFound
    if draft.status in {DraftStatus.PUBLISHED, DraftStatus.DISCARDED}:
        raise DraftClosed
    return draft


def _tell(
    session: Session, actor: Actor, draft: PackDraft, kind: TypeEventKind, *, now: datetime
) -> None:
    event = TypeEvent(kind=kind, version=None, draft_id=draft.id, note=draft.filename)
    write_down(session, event, key=draft.key, by=actor, now=now)
