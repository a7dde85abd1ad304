"""Which senders of mail does the storm have to catch? Each breaks one promise, at a moment it picks.

None counts on a kill that falls well or on a race: who is to die dies in the window itself, who is
to race waits for the others, who is to sleep too long sleeps until it was overtaken.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Database
from app.domain.status import MailStatus
from app.models.outbox import Mail
from notifications import deliver, leases
from notifications.deliver import Desk
from notifications.message import Letter
from notifications.relay import Fence, Relay, Reply

_PATIENCE = 60.0


@dataclass(frozen=True)
class Fate:
    """What one sender is born to."""

    #: One of the first senders, not one that takes the place of a dead one.
    is_first: bool
    #: Where the first senders wait for each other, once.
    meeting: Barrier
    #: What the relay took.
    journal: Path


class Overtaken:
    """A relay reached by a sender that falls asleep before the dialogue, once, until another sent it.

    The others begin when it sleeps.
    """

    def __init__(self, relay: Relay, fate: Fate, *, is_fenced: bool) -> None:
        self._relay = relay
        self._fate = fate
        self._is_fenced = is_fenced
        self._is_rested = False

    def hand_over(self, letter: Letter, fence: Fence) -> Reply:
        """Sleep, then hand over."""
        if not self._is_rested:
            self._is_rested = True
            self._fate.meeting.wait(_PATIENCE)
            self._sleep_until_sent(letter.message_id)
        return self._relay.hand_over(letter, fence if self._is_fenced else lambda: None)

    def _sleep_until_sent(self, message_id: str) -> None:
        until = time.monotonic() + _PATIENCE
        while message_id not in self._fate.journal.read_text():
            assert time.monotonic() < until, "nobody else sent it"
            time.sleep(0.05)


def send_well(desk: Desk, owner: str, _fate: Fate) -> None:
    """What the clock does, until nothing is left."""
    while _is_work_left(desk.database):
        held = deliver.claim(desk, owner)
        if held is None:
            time.sleep(0.05)
        else:
            deliver.send(desk, held)


def mark_then_send(desk: Desk, owner: str, fate: Fate) -> None:
    """Broken: the row says « sent » before the mail is."""
    while _is_work_left(desk.database):
        held = deliver.claim(desk, owner)
        if held is None:
            time.sleep(0.05)
            continue
        letter = deliver.write(desk, held)
        desk.database.run_tx(
            lambda session, now, held=held: leases.sent(session, held, now=now)  # type: ignore[misc]
        )
        if fate.is_first:
            os.kill(os.getpid(), signal.SIGKILL)
        desk.relay.hand_over(letter, lambda: None)


def send_without_a_claim(desk: Desk, owner: str, fate: Fate) -> None:
    """Broken: every sender takes what is pending, as if it were alone."""
    has_met = False
    while _is_work_left(desk.database):
        with desk.database.reading() as session:
            rows = session.execute(
                select(Mail.id, Mail.message_id)
                .where(Mail.status == MailStatus.PENDING)
                .limit(5)
            ).all()
        if not has_met:
            fate.meeting.wait(_PATIENCE)
            has_met = True
        for row in rows:
            now = _now(desk)
            held = leases.Held(
                row.id, row.message_id, 1, owner, 0, now, now, leases.stopwatch()
            )
            desk.relay.hand_over(deliver.write(desk, held), lambda: None)
            desk.database.run_tx(lambda session, _now, id_=row.id: _force(session, id_))  # type: ignore[misc]


def _now(desk: Desk) -> datetime:
    return desk.database.run_tx(lambda _session, now: now)


def _force(session: Session, mail_id: UUID) -> None:
    session.get_one(Mail, mail_id).status = MailStatus.SENT


def _is_work_left(database: Database) -> bool:
    with database.reading() as session:
        waiting = Mail.status.in_((MailStatus.PENDING, MailStatus.SENDING))
        return session.scalar(select(Mail.id).where(waiting).limit(1)) is not None


BROKEN: dict[str, Callable[[Desk, str, Fate], None]] = {
    "mark_then_send": mark_then_send,
    "send_without_a_claim": send_without_a_claim,
    "no_fence": send_well,
    "no_unique_key": send_well,
}
