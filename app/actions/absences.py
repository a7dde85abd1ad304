"""How does somebody of the service name who stands in for them while they are away?"""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound, Refusal
from app.domain.permissions import Permission
from app.models.mailing import Absence
from app.models.people import Person

_LONGEST = timedelta(days=366)


class AbsenceReversed(Refusal):
    """The last day comes before the first, or is over."""

    sentence = "Le dernier jour d’absence doit suivre le premier, et ne pas être passé."


class AbsenceTooLong(Refusal):
    """More than a year: the tasks should be given to somebody else."""

    sentence = "Une absence dure un an au plus : au-delà, réattribuez les tâches."


class AbsencesOverlap(Refusal):
    """Two substitutes for one day."""

    sentence = "Une autre absence couvre déjà une partie de ces jours : annulez-la d’abord."


class NotASubstitute(Refusal):
    """The substitute must be able to do the tasks."""

    sentence = (
        "{name} n’a aucun de vos rôles : choisissez une personne qui peut faire vos tâches."
    )


def declare(
    session: Session,
    actor: Actor,
    substitute_id: UUID,
    *,
    first_on: date,
    last_on: date,
    now: datetime,
    today: date,
) -> UUID:
    """Say that one is away, both days included, and who stands in.

    Refuses NotAllowed, NotASubstitute, AbsenceReversed, AbsenceTooLong, AbsencesOverlap.
    """
    if actor.person_id is None or not actor.may(Permission.WORK_TASKS):
        raise NotAllowed
    if last_on < first_on or last_on < today:
        raise AbsenceReversed
    if last_on - first_on > _LONGEST:
        raise AbsenceTooLong
    # One person's absences are written one after the other.
    session.get_one(Person, actor.person_id, with_for_update=True)
    _check_substitute(session, actor, substitute_id)
    overlapping = select(Absence.id).where(
        Absence.person_id == actor.person_id,
        Absence.cancelled_at.is_(None),
        Absence.first_on <= last_on,
        Absence.last_on >= first_on,
    )
    if session.scalar(overlapping.limit(1)) is not None:
        raise AbsencesOverlap
    absence = Absence(
        id=uuid4(),
        person_id=actor.person_id,
        substitute_id=substitute_id,
        first_on=first_on,
        last_on=last_on,
        created_at=now,
    )
    session.add(absence)
    return absence.id


def cancel(session: Session, actor: Actor, absence_id: UUID, *, now: datetime) -> None:
    """Come back: the substitute is written to no more."""
    absence = session.get(Absence, absence_id)
    if absence is None or absence.person_id != actor.person_id:
        raise NotFound
    if absence.cancelled_at is None:
        absence.cancelled_at = now


def _check_substitute(session: Session, actor: Actor, substitute_id: UUID) -> None:
    person = session.get(Person, substitute_id)
    if person is None or not person.is_active or person.id == actor.person_id:
        raise NotFound
    if not {one.role for one in person.roles} & actor.roles:
        raise NotASubstitute(name=person.name)
