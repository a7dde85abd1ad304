"""How is a campaign of kills led? Two clients race, are killed, ask again; a clock is killed too.

The one that leads imports everything once and forks: a kill costs some ten milliseconds. It holds
no connection while it forks, and remembers what was told to whom.
"""

import gc
import os
import select
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import text

from tests.crash import client
from tests.crash.client import Life, Request, Say, complete_tasks, plan_mails, said_on
from tests.crash.mutants import MUTANTS
from tests.crash.points import MAIL_POINTS, POINTS, Trap
from tests.crash.town import World
from tests.crash.verify import Told, violations

_CLIENTS = 2
#: Every so many rounds a clock plans mails beside the clients, and is killed with them.
_CLOCK_EVERY = 9
#: Clock kills once the clients are done, for each hundred kills of clients.
_CLOCK_SHARE = 10
_STUCK_AFTER = 30.0
#: How often both clients send the very same form, and how often two forms for the same task.
_DOUBLE_CLICKS = 0.1
_RIVALS = 0.5
#: How many processes end one request well before theirs is killed.
_SPARED = 0.5
_WARM = 30
Work = Callable[[World, Life, Say], None]


@dataclass
class Report:
    """What a campaign did, and every promise it saw broken."""

    kills: int = 0
    at_points: int = 0
    clock_kills: int = 0
    requests: int = 0
    acknowledged: int = 0
    retried: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    clock_points: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    violations: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Child:
    """A process born to be killed; without a point it is killed at some moment."""

    number: int
    pid: int
    pipe: int
    point: str | None
    heard: bytes = b""

    def listen(self, until: float) -> bool:
        """Read what it says; False once it is dead and everything was read."""
        patience = max(0.0, until - time.monotonic())
        if not select.select([self.pipe], [], [], patience)[0]:
            return time.monotonic() < until
        more = os.read(self.pipe, 65536)
        self.heard += more
        return bool(more)


