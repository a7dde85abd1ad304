"""Is anything lost or doubled when a process is killed at each statement in turn? Kill, retry, count.

For each kind of deed, every point of its transactions is met in turn: before and after each
statement, at the beginning, before and after each commit; now and then the kill comes from outside,
at any moment, inside a commit too. After each kill the rows are read again, the deed is retried by
another process, and the rows are read once more.

A process of its own, so that it forks without threads: it reads an order a line on its standard
input and answers a report a line.
{"url": "sqlite:///…", "kills": 1000, "seed": 1} (at each point once, however few the kills), and to break it "mutant": a name of mills_broken.py.
"""

import gc
import json
import os
import select
import signal
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event

from app.bench.town import Town
from app.database import READ_ONLY
from tests.crash import deeds
from tests.crash.deeds import DEEDS, Deed
from tests.crash.mills_broken import MUTANTS
from tests.crash.rows_hold import broken, counted

_DOSSIERS = 6
#: How many kills come from outside, at any moment.
_BLIND = 0.15
_PATIENCE = 30.0


@dataclass
class Report:
    """What a campaign did, and every promise it saw broken."""

    kills: int = 0
    blind_kills: int = 0
    #: How many points each kind of deed has, and how many of them were killed at.
    points: dict[str, int] = field(default_factory=dict)
    met: dict[str, int] = field(default_factory=dict)
    #: Kills after which the deed was found done, and found not done.
    found: Counter[str] = field(default_factory=Counter)
    violations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seconds: float = 0.0


class Steps:
    """Counts the points a process goes through, and kills it at the one it was told."""

    def __init__(self, town: Town, fatal: int | None) -> None:
        self.met, self.fatal = 0, fatal
        engine = town.database.engine
        event.listen(engine, "begin", self._meet_writer)
        event.listen(engine, "before_cursor_execute", self._meet_writer)
        event.listen(engine, "after_cursor_execute", self._meet_writer)
        event.listen(engine, "commit", self._meet_writer)

    def meet(self) -> None:
        """One more point."""
        if self.met == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        self.met += 1

    def _meet_writer(self, connection: Connection, *_told: Any) -> None:
        if not connection.get_execution_options().get(READ_ONLY):
            self.meet()


