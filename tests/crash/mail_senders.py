"""Is a mail lost or doubled when its senders are killed? A storm: four senders, kill -9, a real relay.

Everything that counts is the real code; what is built here is the weather: a relay that answers
slowly, refuses for a while or hangs up, senders that stall, and a hand that kills them. Broken
senders (`broken_senders.py`) are there to prove that the storm would see them.

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
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import open_database
from app.domain.permissions import Role
from app.models.outbox import Mail
from notifications.context import PackOf
from notifications.deliver import Desk
from notifications.emails import Planned, Recipient, plan
from notifications.message import Letter
from notifications.post import Post
from notifications.relay import Fence, Relay, Reply, relay_of
from tests.builders import a_service
from tests.crash.broken_senders import BROKEN, Fate, Overtaken, send_well
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
    #: The first sender sleeps over its first mail until another one has sent it.
    overtaken: bool = False
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

    def __init__(self, relay: Relay, share: float) -> None:
        self._relay = relay
        self._share = share

    def hand_over(self, letter: Letter, fence: Fence) -> Reply:
        """Sleep, then hand over."""
        if random.random() < self._share:
            time.sleep(_LEASE + 0.3)
        return self._relay.hand_over(letter, fence)


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

    meeting = get_context("fork").Barrier(storm.senders)

    def work(number: int) -> None:
        random.seed(os.getpid())
        found = relay_of(post)
        assert found is not None
        if storm.stalled:
            found = Stalling(found, storm.stalled)
        fate = Fate(number < storm.senders, meeting, journal)
        if storm.overtaken and number == 0:
            found = Overtaken(found, fate, is_fenced=storm.broken != "no_fence")
        elif storm.overtaken:
            meeting.wait(storm.longest)
        desk = Desk(open_database(url), post, found, pack_of)
        BROKEN.get(storm.broken, send_well)(desk, f"sender:{os.getpid()}", fate)

    started = time.monotonic()
    try:
        kills = _kill_now_and_then(work, storm)
    finally:
        _end(relay)
    seconds = time.monotonic() - started
    return _count(url, journal, storm, kills=kills, seconds=seconds)


def _kill_now_and_then(work: Callable[[int], None], storm: Storm) -> int:
    """Run the senders until all of them are done; each one killed is replaced."""
    senders = {_fork(lambda n=number: work(n)) for number in range(storm.senders)}  # type: ignore[misc]
    try:
        return _kill(senders, work, storm)
    finally:
        for pid in senders:
            _end(pid)


def _kill(senders: set[int], work: Callable[[int], None], storm: Storm) -> int:
    """How many were killed, by the hand or by a fate of their own."""
    hand = random.Random(storm.seed)
    kills, over = 0, time.monotonic() + storm.longest
    while senders:
        time.sleep(storm.kill_every * hand.uniform(0.5, 1.5) if storm.kill_every else 0.05)
        ended = [pid for pid in senders if _has_ended(pid)]
        if len(ended) < len(senders) and storm.kill_every and kills < storm.most_kills:
            victim = hand.choice(sorted(senders.difference(ended)))
            os.kill(victim, signal.SIGKILL)
            ended.append(victim)
        for pid in ended:
            _, status = os.waitpid(pid, 0)
            senders.discard(pid)
            if os.WIFSIGNALED(status):
                kills += 1
                senders.add(_fork(lambda n=storm.senders + kills: work(n)))  # type: ignore[misc]
            else:
                assert os.WEXITSTATUS(status) == 0, "a sender failed by itself"
        assert time.monotonic() < over, "the storm lasted too long"
    return kills


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


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
    database.dispose()
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
    database.dispose()
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