class Campaign:
    """Rounds of kills on one database."""

    def __init__(
        self,
        world: World,
        *,
        seed: int,
        mutant: str | None = None,
        points: Sequence[str] = (),
        clock_points: Sequence[str] = (),
    ) -> None:
        self.world = world
        self.points = points or POINTS
        self.clock_points = clock_points or MAIL_POINTS
        #: Points told by name: it is not over until somebody was killed at each.
        self.aimed = {*points, *clock_points}
        self.random = Random(seed)
        self.mutant = mutant
        self.report = Report()
        self.told = Told()
        self.pending: dict[int, Request] = {}
        self.later: list[Request] = []
        self.errors: list[str] = []
        self.pace = 0.01
        self.rounds = 0

    def run(self, kills: int) -> Report:
        """Kill that many clients, then clocks, then look at what is left."""
        began = time.monotonic()
        self._warm_up()
        while self._goes_on(kills):
            self._round()
        for request in [*self.pending.values(), *self.later]:
            client.answer(self.world, request, Trap(), self._voice(0))
        self._let_go()
        self._kill_clocks(kills // _CLOCK_SHARE)
        plan_mails(self.world, self._life(_CLIENTS, 0, None), self._voice(_CLIENTS))
        self._wait_for_the_dead()
        self.report.violations = violations(self.world, self.told)
        if self.errors:
            self.report.violations["errors"] = self.errors
        self.report.acknowledged = len(self.told.acknowledged)
        self.report.seconds = round(time.monotonic() - began, 1)
        return self.report

    def _goes_on(self, kills: int) -> bool:
        met = self.report.points.keys() | self.report.clock_points.keys()
        if self.report.kills < kills:
            return self.rounds < 2 * kills
        return not self.aimed <= met and self.rounds < 20 * kills

    def _warm_up(self) -> None:
        """Parse, compile and time a few completions, so that children are born knowing."""
        for _ in range(_WARM):
            request = client.choose(self.world, self.random, self.random, 0)
            if request is not None:
                self._voice(0)("S", *request.line())
                client.answer(self.world, request, Trap(), self._voice(0))
        client.plan_some(self.world, _WARM)
        self._let_go()
        gc.collect()
        gc.freeze()

    def _round(self) -> None:
        self.rounds += 1
        shared = self.random.getrandbits(60)
        at_points = self.rounds % 2 == 0
        meeting = self.random.random()
        if meeting < _DOUBLE_CLICKS:
            self._double_click()
        elif meeting < _DOUBLE_CLICKS + _RIVALS:
            self._postpone()
        elif self.later and 1 not in self.pending:
            self.pending[1] = self.later.pop()
        children = [
            self._bear(complete_tasks, number, shared, self.points if at_points else ())
            for number in range(_CLIENTS)
        ]
        if self.rounds % _CLOCK_EVERY == 0:
            points = self.clock_points if at_points else ()
            children.append(self._bear(plan_mails, _CLIENTS, shared, points))
        self._end(children)

    def _double_click(self) -> None:
        """What one client asks again, the other asks too: the same form, the same key."""
        self._postpone()
        if 0 in self.pending:
            self.pending[1] = self.pending[0]

    def _postpone(self) -> None:
        """The second client leaves what it asked for later, and does the task of the first."""
        if 1 in self.pending:
            self.later.append(self.pending.pop(1))

    def _kill_clocks(self, kills: int) -> None:
        wanted = self.report.clock_kills + kills
        for _ in range(4 * kills):
            if self.report.clock_kills >= wanted:
                return
            points = self.clock_points if self.random.random() < 0.5 else ()
            self._end([self._bear(plan_mails, _CLIENTS, 0, points) for _ in range(_CLIENTS)])

    def _bear(self, work: Work, number: int, shared: int, points: Sequence[str]) -> Child:
        point = self.random.choice(points) if points else None
        life = self._life(number, shared, point)
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._live(work, life, writer)
        os.close(writer)
        return Child(number, pid, reader, point)

    def _life(self, number: int, shared: int, point: str | None) -> Life:
        rival = self.pending.get(0) if number == 1 else None
        return Life(
            number,
            seed=self.random.getrandbits(60),
            shared=shared,
            pending=self.pending.get(number),
            rival=rival.task if rival else None,
            trap=Trap(point),
            spared=int(self.random.random() < _SPARED),
        )

    def _live(self, work: Work, life: Life, pipe: int) -> None:
        """The child: it never comes back."""
        say = said_on(pipe)
        gc.disable()
        try:
            engine = self.world.department.database.engine
            engine.dispose(close=False)  # the connections of the one that leads are not its own
            life.trap.listen(engine)
            life.trap.watch_engine()
            if self.mutant is not None:
                MUTANTS[self.mutant]()
            work(self.world, life, say)
        except BaseException as error:  # noqa: BLE001 - told, then over
            say("X", "", f"{type(error).__name__}: {error}"[:300], client.where(error))
        os._exit(0)

    def _end(self, children: list[Child]) -> None:
        """Kill them at some moment of their work, or wait until each reaches its point."""
        until = time.monotonic() + _STUCK_AFTER
        for child in children:
            while not child.heard and child.listen(until):
                pass
        if children[0].point is None:
            time.sleep(self.random.random() * 3 * self.pace)
            for child in children:
                os.kill(child.pid, signal.SIGKILL)
        for child in children:
            self._bury(child, until)

    def _bury(self, child: Child, until: float) -> None:
        while child.listen(until):
            pass
        if time.monotonic() >= until:
            self.errors.append(f"stuck before {child.point}: {child.heard[-300:]!r}")
            os.kill(child.pid, signal.SIGKILL)
        os.close(child.pipe)
        _, status = os.waitpid(child.pid, 0)
        for line in child.heard.splitlines():
            self._voice(child.number)(*client.words(line))
        self.report.retried += child.number in self.pending
        if os.WIFSIGNALED(status):
            self._count(child)

    def _count(self, child: Child) -> None:
        if child.number >= _CLIENTS:
            self.report.clock_kills += 1
            self.report.clock_points[child.point or "any moment"] += 1
            return
        self.report.kills += 1
        if child.point is not None:
            self.report.at_points += 1
            self.report.points[child.point] += 1

    def _voice(self, number: int) -> Say:
        """What a process says is noted here."""

        def note(word: str, *told: Any) -> None:
            if word == "S" and told:
                self._asked(number, Request(*told))
            elif word == "A":
                self._answered(number, *told)
            elif word == "X":
                self.errors.append(" ".join(str(one) for one in told))

        return note

    def _asked(self, number: int, request: Request) -> None:
        self.report.requests += request.key not in self.told.requests
        self.told.requests[request.key] = request
        self.pending[number] = request

    def _answered(self, number: int, key: str, what: str, seq: int, took: float) -> None:
        self.pending.pop(number, None)
        self.report.answers[what] += 1
        self.pace += 0.02 * (min(took, 0.2) - self.pace)
        if what in {"new", "repeat"}:
            self.told.acknowledged[key].add(seq)
        else:
            self.told.refused[key] = what

    def _let_go(self) -> None:
        """No connection crosses a fork."""
        self.world.department.database.dispose()

    def _wait_for_the_dead(self) -> None:
        """PostgreSQL may still be finishing what the killed had sent."""
        database = self.world.department.database
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        until = time.monotonic() + _STUCK_AFTER
        while not database.is_sqlite and time.monotonic() < until:
            self._let_go()
            with database.reading() as session:
                if not session.scalar(others):
                    return
            time.sleep(0.05)