class Campaign:
    """Kills on one database, one dossier after the other."""

    def __init__(self, url: str, *, seed: int, mutant: str | None = None) -> None:
        self.town = deeds.build(url)
        self.dossiers = self.town.file(_DOSSIERS)
        self.random = Random(seed)
        self.mutant = mutant
        self.report = Report()
        self.next_point: Counter[str] = Counter()
        self.number = self.turn = 0

    def run(self, kills: int) -> Report:
        """At each point, and so many kills at least, each followed by a retry and two looks.

        A mutant stops once it is seen.
        """
        began = time.monotonic()
        self._learn()
        while not self._is_over(kills):
            deed = self._asked(self._next_dossier())
            if self.report.kills >= kills and not self._is_to_meet(deed.kind):
                deeds.do(self.town, deed)
            else:
                self._kill_one(deed)
        points = self.report.points
        self.report.met = {kind: min(points[kind], self.next_point[kind]) for kind in points}
        self.report.seconds = round(time.monotonic() - began, 1)
        self.town.database.dispose()
        return self.report

    def _is_over(self, kills: int) -> bool:
        if self.mutant and self.report.violations:
            return True
        is_met = not any(self._is_to_meet(kind) for kind in DEEDS)
        return self.report.kills >= kills and is_met

    def _is_to_meet(self, kind: str) -> bool:
        return self.next_point[kind] < self.report.points[kind]

    def _next_dossier(self) -> UUID:
        """Each in turn; but the one where a job waits goes on at once."""
        last = self.dossiers[self.turn % _DOSSIERS]
        if deeds.stand(self.town, last).marking == deeds.AT_A_JOB:
            return last
        self.turn += 1
        return self.dossiers[self.turn % _DOSSIERS]

    def _learn(self) -> None:
        """Do each kind of deed twice: parse and compile, then count the points of each."""
        for _ in range(2 * len(DEEDS)):
            deed = self._asked(self.dossiers[0])
            told = self._other_process(deed, fatal=None)
            self.report.points[deed.kind] = int(told.split()[-1])
        deeds.do(self.town, self._asked(self.dossiers[0]))
        gc.freeze()

    def _asked(self, dossier_id: UUID) -> Deed:
        self.number += 1
        deed = deeds.next_deed(self.town, dossier_id, f"{self.number:032x}")
        self.town.database.dispose()  # no connection crosses a fork
        return deed

    def _kill_one(self, deed: Deed) -> None:
        dossier_id = deed.dossier_id
        before = counted(self.town, dossier_id)
        is_blind = self.random.random() < _BLIND
        fatal = None if is_blind else self._fatal(deed.kind)
        told = self._other_process(deed, fatal=fatal, is_blind=is_blind)
        self.report.kills += 1
        self.report.blind_kills += is_blind
        after = counted(self.town, dossier_id)
        self._look(deed, "killed", at_rest=False)
        self._judge(deed, before, after, told)
        told += self._other_process(deed, fatal=None, attempt=1)
        self._look(deed, "retried", at_rest=True)
        done = counted(self.town, dossier_id)
        if done != before + Counter({deed.kind: 1}):
            self._note("not exactly once", deed, f"{dict(before)} then {dict(done)}")
        if "X:" in told:
            self._note("error", deed, told)

    def _fatal(self, kind: str) -> int:
        """The next point of that kind of deed, each in turn, the last one first."""
        self.next_point[kind] += 1
        return -self.next_point[kind] % self.report.points[kind]

    def _judge(self, deed: Deed, before: Counter[str], after: Counter[str], told: str) -> None:
        """All of the deed is there, or nothing; what was acknowledged is there."""
        is_done = after != before
        self.report.found["done" if is_done else "not done"] += 1
        if "A" in told and not is_done:
            self._note("lost", deed, told)

    def _look(self, deed: Deed, when: str, *, at_rest: bool) -> None:
        for sentence in broken(self.town, deed.dossier_id, at_rest=at_rest):
            self._note(sentence, deed, when)
        self.town.database.dispose()

    def _note(self, name: str, deed: Deed, detail: str) -> None:
        self.report.violations[name].append(f"{deed.kind} {deed.key}: {detail}"[:300])

    def _other_process(
        self,
        deed: Deed,
        *,
        fatal: int | None,
        is_blind: bool = False,
        attempt: int = 0,
    ) -> str:
        """Do the deed in a process of its own; everything it said before it ended."""
        self.town.database.dispose()
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._live(deed, fatal, attempt, writer)
        os.close(writer)
        if is_blind:
            select.select([reader], [], [], _PATIENCE)
            time.sleep(self.random.random() * 0.012)
            os.kill(pid, signal.SIGKILL)
        said = b""
        while select.select([reader], [], [], _PATIENCE)[0] and (more := os.read(reader, 4096)):
            said += more
        os.close(reader)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return said.decode()

    def _live(self, deed: Deed, fatal: int | None, attempt: int, pipe: int) -> None:
        """The child: it says B, A once acknowledged, then how many points it met; it never returns."""
        os.write(pipe, b"B ")
        try:
            steps = Steps(self.town, fatal)
            if self.mutant is not None:
                MUTANTS[self.mutant](lambda: os.write(pipe, b"A "))
            deeds.do(self.town, deed, attempt=attempt)
            steps.meet()
            os.write(pipe, f"A {steps.met}".encode())
        except BaseException as error:  # noqa: BLE001 - told, then over
            os.write(pipe, f"X:{type(error).__name__}:{error}"[:300].encode())
        os._exit(0)


def main() -> None:
    """Campaigns on the standard input, reports on the standard output."""
    for line in sys.stdin:
        order = json.loads(line)
        campaign = Campaign(order["url"], seed=order["seed"], mutant=order.get("mutant"))
        report = vars(campaign.run(order["kills"]))
        sys.stdout.write(json.dumps({"url": order["url"], **report}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
