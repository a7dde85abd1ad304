"""Who receives a mail, and why? The people behind « applicant », « officer », « role:head »…

Somebody of the service who is away is written to through their substitute.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.audience import AUDIENCES, SUPERIORS, Because
from app.domain.permissions import Role
from app.models.dossier import Dossier
from app.models.people import MemberRole, Membership, Organisation, Person, PersonRole
from app.models.task import Task
from app.queries.absences import substitutes
from notifications.emails import Recipient

__all__ = ["AUDIENCES", "UnknownAudience", "audience"]
_WRITERS = (MemberRole.MANAGER, MemberRole.CONTRIBUTOR)
# Built once: a reminder asks several of them, and a morning has thousands of reminders.
_MEMBERS = (
    select(Person.id)
    .join(Membership, Membership.person_id == Person.id)
    .where(
        Membership.organisation_id == bindparam("organisation_id"),
        Membership.role.in_(_WRITERS),
        Person.is_active,
    )
    .order_by(Person.name, Person.id)
)
_HOLDERS = (
    select(Person.id)
    .join(PersonRole, PersonRole.person_id == Person.id)
    .where(PersonRole.role == bindparam("role"), Person.is_active)
    .order_by(Person.name, Person.id)
)
_IS_ACTIVE = select(Person.is_active).where(Person.id == bindparam("person_id"))


class UnknownAudience(ValueError):
    """A manifest or a ladder names an audience nobody knows."""


@dataclass(frozen=True)
class _Asked:
    """What is known when an audience is looked for."""

    session: Session
    dossier: Dossier
    tasks: Sequence[Task]
    #: Who is away → who stands in.
    away: Mapping[UUID, UUID]


def audience(
    session: Session,
    to: str | Iterable[str],
    dossier: Dossier,
    tasks: Sequence[Task] = (),
    *,
    on: date,
) -> list[Recipient]:
    """The people a mail goes to on that day, each once, in a stable order.

    `to` is one audience or several (app/domain/audience.py). Refuses UnknownAudience.
    """
    asked = _Asked(session, dossier, tasks, substitutes(session, on=on))
    names = [to] if isinstance(to, str) else to
    return list(dict.fromkeys(one for name in names for one in _found(asked, name)))


def _found(asked: _Asked, name: str) -> list[Recipient]:
    if name not in AUDIENCES:
        raise UnknownAudience(name)
    kind, _, role = name.partition(":")
    if kind == "role":
        return _holders(asked, Role(role), Because.ROLE)
    return _FIND[name](asked)


def _applicant(asked: _Asked) -> list[Recipient]:
    """Those who file for the organisation; its own address when nobody has an account."""
    named = {"organisation_id": asked.dossier.organisation_id}
    people = asked.session.scalars(_MEMBERS, named).all()
    if people:
        return [Recipient(person_id, because=Because.APPLICANT) for person_id in people]
    return _organisation(asked)


def _organisation(asked: _Asked) -> list[Recipient]:
    """The organisation's own address."""
    organisation = asked.session.get(Organisation, asked.dossier.organisation_id)
    address = organisation.email if organisation else None
    return [Recipient(address=address, because=Because.ADDRESS)] if address else []


def _owner(asked: _Asked) -> list[Recipient]:
    return _one(asked, asked.dossier.created_by_id, Because.OWNER) or _applicant(asked)


def _officer(asked: _Asked) -> list[Recipient]:
    """The dossier's officer; every officer as long as nobody took it."""
    found = _one(asked, asked.dossier.officer_id, Because.OFFICER)
    return found or _holders(asked, Role.OFFICER, Because.UNASSIGNED)


def _assignee(asked: _Asked) -> list[Recipient]:
    found: list[Recipient] = []
    for task in asked.tasks:
        if task.role is Role.APPLICANT:
            found += _applicant(asked)
        elif task.is_personal:
            found += _one(asked, task.assignee_id, Because.ASKED)
        else:
            found += _one(asked, task.assignee_id, Because.ASSIGNEE) or _holders(
                asked, task.role, Because.ROLE
            )
    return found


def _substitute(asked: _Asked) -> list[Recipient]:
    """Who stands in for the assignees that are away; nobody when all are there."""
    return [one for one in _assignee(asked) if one.because is Because.SUBSTITUTE]


def _superior(asked: _Asked) -> list[Recipient]:
    """One level above the people of these tasks; the officer answers for what is outside."""
    found: list[Recipient] = []
    for task in asked.tasks:
        above = SUPERIORS.get(task.role, Role.OFFICER)
        if above is Role.OFFICER:
            found += _officer(asked)
        else:
            found += _holders(asked, above, Because.SUPERIOR)
    return found


def _one(asked: _Asked, person_id: UUID | None, because: Because) -> list[Recipient]:
    if person_id is None or not asked.session.scalar(_IS_ACTIVE, {"person_id": person_id}):
        return []
    return [_or_substitute(asked, Recipient(person_id, because=because))]


def _holders(asked: _Asked, role: Role, because: Because) -> list[Recipient]:
    people = asked.session.scalars(_HOLDERS, {"role": role}).all()
    there = [one for one in people if one not in asked.away]
    away = [one for one in people if one in asked.away]
    # Those who are there come first: a colleague is written to in their own name.
    return [
        _or_substitute(asked, Recipient(person_id, because=because))
        for person_id in [*there, *away]
    ]


def _or_substitute(asked: _Asked, found: Recipient) -> Recipient:
    """The substitute when the person is away."""
    person_id = found.person_id
    other = asked.away.get(person_id) if person_id else None
    if other is None:
        return found
    return replace(found, person_id=other, because=Because.SUBSTITUTE, for_id=person_id)


_FIND: dict[str, Callable[[_Asked], list[Recipient]]] = {
    "applicant": _applicant,
    "organisation": _organisation,
    "owner": _owner,
    "officer": _officer,
    "assignee": _assignee,
    "substitute": _substitute,
    "superior": _superior,
}
