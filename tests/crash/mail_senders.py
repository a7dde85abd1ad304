"""Is a mail lost or doubled when its senders are killed? A storm: four senders, kill -9, a real relay.

Everything that counts is the real code; what is built here is the weather: a relay that answers
slowly, refuses for a while or hangs up, senders that stall, and a hand that kills them. Broken
senders (`BROKEN`) are there to prove that the storm would see them.

`python -m tests.crash.mail_senders URL FOLDER '{"mails": 500, …}'` prints the report as JSON.
"""

import json
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import Database, open_database
from app.domain.permissions import Role
from app.domain.status import MailStatus
from app.models.outbox import Mail
from notifications import deliver, leases
from notifications.context import PackOf
from notifications.deliver import Desk
from notifications.emails import Planned, Recipient, plan
from notifications.message import Letter
from notifications.post import Post
from notifications.relay import Fence, Relay, Reply, relay_of
from tests.builders import a_service
from tests.mail_server import TAKEN, MailServer, free_port, listening

_LEASE = 6.0
_DEADLINE = 4.0


@dataclass(frozen=True)
class Storm:
    """What happens to the mails."""

    mails: int = 500
    senders: int = 4
    #: Seconds between two kills, on average; 0 for none.
    kill_every: float = 0.15
    #: Enough is enough: a mail whose sender was killed waits for the end of a lease.
    most_kills: int = 60
    seed: int = 1
    #: Do senders read the relay's journal before they send again?
    evidence: bool = False
    #: Share of the messages the relay refuses for now, takes without answering, and keeps
    #: silent about.
    refused: float = 0.0
    dropped: float = 0.0
    silent: float = 0.0
    #: Share of the messages the relay refuses the first time it sees them.
    greylisted: float = 0.0
    #: Seconds after which the storm is broken off.
    longest: float = 240.0
    #: Share of the sendings where the sender sleeps longer than its lease.
    stalled: float = 0.0
    #: Name of a broken sender.
    broken: str = ""


@dataclass
class Report:
    """What became of them."""

    mails: int
    kills: int
    seconds: float
    taken: int
    lost: int
    copies: int
    ambiguous: int
    statuses: dict[str, int] = field(default_factory=dict)


class Stalling:
    """A relay reached by a sender that falls asleep now and then, before the dialogue."""

    def __init__(self, relay: Relay, share: float, *, is_fenced: bool) -> None:
        self._relay = relay
        self._share = share
        self._is_fenced = is_fenced

    def hand_over(self, letter: Letter, fence: Fence) -> Reply:
        """Sleep, then hand over."""
        if random.random() < self._share:
            time.sleep(_LEASE + 0.3)
        return self._relay.hand_over(letter, fence if self._is_fenced else lambda: None)


def send_well(desk: Desk, owner: str) -> None:
    """What the clock does, until nothing is left."""
    while _is_work_left(desk.database):
        held = deliver.claim(desk, owner)
        if held is None:
            time.sleep(0.05)
        else:
            deliver.send(desk, held)


def mark_then_send(desk: Desk, owner: str) -> None:
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
        desk.relay.hand_over(letter, lambda: None)


def send_without_a_claim(desk: Desk, owner: str) -> None:
    """Broken: every sender takes what is pending, as if it were alone."""
    while _is_work_left(desk.database):
        with desk.database.reading() as session:
            rows = session.execute(
                select(Mail.id, Mail.message_id)
                .where(Mail.status == MailStatus.PENDING)
                .limit(5)
            ).all()
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


BROKEN: dict[str, Callable[[Desk, str], None]] = {
    "mark_then_send": mark_then_send,
    "send_without_a_claim": send_without_a_claim,
    "no_fence": send_well,
    "no_unique_key": send_well,
}


def blow(url: str, folder: Path, storm: Storm) -> Report:
    """Fill the outbox, let the senders work under the storm, count what the relay took."""
    pack_of = _fill(url, folder, storm)
    journal = folder / "relay.log"
    journal.touch()
    port = free_port()
    relay = _fork(lambda: _serve(port, journal, storm))
    _await_port(port)
    post = Post(
        smtp_url=f"smtp://127.0.0.1:{port}",
        mail_from="aides@meuse.example",
        base_url="https://aides.meuse.example",
        journal=journal if storm.evidence else None,
        lease=_LEASE,
        smtp_deadline=_DEADLINE,
        first_wait=0.2,
    )

    def work() -> None:
        random.seed(os.getpid())
        found = relay_of(post)
        assert found is not None
        if storm.stalled:
            found = Stalling(found, storm.stalled, is_fenced=storm.broken != "no_fence")
        desk = Desk(open_database(url), post, found, pack_of)
        BROKEN.get(storm.broken, send_well)(desk, f"sender:{os.getpid()}")

    started = time.monotonic()
    try:
        kills = _kill_now_and_then(work, storm)
    finally:
        _end(relay)
    seconds = time.monotonic() - started
    return _count(url, journal, storm, kills=kills, seconds=seconds)


