"""What may the automatic steps of any type do within the database? Mails, status, facts, other dossiers."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.actions.effects.told import inputs_of
from app.actions.kin import Child, children_of
from app.actions.listening import dossier_of, dossiers_waiting, send_to
from app.actions.movement import Move, NotYet, Variables
from app.catalogue.service_inputs import Inputs, family, text_input
from app.catalogue.values import json_of
from app.domain.errors import Refusal
from app.domain.status import DossierStatus
from app.engine.run import OpenJob
from app.engine.values import Value
from app.models.job import DossierLink


class NoSuchDossier(Refusal):
    """A message is sent to a dossier that does not exist."""

    sentence = "Aucun dossier n’attend le message « {message} » sous « {to} »."


def send_mail(move: Move, job: OpenJob) -> Variables:
    """The journal entry of this movement calls for the mail; it leaves by the outbox."""
    mails = [*move.notes.get("mails", ()), text_input(inputs_of(move, job), "mail")]
    move.notes["mails"] = mails
    return {}


def set_status(move: Move, job: OpenJob) -> Variables:
    """The dossier has that status from this step on."""
    move.statuses[job.step] = DossierStatus(text_input(inputs_of(move, job), "status"))
    return {}


def set_fact(move: Move, job: OpenJob) -> Variables:
    """A fact of the dossier has that value from now on."""
    told = inputs_of(move, job)
    name = text_input(told, "fact")
    kind = move.type.pack.known_facts[name].type
    move.dossier.facts = {**move.dossier.facts, name: json_of(kind, _value(told, "value"))}
    return {}


def wait_for_children(move: Move, job: OpenJob) -> Variables:
    """All, or any, of the dossiers this one opened have ended, or reached a status.

    NotYet while some may still get there; a child that ended elsewhere is not waited for.
    """
    told = inputs_of(move, job)
    children = children_of(move.session, move.dossier.id)
    wanted = text_input(told, "status")
    reached = [one for one in children if _has_reached(one, wanted)]
    enough = 1 if text_input(told, "which", "all") == "any" else len(children)
    if len(reached) < enough and not all(_is_settled(one, wanted) for one in children):
        raise NotYet
    return {"children_total": len(children), "children_reached": len(reached)}


def _has_reached(child: Child, wanted: str) -> bool:
    return child.status.value == wanted if wanted else child.is_over


def _is_settled(child: Child, wanted: str) -> bool:
    return child.is_over or _has_reached(child, wanted)


def send_message(move: Move, job: OpenJob) -> Variables:
    """Leave a message to other dossiers; each receives it in a transaction of its own, once.

    Refuses NoSuchDossier.
    """
    told = inputs_of(move, job)
    name = text_input(told, "message")
    to, key = text_input(told, "to"), text_input(told, "key")
    found = list(_addressed(move, name, to, key))
    if not found:
        raise NoSuchDossier(message=name, to=key or to)
    payload = {one: json_of("text", value) for one, value in family(told, "body.").items()}
    for dossier_id in found:
        send_to(
            move.session,
            dossier_id,
            name,
            payload,
            key=f"message:{move.dossier.id.hex}:{job.token}:{dossier_id.hex}",
            now=move.now,
        )
    return {"message_sent_to": len(found)}


def _addressed(move: Move, name: str, to: str, key: str) -> Iterable[UUID]:
    if key:
        return dossiers_waiting(move.session, name, key)
    if to == "children":
        return [one.id for one in children_of(move.session, move.dossier.id)]
    if to == "parent":
        return move.session.scalars(
            select(DossierLink.parent_id).where(DossierLink.child_id == move.dossier.id)
        ).all()
    found = dossier_of(move.session, to)
    return [] if found is None else [found]


def _value(told: Inputs, name: str) -> Value:
    value = told.get(name)
    return value if not hasattr(value, "cents") else None
