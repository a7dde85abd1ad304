"""How does a request begin and end by its applicant's will? Draft, filing, withdrawal, extension."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.actions import documents, pieces
from app.actions.asking import ask
from app.actions.console import Console
from app.actions.effects.registry import JOBS
from app.actions.filing import copy_facts, next_reference, organisation_facts, search_text
from app.actions.journal import Entry
from app.actions.move import begin_new, finish
from app.actions.tasks import keep_draft
from app.catalogue.contract import Scheme
from app.catalogue.forms import Submission
from app.domain.actor import Actor
from app.domain.civil import civil_day
from app.domain.errors import (
    AlreadyFiled,
    NotAllowed,
    NotFound,
)
from app.domain.events import EventKind
from app.domain.status import DossierStatus
from app.models.dossier import Answer, Dossier, Draft
from app.models.people import Organisation

WITHDRAWAL = "withdrawal"
EXTENSION = "extension_request"


@dataclass(frozen=True)
class Filed:
    """What a filing answers: the reference to keep."""

    dossier_id: UUID
    reference: str
    filed_at: datetime


def open_draft(
    session: Session,
    console: Console,
    actor: Actor,
    *,
    type_key: str,
    scheme: str,
    organisation_id: UUID,
    now: datetime,
) -> Dossier:
    """Begin a request for one of the actor's organisations, under the latest version.

    Refuses NotAllowed for another's organisation, NotFound for an unknown scheme.
    """
    if organisation_id not in actor.writable_ids or actor.person_id is None:
        raise NotAllowed
    type_ = console.types.latest(session, type_key)
    if scheme not in {one.code for one in type_.pack.schemes}:
        raise NotFound
    dossier = Dossier(
        id=uuid4(),
        reference=None,
        type_key=type_key,
        definition_id=type_.definition_id,
        scheme=scheme,
        organisation_id=organisation_id,
        title="",
        status=DossierStatus.DRAFT,
        phase=type_.pack.phases[0].key,
        phase_dates={},
        status_since=now,
        officer_id=None,
        created_by_id=actor.person_id,
        created_at=now,
        facts={"scheme": scheme},
        calculation=None,
        search_text="",
    )
    session.add(dossier)
    session.flush()
    return dossier


def save_draft(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    data: Mapping[str, Any],
    *,
    now: datetime,
) -> datetime:
    """Keep the filing form as typed; shared by the people of the organisation."""
    dossier = _draft(session, actor, dossier_id)
    step = console.types.get(session, dossier.definition_id).pack.filing_step
    keep_draft(session, dossier_id, step, dossier.created_by_id, data, now=now)
    title = data.get("title")
    if isinstance(title, list) and title and isinstance(title[0], str):
        dossier.title = title[0].strip()[:200]
    return now


def drop_draft(session: Session, actor: Actor, dossier_id: UUID) -> None:
    """Throw a draft away, with its pieces; the bytes leave with the next sweep of the storage."""
    dossier = _draft(session, actor, dossier_id)
    documents.drop_all(session, dossier_id)
    session.execute(delete(Draft).where(Draft.dossier_id == dossier_id))
    session.delete(dossier)


def file_request(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    submission: Submission,
    *,
    now: datetime,
) -> Filed:
    """File a draft: it gets its reference, its process starts, the receipt is planned.

    Refuses MissingPieces (with their titles), AlreadyFiled (with the reference), NotAllowed.
    """
    dossier = _draft(session, actor, dossier_id)
    type_ = console.types.get(session, dossier.definition_id)
    organisation = session.get_one(Organisation, dossier.organisation_id)
    dossier.facts = {
        **dossier.facts,
        **organisation_facts(organisation),
        **submission.facts,
        "scheme": dossier.scheme,
    }
    pieces.check_filing_pieces(session, type_.pack, dossier)
    dossier.reference = next_reference(session, type_.pack.reference, now)
    dossier.filed_at = now
    dossier.status = DossierStatus.FILED  # until a step of its procedure says better
    dossier.status_since = now
    copy_facts(dossier, submission.answers.get("title"))
    dossier.search_text = search_text(dossier, organisation)
    dossier.phase_dates = {dossier.phase: civil_day(now).isoformat()}
    _keep_answers(session, actor, dossier, type_.pack.filing_step, submission, now=now)
    move = begin_new(session, console, actor, dossier, now=now)
    entry = Entry(
        EventKind.FILED,
        step=type_.pack.filing_step,
        body={"reference": dossier.reference},
        personal={"actor": actor.name},
    )
    finish(move, entry, JOBS)
    return Filed(dossier.id, dossier.reference, now)


def withdraw(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    *,
    reason: str,
    now: datetime,
) -> None:
    """The applicant takes the request back; possible until the vote. Refuses WithdrawalTooLate."""
    said = Submission({"reason": reason} if reason else {})
    ask(session, console, actor, dossier_id, WITHDRAWAL, said, now=now)


def ask_extension(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    *,
    until: str,
    reason: str,
    now: datetime,
) -> None:
    """The beneficiary asks for more time, before the aid lapses. Refuses ExtensionTooLate."""
    wanted = {"extension_until": until}
    said = Submission({**wanted, "reason": reason}, {**wanted}, {**wanted})
    ask(session, console, actor, dossier_id, EXTENSION, said, now=now)


def scheme_of(console: Console, session: Session, dossier: Dossier) -> Scheme | None:
    """The scheme of a dossier as the public page tells it."""
    pack = console.types.get(session, dossier.definition_id).pack
    return next((one for one in pack.schemes if one.code == dossier.scheme), None)


def _draft(session: Session, actor: Actor, dossier_id: UUID) -> Dossier:
    dossier = session.get(Dossier, dossier_id, with_for_update=True, populate_existing=True)
    if dossier is None or dossier.organisation_id not in actor.organisation_ids:
        raise NotFound
    if dossier.organisation_id not in actor.writable_ids:
        raise NotAllowed
    if dossier.status is not DossierStatus.DRAFT:
        raise AlreadyFiled(reference=dossier.reference)
    return dossier


def _keep_answers(
    session: Session,
    actor: Actor,
    dossier: Dossier,
    step: str,
    submission: Submission,
    *,
    now: datetime,
) -> None:
    session.add(
        Answer(
            dossier_id=dossier.id,
            step=step,
            round=1,
            data=dict(submission.answers),
            by_id=actor.person_id,
            at=now,
        )
    )
    session.execute(delete(Draft).where(Draft.dossier_id == dossier.id, Draft.step == step))
