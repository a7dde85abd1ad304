"""Who is this? People as the doors need them: by address, by session, as an actor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.errors import Refusal
from app.domain.permissions import Role
from app.models.people import MemberRole, Organisation, Person, SignInFailure, WebSession

#: A session ends this long after the last thing its person did (a POST; reading writes nothing).
IDLE = timedelta(hours=2)
_WRITERS = frozenset({MemberRole.MANAGER, MemberRole.CONTRIBUTOR})


class OrganisationUnknown(Refusal):
    """No organisation has that number."""

    sentence = "Aucun organisme n’a le numéro {number}."


@dataclass(frozen=True)
class Credentials:
    """What a password is checked against."""

    person_id: UUID
    name: str
    password_hash: str | None


def person_by_email(session: Session, email: str) -> Person | None:
    """The person of that address, whatever its capitals."""
    return session.scalar(select(Person).where(func.lower(Person.email) == _folded(email)))


def credentials(session: Session, email: str) -> Credentials | None:
    """What to check a password against; None when nobody active has that address."""
    person = person_by_email(session, email)
    if person is None or not person.is_active:
        return None
    return Credentials(person.id, person.name, person.password_hash)


def actor_of(person: Person, stands_in_for: frozenset[UUID] = frozenset()) -> Actor:
    """The person as somebody who acts: roles, organisations, whom they stand in for today."""
    return Actor(
        stands_in_for=stands_in_for,
        person_id=person.id,
        name=person.name,
        roles=frozenset(one.role for one in person.roles),
        organisation_ids=frozenset(one.organisation_id for one in person.memberships),
        writable_ids=frozenset(
            one.organisation_id for one in person.memberships if one.role in _WRITERS
        ),
    )


def token_hash(token: str) -> str:
    """What is kept of a session's token: its SHA-256, hex."""
    return sha256(token.encode("utf-8")).hexdigest()


def open_session(session: Session, token: str, now: datetime) -> WebSession | None:
    """The living session of that token: neither ended, nor idle, nor of a disabled account."""
    found = session.get(WebSession, token_hash(token))
    if found is None or found.expires_at <= now or found.last_write_at + IDLE <= now:
        return None
    return found if found.person.is_active else None


def blocked_until(session: Session, keys: Iterable[str], now: datetime) -> datetime | None:
    """Until when these keys must wait before another sign-in is tried; None when they need not."""
    return session.scalar(
        select(func.max(SignInFailure.blocked_until, type_=SignInFailure.blocked_until.type))
        .where(SignInFailure.key.in_(list(keys)))
        .where(SignInFailure.blocked_until > now)
    )


def demo_people(session: Session) -> Sequence[Person]:
    """The personas of the demo: the staff in the order of the procedure, then the applicants."""
    people = session.scalars(select(Person).where(Person.is_demo, Person.is_active)).all()
    return sorted(people, key=_by_office)


def _by_office(person: Person) -> tuple[int, str]:
    order = [*(role for role in Role if role is not Role.APPLICANT), Role.APPLICANT]
    places = [order.index(one.role) for one in person.roles]
    return min(places, default=len(order)), person.email


def organisation_by_siren(session: Session, number: str) -> Organisation:
    """The organisation of that SIREN or SIRET. Refuses OrganisationUnknown."""
    digits = "".join(number.split())
    found = session.scalars(
        select(Organisation)
        .where(or_(Organisation.siret == digits, Organisation.siren == digits[:9]))
        .order_by((Organisation.siret == digits).desc())
        .limit(1)
    ).first()
    if found is None:
        raise OrganisationUnknown(number=number)
    return found


def _folded(email: str) -> str:
    return email.strip().lower()
