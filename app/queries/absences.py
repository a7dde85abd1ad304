"""Who is away, and who stands in for them on that day?"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.models.mailing import Absence
from app.models.people import Person

#: How many times a substitute who is away is followed by theirs.
_HOPS = 3
_NAMED = (
    select(Absence.person_id, Absence.substitute_id)
    .join(Person, Person.id == Absence.substitute_id)
    .where(
        Absence.first_on <= bindparam("on"),
        Absence.last_on >= bindparam("on"),
        Absence.cancelled_at.is_(None),
        Person.is_active,
    )
    .order_by(Absence.created_at)
)


def substitutes(session: Session, *, on: date) -> Mapping[UUID, UUID]:
    """Who is away that day → who stands in, the substitutes' own absences followed.

    Nobody stands in when the chain comes back to its beginning, or the substitute's account is
    closed: the person keeps their mails.
    """
    named: dict[UUID, UUID] = {row[0]: row[1] for row in session.execute(_NAMED, {"on": on})}
    found = {person: _end_of_chain(named, person) for person in named}
    return {person: other for person, other in found.items() if other is not None}


def stands_in_for(session: Session, person_id: UUID, *, on: date) -> frozenset[UUID]:
    """The people somebody stands in for that day."""
    found = substitutes(session, on=on)
    return frozenset(person for person, other in found.items() if other == person_id)


def absences_of(session: Session, person_id: UUID, *, since: date) -> Sequence[Absence]:
    """One's own absences that are not over, the next one first."""
    return session.scalars(
        select(Absence)
        .where(
            Absence.person_id == person_id,
            Absence.last_on >= since,
            Absence.cancelled_at.is_(None),
        )
        .order_by(Absence.first_on)
    ).all()


def _end_of_chain(named: Mapping[UUID, UUID], person: UUID) -> UUID | None:
    found = named[person]
    for _ in range(_HOPS):
        if found not in named or found == person:
            break
        found = named[found]
    return None if found == person or found in named else found
