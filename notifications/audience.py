"""Who receives a mail? The people behind « applicant », « officer », « assignee », « role:head »."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.models.dossier import Dossier
from app.models.people import MemberRole, Membership, Organisation, Person, PersonRole
from app.models.task import Task
from notifications.emails import Recipient

#: A whole role is written to only inside the house: never every applicant of every commune.
_STAFF = frozenset(role.value for role in Role if role is not Role.APPLICANT)
_WRITERS = (MemberRole.MANAGER, MemberRole.CONTRIBUTOR)


class UnknownAudience(ValueError):
    """A manifest or a ladder names an audience nobody knows."""


def audience(
    session: Session, to: str, dossier: Dossier, tasks: Sequence[Task] = ()
) -> list[Recipient]:
    """The people a mail goes to, each once, in a stable order.

    `to` is `applicant`, `owner`, `officer`, `assignee` (of these tasks, else the persons of
    their role) or `role:<role>`.
    """
    kind, _, role = to.partition(":")
    if kind == "role" and role in _STAFF:
        return _holders(session, Role(role))
    find = _AUDIENCES.get(to)
    if find is None:
        raise UnknownAudience(to)
    return _once(find(session, dossier, tasks))


def _applicant(session: Session, dossier: Dossier, _tasks: Sequence[Task]) -> list[Recipient]:
    """Those who file for the organisation; its own address when nobody has an account."""
    people = session.scalars(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == dossier.organisation_id,
            Membership.role.in_(_WRITERS),
            Person.is_active,
        )
        .order_by(Person.name, Person.id)
    ).all()
    if people:
        return [Recipient(person_id) for person_id in people]
    organisation = session.get(Organisation, dossier.organisation_id)
    address = organisation.email if organisation else None
    return [Recipient(address=address)] if address else []


def _owner(session: Session, dossier: Dossier, tasks: Sequence[Task]) -> list[Recipient]:
    found = _active(session, dossier.created_by_id)
    return found or _applicant(session, dossier, tasks)


def _officer(session: Session, dossier: Dossier, _tasks: Sequence[Task]) -> list[Recipient]:
    """The dossier's officer; every officer as long as nobody took it."""
    found = _active(session, dossier.officer_id)
    return found or _holders(session, Role.OFFICER)


def _assignee(session: Session, dossier: Dossier, tasks: Sequence[Task]) -> list[Recipient]:
    found: list[Recipient] = []
    for task in tasks:
        if task.role is Role.APPLICANT:
            found += _applicant(session, dossier, tasks)
        elif task.is_personal:
            found += _active(session, task.assignee_id)
        else:
            found += _active(session, task.assignee_id) or _holders(session, task.role)
    return found


def _active(session: Session, person_id: UUID | None) -> list[Recipient]:
    person = session.get(Person, person_id) if person_id else None
    return [Recipient(person.id)] if person is not None and person.is_active else []


def _holders(session: Session, role: Role) -> list[Recipient]:
    people = session.scalars(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == role, Person.is_active)
        .order_by(Person.name, Person.id)
    )
    return [Recipient(person_id) for person_id in people]


def _once(found: Sequence[Recipient]) -> list[Recipient]:
    return list(dict.fromkeys(found))


_AUDIENCES: dict[str, Callable[[Session, Dossier, Sequence[Task]], list[Recipient]]] = {
    "applicant": _applicant,
    "owner": _owner,
    "officer": _officer,
    "assignee": _assignee,
}
#: Every audience a manifest or a ladder may name.
AUDIENCES = (*_AUDIENCES, *(f"role:{role}" for role in sorted(_STAFF)))
