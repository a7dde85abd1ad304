"""What may people ask of a dossier at any time? The messages its type declares, when it hears them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.effects.events import PLAIN, Event
from app.actions.effects.registry import EVENTS, JOBS
from app.actions.journal import Entry
from app.actions.move import begin, finish, look
from app.actions.movement import Move
from app.catalogue.contract import Message
from app.catalogue.forms import Submission
from app.catalogue.published import DossierType
from app.domain.actor import Actor
from app.domain.errors import DossierSuspended, NotAllowed, NotFound, Refusal
from app.domain.permissions import Role
from app.engine.errors import EngineFault
from app.models.dossier import Answer, Dossier

_NOT_AWAITED = "le dossier ne l’attend pas là où il en est."


class NotHeard(Refusal):
    """The dossier does not wait for that message where it stands."""

    sentence = "« {what} » n’est pas possible maintenant : {why}"


def ask(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    name: str,
    submission: Submission,
    *,
    now: datetime,
) -> None:
    """Send a message of the type to the dossier: its answers, its effect, the engine's step.

    Refuses NotFound for a message the type does not offer, NotAllowed to who may not send it,
    what its effect refuses, and NotHeard when the diagram does not wait for it.
    """
    move = begin(session, console, actor, dossier_id, now=now)
    message = move.type.pack.messages.get(name)
    if message is None or not message.by:
        raise NotFound
    if not may_send(actor, message, move.dossier):
        raise NotAllowed
    event = event_of(message)
    if not event.is_possible(move.dossier):
        raise event.too_late
    if refusal := event.waits(session, move.dossier):
        raise refusal
    if submission.facts:
        move.dossier.facts = {**move.dossier.facts, **submission.facts}
        move.reread()
    is_heard = move.run.receive(name, submission.variables)
    if not is_heard and _must_be_heard(move.type, message):
        raise NotHeard(what=message.form.title, why=str(message.refusal) or _NOT_AWAITED)
    _keep(move, name, submission)
    event.apply(move)
    finish(move, _entry(event, name, actor, submission), JOBS)


def offered(
    session: Session, console: Console, actor: Actor, dossier: Dossier, *, now: datetime
) -> list[Message]:
    """What this person may ask of the dossier now, in the order of the manifest."""
    type_ = console.types.get(session, dossier.definition_id)
    mine = [
        one
        for one in type_.pack.messages.values()
        if may_send(actor, one, dossier)
        and event_of(one).is_possible(dossier)
        and event_of(one).waits(session, dossier) is None
    ]
    if not mine or dossier.filed_at is None:
        return []
    try:
        run = look(session, console, dossier.id, now=now).run
    except (DossierSuspended, EngineFault):
        return []
    awaited = {name for _kind, name in run.awaited()}
    return [one for one in mine if one.name in awaited or not _must_be_heard(type_, one)]


def may_send(actor: Actor, message: Message, dossier: Dossier) -> bool:
    """Has the actor one of the roles that may send it?"""
    if Role.APPLICANT.value in message.by and dossier.organisation_id in actor.writable_ids:
        return True
    staff = {role.value for role in actor.roles} - {Role.APPLICANT.value}
    return bool(staff & set(message.by))


def event_of(message: Message) -> Event:
    """What the message changes besides the process."""
    return EVENTS[message.effect] if message.effect else PLAIN


def _must_be_heard(type_: DossierType, message: Message) -> bool:
    """A message the diagram knows is for the diagram; another one changes facts only."""
    return message.effect is None or message.name in type_.definition.messages


def _keep(move: Move, name: str, submission: Submission) -> None:
    """The answers, in a round of their own."""
    last = move.session.scalar(
        select(func.max(Answer.round)).where(
            Answer.dossier_id == move.dossier.id, Answer.step == name
        )
    )
    if submission.answers and move.actor.person_id is not None:
        move.session.add(
            Answer(
                dossier_id=move.dossier.id,
                step=name,
                round=(last or 0) + 1,
                data=dict(submission.answers),
                by_id=move.actor.person_id,
                at=move.now,
            )
        )


def _entry(event: Event, name: str, actor: Actor, submission: Submission) -> Entry:
    """What the journal says: the answers that are facts of the process, the words apart."""
    personal = {"actor": actor.name}
    reason = submission.answers.get("reason")
    if isinstance(reason, str):
        personal["reason"] = reason
    body = {"message": name, "outcome": submission.variables}
    return Entry(event.kind, step=name, body=body, personal=personal)
