"""How does a mail leave once, and only once? Claimed under a lease, one at a time, marked after.

1. Claim one row (`leases`). 2. Evidence: before a second sending, the relay's journal is asked
whether it has the mail. 3. Write it for today; a reminder whose task is done is cancelled.
4. Fence: just before DATA, a sender whose lease is nearly over gives up. 5. Mark the row.

Killed anywhere, a sender loses nothing; it doubles at most the one mail it was sending, and none
when the relay's journal can be read.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from jinja2 import TemplateError
from sqlalchemy.orm import Session

from app.database import Database
from app.domain.civil import civil_day
from app.domain.status import TaskStatus
from app.models.outbox import Mail
from notifications import brake, leases
from notifications.audience import audience
from notifications.bounces import FAILING, REFUSED, is_failing, mark_failing
from notifications.bounces import Failure as AddressFailure
from notifications.compose import compose
from notifications.context import PackOf
from notifications.emails import REMINDER, Recipient
from notifications.evidence import was_accepted
from notifications.kinds import kind_of
from notifications.leases import Failure, Held
from notifications.message import BadHeader, Letter, check_address, one_line
from notifications.post import Post
from notifications.relay import Answer, LeaseOver, Relay, Reply
from notifications.returns import is_about_the_address
from notifications.texts import tell
from notifications.values import Subject, load, values_of

#: A mail whose reader has had too many is looked at again after this long.
_HELD_BACK = timedelta(minutes=10)
_MOST_PUT_BACK = 50


@dataclass(frozen=True)
class Desk:
    """What a sender works with."""

    database: Database
    post: Post
    relay: Relay
    pack_of: PackOf


class Vanished(Exception):
    """The reason of a mail vanished before it left."""


class Failing(Exception):
    """The address takes no mail: it waits for its correction."""


class Unsendable(Exception):
    """A mail nobody can send as it is: no address, a broken text."""


def claim(desk: Desk, owner: str, *, now: datetime | None = None) -> Held | None:
    """Take the next mail due; None when there is none, or when sending is paused."""
    since = leases.stopwatch()

    def take(session: Session, at: datetime) -> Held | None:
        if brake.is_paused(session, brake.EVERYBODY):
            return None
        for _ in range(_MOST_PUT_BACK):
            held = leases.claim(session, owner, lease=desk.post.lease, since=since, now=at)
            if held is None or not brake.holds(session, desk.post.limits, held.id, now=at):
                return held
            leases.put_back(session, held, until=at + _HELD_BACK)
        return None

    return desk.database.run_tx(take, now=now)


def send(desk: Desk, held: Held, *, now: datetime | None = None) -> Answer | None:
    """Send the mail one holds and write down what became of it; None when it was cancelled."""
    run = desk.database.run_tx
    if _is_known_to_the_relay(desk.post, held):
        note = "confirmé par le journal du serveur de courrier"
        run(lambda session, at: leases.sent(session, held, now=at, note=note), now=now)
        return Answer.ACCEPTED
    try:
        letter = write(desk, held)
        if letter.note:
            told = letter.template, letter.note
            run(lambda session, at: tell(session, *told, now=at), now=now)
        reply = desk.relay.hand_over(letter, lambda: _check_lease(desk.post, held))
    except Vanished as reason:
        why = str(reason)
        run(lambda session, _: leases.cancelled(session, held, why), now=now)
        return None
    except Failing:
        run(lambda session, _: leases.wait_for_address(session, held, FAILING), now=now)
        return Answer.NEVER
    except (Unsendable, BadHeader) as error:
        set_aside(desk, held, str(error), now=now)
        return Answer.NEVER
    except LeaseOver:
        reply = Reply(Answer.LATER, "envoi trop lent : rien n’est parti")
    _conclude(desk, held, letter, reply, now=now)
    return reply.answer


def set_aside(desk: Desk, held: Held, why: str, *, now: datetime | None = None) -> None:
    """Put a mail aside for a person to look at."""
    desk.database.run_tx(
        lambda session, at: leases.set_aside(session, held, why, now=at), now=now
    )


def write(desk: Desk, held: Held) -> Letter:
    """The mail as it is written at this instant: whom it goes to and what it says are asked now.

    Refuses Vanished, Unsendable.
    """
    with desk.database.reading() as session:
        mail = session.get_one(Mail, held.id)
        subject = load(session, mail, desk.pack_of)
        _check_reason(subject)
        _check_still_theirs(session, subject, now=held.at)
        to = _address_of(subject)
        if is_failing(session, to[1]):
            raise Failing
        try:
            values = values_of(session, desk.post, subject, now=held.at)
            if values.digest is not None and values.digest.is_empty:
                raise Vanished("il n’y a plus rien à dire")
            composed = compose(session, subject, values)
        except TemplateError as error:
            raise Unsendable(f"texte du courriel : {error}") from error
    post, texts = desk.post, composed.texts
    return Letter(
        message_id=held.message_id,
        sender=post.sender,
        to=to,
        subject=texts.subject,
        text=texts.text,
        html=texts.html,
        at=held.at,
        return_path=post.return_path(held.id),
        unsubscribe=leave_url(post, mail.person_id, mail.template),
        template=mail.template,
        note=composed.note,
    )


def leave_url(post: Post, person_id: UUID | None, template: str) -> str:
    """The one-click link out of a kind of mails; empty for those nobody may leave."""
    kind = kind_of(template)
    if person_id is None or post.tags is None or not kind.is_optional:
        return ""
    return f"{post.base_url}/desabonnement/{post.tags.leave(person_id, kind.key)}"


def _is_known_to_the_relay(post: Post, held: Held) -> bool:
    is_first = held.attempts == 1 and held.ambiguous == 0
    if is_first or post.journal is None:
        return False
    return was_accepted(post.journal, held.message_id)


def _check_lease(post: Post, held: Held) -> None:
    if held.seconds > post.lease - post.smtp_deadline:
        raise LeaseOver(held.id)


def _check_reason(subject: Subject) -> None:
    mail, person, task = subject.mail, subject.person, subject.task
    if mail.person_id is not None and (person is None or not person.is_active):
        raise Vanished("le compte est fermé")
    is_reminder = mail.key.startswith(REMINDER)
    if not is_reminder:
        return
    if task is None or task.status is not TaskStatus.OPEN:
        raise Vanished("la tâche est faite")
    if str(task.due_on) != mail.context.get("due_on"):
        raise Vanished("l’échéance a changé")


def _check_still_theirs(session: Session, subject: Subject, *, now: datetime) -> None:
    """A reminder leaves only for somebody it still concerns. Refuses Vanished."""
    mail, dossier, task = subject.mail, subject.dossier, subject.task
    audiences = (mail.context.get("why") or {}).get("to")
    if not mail.key.startswith(REMINDER) or not audiences or dossier is None or task is None:
        return
    to = audience(session, audiences, dossier, [task], on=civil_day(now))
    if Recipient(mail.person_id, mail.address) not in to:
        raise Vanished("la tâche est passée à quelqu’un d’autre")


def _address_of(subject: Subject) -> tuple[str, str]:
    """The address of today: people change theirs."""
    person = subject.person
    name, address = (person.name, person.email) if person else ("", subject.mail.address or "")
    try:
        check_address(address)
    except BadHeader:
        raise Unsendable("adresse invalide") from None
    return one_line(name), address


def _conclude(
    desk: Desk, held: Held, letter: Letter, reply: Reply, *, now: datetime | None
) -> None:
    run = desk.database.run_tx
    if reply.answer is Answer.ACCEPTED:
        told = {"to": letter.to[1], "subject": letter.subject}
        run(lambda session, at: leases.sent(session, held, now=at, **told), now=now)
    elif reply.answer is Answer.NEVER:
        set_aside(desk, held, f"{REFUSED} : {reply.words}", now=now)
        if is_about_the_address(reply.words):
            refused = AddressFailure(letter.to[1], reply.words)
            run(lambda session, at: _mark(session, held, refused, now=at), now=now)
    else:
        failure = Failure(
            reply.words, desk.post.first_wait, is_ambiguous=reply.answer is Answer.AMBIGUOUS
        )
        run(lambda session, at: leases.later(session, held, failure, now=at), now=now)


def _mark(session: Session, held: Held, failure: AddressFailure, *, now: datetime) -> None:
    mark_failing(session, session.get_one(Mail, held.id), failure, now=now)
