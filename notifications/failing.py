"""Who corrects an address that takes no mail, and what leaves then? The officer, and what was meant for it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.errors import NotAllowed, NotFound, Refusal
from app.domain.permissions import Permission
from app.domain.status import MailStatus
from app.models.dossier import Dossier
from app.models.mailing import FailingAddress
from app.models.outbox import Mail
from app.models.people import Organisation, Person
from app.models.process import Incident
from notifications.bounces import FAILING, INCIDENT, REFUSED
from notifications.message import BadHeader, check_address
from notifications.resend import plan_again

_LOG = logging.getLogger("liasse.security")


class AddressUnusable(Refusal):
    """No mail can be sent to what was typed."""

    sentence = "«\u00a0{address}\u00a0» n’est pas une adresse de courriel."


class AddressOfAnother(Refusal):
    """Another account has that address: two people would be one."""

    sentence = "L’adresse {address} est celle d’un autre compte."


class AlreadyCorrected(Refusal):
    """Somebody was quicker."""

    sentence = "Cette adresse a déjà été corrigée par {by}."


@dataclass(frozen=True)
class Case:
    """One failing address, as the service sees it."""

    failing: FailingAddress
    #: « la mairie de Commercy », « Anne Colin ».
    whose: str
    reference: str | None
    is_account: bool
    #: Mails that did not arrive or wait for the correction.
    waiting: int


def cases(session: Session, actor: Actor, *, dossier_id: UUID | None = None) -> Sequence[Case]:
    """The addresses to correct that the actor may correct, the oldest first.

    The administrator sees all; the others those of dossiers they examine or nobody does.
    """
    statement = select(FailingAddress).where(FailingAddress.cleared_at.is_(None))
    if dossier_id is not None:
        statement = statement.where(_of_dossier(session, dossier_id))
    elif not actor.may(Permission.ADMINISTER):
        mine = select(Dossier.id).where(
            or_(
                Dossier.officer_id.in_({actor.person_id, *actor.stands_in_for}),
                Dossier.officer_id.is_(None),
            )
        )
        statement = statement.where(FailingAddress.dossier_id.in_(mine))
    if not _may(actor):
        return []
    found = session.scalars(statement.order_by(FailingAddress.since)).all()
    return [_case(session, one) for one in found]


def case(session: Session, actor: Actor, failing_id: UUID) -> Case:
    """One of them. Refuses NotFound, NotAllowed, AlreadyCorrected."""
    return _case(session, _standing(session, actor, failing_id))


def correct(
    session: Session,
    actor: Actor,
    failing_id: UUID,
    address: str,
    *,
    resend: bool,
    domain: str,
    now: datetime,
) -> int:
    """Write the right address, or the same one to try again; how many mails leave now.

    Refuses AddressUnusable, AddressOfAnother, AlreadyCorrected, NotAllowed.
    """
    failing = _standing(session, actor, failing_id, lock=True)
    typed = address.strip()
    try:
        check_address(typed)
    except BadHeader:
        raise AddressUnusable(address=typed[:200]) from None
    if typed.lower() != failing.address:
        _replace(session, actor, failing, typed)
    failing.cleared_at, failing.cleared_by = now, actor.name
    _resolve(session, actor, failing, now=now)
    return _leave(session, failing, domain=domain, now=now) if resend else 0


def _may(actor: Actor) -> bool:
    return actor.may(Permission.ADMINISTER) or actor.may(Permission.REVIEW_DOCUMENTS)


def _standing(
    session: Session, actor: Actor, failing_id: UUID, *, lock: bool = False
) -> FailingAddress:
    if not _may(actor):
        raise NotAllowed
    failing = session.get(FailingAddress, failing_id, with_for_update=True if lock else None)
    if failing is None:
        raise NotFound
    if failing.cleared_at is not None:
        raise AlreadyCorrected(by=failing.cleared_by or "")
    return failing


def _replace(session: Session, actor: Actor, failing: FailingAddress, address: str) -> None:
    """The account's address, or the organisation's; an account of the service is the administrator's."""
    if failing.person_id is not None:
        person = session.get_one(Person, failing.person_id, with_for_update=True)
        if person.roles and not person.memberships and not actor.may(Permission.ADMINISTER):
            raise NotAllowed
        other = session.scalar(
            select(Person.id).where(
                func.lower(Person.email) == address.lower(), Person.id != person.id
            )
        )
        if other is not None:
            raise AddressOfAnother(address=address)
        _LOG.warning("address of account %s corrected by %s", person.id, actor.person_id)
        person.email = address
        return
    organisation_id = failing.organisation_id
    if organisation_id is not None:
        session.get_one(Organisation, organisation_id, with_for_update=True).email = address
    session.execute(
        update(Mail)
        .where(func.lower(Mail.address) == failing.address, Mail.status == MailStatus.FAILED)
        .values(address=address)
    )


def _leave(session: Session, failing: FailingAddress, *, domain: str, now: datetime) -> int:
    """What waited leaves; what came back leaves once more, to the address of today."""
    stuck = session.scalars(select(Mail).where(_missed(failing))).all()
    for mail in stuck:
        if mail.status is MailStatus.FAILED:
            mail.status, mail.next_at, mail.attempts = MailStatus.PENDING, now, 0
            continue
        again = plan_again(session, mail, domain=domain, now=now)
        if mail.address is not None:
            again.address = _address_now(session, failing, mail.address)
    return len(stuck)


def _address_now(session: Session, failing: FailingAddress, address: str) -> str:
    if failing.organisation_id is None:
        return address
    return session.get_one(Organisation, failing.organisation_id).email or address


def _missed(failing: FailingAddress) -> ColumnElement[bool]:
    """Came back since, or waits for the correction; each sent again once only."""
    theirs = (
        Mail.person_id == failing.person_id
        if failing.person_id is not None
        else func.lower(Mail.address) == failing.address
    )
    came_back = (Mail.status == MailStatus.BOUNCED) & (Mail.bounced_at >= failing.since)
    waits = (Mail.status == MailStatus.FAILED) & or_(
        Mail.last_error == FAILING, Mail.last_error.startswith(REFUSED)
    )
    return theirs & (came_back | waits)


def _resolve(session: Session, actor: Actor, failing: FailingAddress, *, now: datetime) -> None:
    session.execute(
        update(Incident)
        .where(
            Incident.kind.in_((INCIDENT, "mail")),
            Incident.dossier_id == failing.dossier_id,
            Incident.resolved_at.is_(None),
            or_(
                Incident.cause.contains(failing.address, autoescape=True),
                Incident.cause.contains(failing.why[:60], autoescape=True),
            ),
        )
        .values(resolved_at=now, resolved_by=actor.name)
    )


def _case(session: Session, failing: FailingAddress) -> Case:
    dossier = session.get(Dossier, failing.dossier_id) if failing.dossier_id else None
    person = session.get(Person, failing.person_id) if failing.person_id else None
    organisation = dossier.organisation.name if dossier else ""
    waiting = session.scalar(select(func.count()).select_from(Mail).where(_missed(failing)))
    return Case(
        failing=failing,
        whose=person.name if person else organisation or failing.address,
        reference=dossier.reference if dossier else None,
        is_account=person is not None,
        waiting=waiting or 0,
    )


def _of_dossier(session: Session, dossier_id: UUID) -> ColumnElement[bool]:
    """Those of the dossier's applicant, whichever dossier the mail was about."""
    dossier = session.get_one(Dossier, dossier_id)
    return or_(
        FailingAddress.dossier_id == dossier_id,
        FailingAddress.organisation_id == dossier.organisation_id,
    )