def _kill_now_and_then(work: Callable[[], None], storm: Storm) -> int:
    """Run the senders until all of them are done; each one killed is replaced."""
    hand = random.Random(storm.seed)
    senders = {_fork(work) for _ in range(storm.senders)}
    try:
        return _kill(senders, work, storm, hand)
    finally:
        for pid in senders:
            _end(pid)


def _kill(
    senders: set[int], work: Callable[[], None], storm: Storm, hand: random.Random
) -> int:
    kills, over = 0, time.monotonic() + storm.longest
    while senders:
        time.sleep(storm.kill_every * hand.uniform(0.5, 1.5) if storm.kill_every else 0.05)
        for pid in list(senders):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                senders.discard(pid)
                assert os.waitstatus_to_exitcode(status) == 0, "a sender failed by itself"
        if senders and storm.kill_every and kills < storm.most_kills:
            victim = hand.choice(sorted(senders))
            os.kill(victim, signal.SIGKILL)
            _, status = os.waitpid(victim, 0)
            senders.discard(victim)
            if os.waitstatus_to_exitcode(status) != 0:  # it may have finished just before
                kills += 1
                senders.add(_fork(work))
        assert time.monotonic() < over, "the storm lasted too long"
    return kills


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _fill(url: str, folder: Path, storm: Storm) -> PackOf:
    database = open_database(url)
    service = a_service(database, folder)
    commune = service.organisation("Commercy", email="mairie@commercy.example")
    dossier_id = service.filed(
        service.person("a@b.example", Role.APPLICANT, of=commune), commune
    )

    def fill(session: Session) -> None:
        for number in range(storm.mails):
            to = Recipient(address=f"mairie{number}@commune.example")
            key = f"event:{dossier_id}:{number}:receipt:{to.name}"
            if storm.broken == "no_unique_key":
                key = f"{key}:{uuid4().hex[:8]}"
            planned = Planned(key, "receipt", to, dossier_id=dossier_id)
            plan(session, planned, domain="meuse.example", now=service.now)

    for _clock in range(2):  # two clocks dispatch the same entries
        service.run(fill)
    database.engine.dispose()
    types = service.console.types  # parsed once, before the forks
    return lambda session, definition_id: types.get(session, definition_id).pack


def _serve(port: int, journal: Path, storm: Storm) -> None:
    weather = random.Random(storm.seed)

    def mood(times: int) -> str:
        if times == 1 and weather.random() < storm.greylisted:
            return "451 4.7.1 greylisted"
        shares = (storm.refused, storm.dropped, storm.silent)
        answers = ("451 4.3.0 try again later", "drop", "stall")
        lot = weather.random()
        for share, answer in zip(shares, answers, strict=True):
            if lot < share:
                return answer
            lot -= share
        return TAKEN

    # Slow, so that kills fall between the relay's journal and its answer.
    with listening(MailServer(journal=journal, mood=mood, slowness=0.02), port=port):
        while True:
            time.sleep(1)


def _fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def _is_work_left(database: Database) -> bool:
    with database.reading() as session:
        waiting = Mail.status.in_((MailStatus.PENDING, MailStatus.SENDING))
        return session.scalar(select(Mail.id).where(waiting).limit(1)) is not None


def _await_port(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the relay does not listen")


def _count(url: str, journal: Path, storm: Storm, *, kills: int, seconds: float) -> Report:
    taken = Counter(line.split("message-id=")[1].split()[0] for line in journal.open())
    database = open_database(url)
    with database.reading() as session:
        statuses = session.execute(
            select(Mail.status, func.count()).group_by(Mail.status)
        ).all()
        ambiguous = session.scalar(select(func.sum(Mail.ambiguous))) or 0
    database.engine.dispose()
    return Report(
        mails=storm.mails,
        kills=kills,
        seconds=round(seconds, 1),
        taken=taken.total(),
        lost=storm.mails - len(taken),
        copies=taken.total() - len(taken),
        ambiguous=int(ambiguous),
        statuses={row[0].value: row[1] for row in statuses},
    )


if __name__ == "__main__":
    found = blow(sys.argv[1], Path(sys.argv[2]), Storm(**json.loads(sys.argv[3])))
    sys.stdout.write(json.dumps(asdict(found)) + "\n")
