"""How does a dossier open another one? In a transaction of its own, once, filed at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.filing import copy_facts, next_reference, organisation_facts, search_text
from app.actions.journal import Entry
from app.actions.move import begin_new, finish
from app.actions.movement import JobEffect
from app.catalogue.published import DossierType
from app.catalogue.values import json_of
from app.domain.actor import SYSTEM
from app.domain.civil import civil_day
from app.domain.errors import Refusal
from app.domain.events import EventKind
from app.domain.status import DossierStatus
from app.engine.values import Value
from app.models.dossier import Dossier
from app.models.job import DossierLink
from app.models.people import Organisation


class SchemeUnknown(Refusal):
    """A dossier is to be opened under a scheme its type does not have."""

    sentence = "Le type « {key} » n’a pas de dispositif « {scheme} »."


@dataclass(frozen=True)
class Wanted:
    """The dossier to open, and the key under which it is opened once."""

    type_key: str
    scheme: str
    title: str
    facts: Mapping[str, Value]
    step: str
    key: str


def open_child(
    session: Session,
    console: Console,
    parent_id: UUID,
    wanted: Wanted,
    effects: Mapping[str, JobEffect],
    *,
    now: datetime,
) -> str:
    """The reference of the child; the same one however often it is asked for under that key.

    Only the child is held: the parent is read. Refuses TypeUnknown, SchemeUnknown.
    """
    known = session.scalar(
        select(Dossier.reference)
        .join(DossierLink, DossierLink.child_id == Dossier.id)
        .where(DossierLink.key == wanted.key)
    )
    if known is not None:
        return known
    parent = session.get_one(Dossier, parent_id)
    child = _child(session, console, parent, wanted, now=now)
    move = begin_new(session, console, SYSTEM, child, now=now)
    session.add(
        DossierLink(
            child_id=child.id,
            parent_id=parent_id,
            key=wanted.key,
            step=wanted.step,
            opened_at=now,
        )
    )
    body = {"reference": child.reference, "parent": parent.reference}
    finish(move, Entry(EventKind.CHILD_OPENED, body=body), effects)
    return str(child.reference)


def _child(
    session: Session, console: Console, parent: Dossier, wanted: Wanted, *, now: datetime
) -> Dossier:
    type_ = console.types.latest(session, wanted.type_key)
    pack = type_.pack
    if wanted.scheme not in {one.code for one in pack.schemes}:
        raise SchemeUnknown(key=wanted.type_key, scheme=wanted.scheme)
    organisation = session.get_one(Organisation, parent.organisation_id)
    phase = pack.phases[0].key
    child = Dossier(
        id=uuid4(),
        reference=next_reference(session, pack.reference, now),
        type_key=wanted.type_key,
        definition_id=type_.definition_id,
        scheme=wanted.scheme,
        organisation_id=parent.organisation_id,
        title="",
        status=DossierStatus.FILED,
        phase=phase,
        phase_dates={phase: civil_day(now).isoformat()},
        status_since=now,
        officer_id=None,
        created_by_id=parent.created_by_id,
        created_at=now,
        filed_at=now,
        facts={
            **organisation_facts(organisation),
            **_facts(type_, wanted.facts),
            "scheme": wanted.scheme,
        },
        calculation=None,
        search_text="",
    )
    copy_facts(child, wanted.title)
    child.search_text = search_text(child, organisation)
    session.add(child)
    session.flush()
    return child


def _facts(type_: DossierType, given: Mapping[str, Value]) -> dict[str, object]:
    """The facts the parent gives, as the child's type keeps them; a fact it does not know is text."""
    known = type_.pack.known_facts
    return {
        name: json_of(known[name].type if name in known else "text", value)
        for name, value in given.items()
    }
