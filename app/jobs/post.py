"""What does the clock do with mails? Those due are sent, those that came back are read.

One mail that cannot be written must not stop the others; a relay that does not answer ends the
turn, and the next one tries again.
"""

import logging
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from app.actions.causes import cause_of
from app.domain.mailing import ReturnKind
from app.jobs.clock import Clock
from notifications import bounces, brake, deliver
from notifications.relay import Answer
from notifications.return_box import read_box
from notifications.returns import read_return

_LOG = logging.getLogger("liasse.clock")
#: Mails of one sweep of one clock: its heartbeat and its end are never far.
MAILS_A_SWEEP = 100


def sweep_mail(clock: Clock, now: datetime | None) -> int:
    """Send the mails that are due, one at a time, as many as the brake lets go."""
    if clock.relay is None:
        return 0
    desk = deliver.Desk(clock.database, clock.post, clock.relay, clock.pack_of)
    sent = 0
    for _ in range(_room(clock, now or clock.now())):
        held = deliver.claim(desk, clock.owner, now=now)
        if held is None:
            break
        try:
            answer = deliver.send(desk, held, now=now)
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001 - one mail must not stop the others
            _LOG.exception("mail %s set aside", held.id)
            deliver.set_aside(desk, held, cause_of(error), now=now)
            continue
        if answer is Answer.ACCEPTED:
            sent += 1
            clock.delays["mail"].saw("mail", held.due, now or clock.now())
        if answer is Answer.UNREACHABLE:
            break
    return sent


def sweep_returns(clock: Clock, now: datetime | None) -> int:
    """Read the mailbox of returned messages; how many were new."""
    if not clock.bounce_url:
        return 0
    new = 0

    def take(content: bytes) -> bool:
        nonlocal new
        found = read_return(content, address=clock.post.bounce_address, tags=clock.post.tags)
        new += clock.database.run_tx(
            lambda session, at: bounces.take(session, found, now=at), now=now
        )
        return found.kind is not ReturnKind.UNREAD

    read_box(clock.bounce_url, take)
    return new


def _room(clock: Clock, at: datetime) -> int:
    """How many mails may leave; a storm pulls the brake."""
    with clock.database.reading() as session:
        found = brake.room(session, clock.post.limits, most=MAILS_A_SWEEP, now=at)
    if found.why:
        clock.database.run_tx(
            lambda session, _: brake.pause(session, brake.EVERYBODY, found.why, now=at)
        )
    return found.mails
