"""How does a committee decide? Session, agenda, votes, and all its decisions at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.console import Console
from app.actions.effects.registry import JOBS
from app.actions.journal import Entry, record
from app.actions.listening import VOTE, send_to
from app.actions.move import begin, finish
from app.actions.movement import Move
from app.domain.actor import Actor
from app.domain.errors import (
    AgendaNotEmpty,
    DossierNotReady,
    DossierSuspended,
    NotAllowed,
    NotFound,
    SessionExists,
    SessionHeld,
    VoteIncomplete,
)
from app.domain.events import EventKind
from app.domain.money import Money
from app.domain.permissions import Permission
from app.domain.status import DossierStatus, SessionStatus, Vote
from app.engine.errors import EngineFault
from app.models.committee import AgendaItem, CommitteeSession
from app.models.dossier import Dossier

DECISION = "committee_decision"
_AMOUNTS = {Vote.GRANTED, Vote.GRANTED_OTHER}


@dataclass(frozen=True)
class Ballot:
    """What was decided on one line of an agenda."""

    vote: Vote
    #: Amount voted, for GRANTED_OTHER; the proposed one otherwise.
    amount: Money | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    abstentions: int | None = None
    not_taking_part: str = ""
    remark: str = ""


def create_session(
    session: Session,
    actor: Actor,
    *,
    body: str,
    held_on: date,
    agenda_closes_on: date,
    place: str,
    now: datetime,
) -> CommitteeSession:
    """Plan a session. Refuses SessionExists when the body already sits that day."""
    _check(actor)
    known = session.scalar(
        select(CommitteeSession.id).where(
            CommitteeSession.body == body, CommitteeSession.held_on == held_on
        )
    )
    if known is not None:
        raise SessionExists
    planned = CommitteeSession(
        body=body,
        held_on=held_on,
        place=place,
        agenda_closes_on=agenda_closes_on,
        status=SessionStatus.PREPARATION,
        created_by_id=actor.person_id,
        created_at=now,
        decided_at=None,
    )
    session.add(planned)
    session.flush()
    return planned


def drop_session(session: Session, actor: Actor, session_id: UUID) -> None:
    """Give up a session whose agenda is empty. Refuses SessionHeld, AgendaNotEmpty."""
    _check(actor)
    sitting = _open_sitting(session, session_id)
    if items_of(session, session_id):
        raise AgendaNotEmpty
    session.delete(sitting)


def put_on_agenda(
    session: Session,
    actor: Actor,
    session_id: UUID,
    dossier_ids: Sequence[UUID],
    *,
    now: datetime,
) -> int:
    """Put ready dossiers on an agenda; how many were added. Refuses DossierNotReady."""
    _check(actor)
    sitting = _open_sitting(session, session_id)
    last = session.scalar(
        select(func.max(AgendaItem.position)).where(AgendaItem.session_id == session_id)
    )
    position = last or 0
    for dossier_id in sorted(set(dossier_ids)):
        hold = holds.take(session, dossier_id)
        dossier = session.get_one(Dossier, dossier_id, populate_existing=True)
        if dossier.status is not DossierStatus.READY:
            raise DossierNotReady(reference=dossier.reference)
        position += 1
        session.add(
            AgendaItem(
                session_id=session_id,
                dossier_id=dossier_id,
                position=position,
                proposed=dossier.proposed,
                is_refusal_proposed=not (dossier.proposed and dossier.proposed.cents),
                vote=None,
            )
        )
        _stand(dossier, DossierStatus.SCHEDULED, now)
        body = {"held_on": sitting.held_on.isoformat(), "body": sitting.body}
        entry = Entry(EventKind.SCHEDULED, body=body, personal={"actor": actor.name})
        record(session, hold, actor, entry, now=now)
    sitting.revision += 1
    return len(set(dossier_ids))


def take_off_agenda(session: Session, actor: Actor, item_id: UUID, *, now: datetime) -> None:
    """Take a dossier off an agenda that is not held yet; it is ready again."""
    _check(actor)
    item = session.get(AgendaItem, item_id)
    if item is None:
        raise NotFound
    sitting = _open_sitting(session, item.session_id)
    hold = holds.take(session, item.dossier_id)
    dossier = session.get_one(Dossier, item.dossier_id, populate_existing=True)
    session.delete(item)
    if dossier.status is DossierStatus.SCHEDULED:
        _stand(dossier, DossierStatus.READY, now)
    entry = Entry(EventKind.UNSCHEDULED, personal={"actor": actor.name})
    record(session, hold, actor, entry, now=now)
    sitting.revision += 1


def record_votes(
    session: Session,
    actor: Actor,
    session_id: UUID,
    ballots: Mapping[UUID, Ballot],
) -> None:
    """Write the votes down line by line (item id → ballot); they are applied later, together."""
    _check(actor)
    sitting = _open_sitting(session, session_id)
    items = {item.id: item for item in items_of(session, session_id)}
    for item_id, ballot in ballots.items():
        item = items.get(item_id)
        if item is None:
            raise NotFound
        _write_ballot(item, ballot)
    sitting.revision += 1


def record_and_apply(
    session: Session,
    console: Console,
    actor: Actor,
    session_id: UUID,
    *,
    ballots: Mapping[UUID, Ballot],
    is_final: bool,
    now: datetime,
) -> int:
    """Write the votes down and, when `is_final`, apply them all; how many lines were written.

    A session already held answers how many it decided.
    """
    sitting = session.get(CommitteeSession, session_id, with_for_update=True)
    if sitting is not None and sitting.status is SessionStatus.HELD and is_final:
        return apply_decisions(session, console, actor, session_id, now=now)
    record_votes(session, actor, session_id, ballots)
    if is_final:
        return apply_decisions(session, console, actor, session_id, now=now)
    return len(ballots)


def apply_decisions(
    session: Session, console: Console, actor: Actor, session_id: UUID, *, now: datetime
) -> int:
    """Push every dossier of the session with its vote, in one transaction; how many it decided.

    Dossiers are held in the order of their ids, so that two sessions never wait for each
    other. One that cannot move does not stop the others: its vote is left to it, and the clock
    gives it once it can. A session already applied answers how many it decided, and does
    nothing. Refuses VoteIncomplete when a line has no vote, or an aid without an amount.
    """
    _check(actor)
    sitting = session.get(CommitteeSession, session_id, with_for_update=True)
    if sitting is None:
        raise NotFound
    items = items_of(session, session_id)
    if sitting.status is SessionStatus.HELD:
        return len(items)
    missing = [item.position for item in items if not _is_voted(item)]
    if missing or not items:
        raise VoteIncomplete(lines=", ".join(str(one) for one in missing) or "aucune ligne")
    for item in sorted(items, key=lambda one: one.dossier_id):
        _decide_or_leave(session, console, actor, item, now=now)
    sitting.status = SessionStatus.HELD
    sitting.decided_at = now
    sitting.revision += 1
    return len(items)


def _is_voted(item: AgendaItem) -> bool:
    if item.vote not in _AMOUNTS:
        return item.vote is not None
    return item.voted is not None and item.voted > Money.zero()


def _decide_or_leave(
    session: Session, console: Console, actor: Actor, item: AgendaItem, *, now: datetime
) -> None:
    """Push one dossier with its vote; when it cannot move, leave the vote to it, once."""
    dossier_id, key = item.dossier_id, vote_key(item.id)
    try:
        with session.begin_nested():
            move = begin(session, console, actor, dossier_id, now=now)
            finish(move, cast(move, item), JOBS)
    except (DossierSuspended, DossierNotReady, EngineFault):
        payload = {"item": str(item.id)}
        send_to(session, dossier_id, DECISION, payload, key=key, now=now, topic=VOTE)


def vote_key(item_id: UUID) -> str:
    """Key of the vote of one line: left to a dossier once."""
    return f"vote:{item_id.hex}"


def cast(move: Move, item: AgendaItem) -> Entry:
    """Give a held dossier its vote; what the journal says of it. Refuses DossierNotReady."""
    sitting = item.session
    vote = item.vote or Vote.ADJOURNED
    amount = item.voted if vote in _AMOUNTS else Money.zero()
    payload = {"vote": vote.value, "voted_cents": (amount or Money.zero()).cents}
    if not move.run.receive(DECISION, payload):
        raise DossierNotReady(reference=move.dossier.reference)
    if vote is not Vote.ADJOURNED:
        move.dossier.voted = amount
        move.dossier.voted_on = sitting.held_on
        move.dossier.facts = {
            **move.dossier.facts,
            "voted_amount": (amount or Money.zero()).plain(),
            "voted_date": sitting.held_on.isoformat(),
        }
        move.reread()
    body = {"vote": vote.value, "held_on": sitting.held_on.isoformat()}
    return Entry(EventKind.VOTED, body=body, personal={"actor": move.actor.name})


def _write_ballot(item: AgendaItem, ballot: Ballot) -> None:
    item.vote = ballot.vote
    item.voted = {
        Vote.GRANTED: item.proposed,
        Vote.GRANTED_OTHER: ballot.amount,
        Vote.REFUSED: Money.zero(),
        Vote.ADJOURNED: None,
    }[ballot.vote]
    item.votes_for = ballot.votes_for
    item.votes_against = ballot.votes_against
    item.abstentions = ballot.abstentions
    item.not_taking_part = ballot.not_taking_part
    item.remark = ballot.remark


def items_of(session: Session, session_id: UUID) -> Sequence[AgendaItem]:
    """The lines of an agenda, in order, locked for what comes."""
    return session.scalars(
        select(AgendaItem)
        .where(AgendaItem.session_id == session_id)
        .order_by(AgendaItem.position)
        .with_for_update()
    ).all()


def _open_sitting(session: Session, session_id: UUID) -> CommitteeSession:
    sitting = session.get(CommitteeSession, session_id, with_for_update=True)
    if sitting is None:
        raise NotFound
    if sitting.status is SessionStatus.HELD:
        raise SessionHeld
    return sitting


def _stand(dossier: Dossier, status: DossierStatus, now: datetime) -> None:
    dossier.status = status
    dossier.status_since = now


def _check(actor: Actor) -> None:
    if not actor.may(Permission.HOLD_SESSIONS):
        raise NotAllowed
