"""Who completes how many tasks a second? The rivals in turns, a whole dossier each, many rounds.

They share the machine's good and bad moments: what is reported is the median of each, and the
median of the ratios of the rounds.
"""

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

from app.bench import bare
from app.bench.naive import Naive
from app.bench.script import whole_dossier
from app.bench.served import Browser
from app.bench.town import Town
from app.bench.written import Written, written_by
from app.database import Database

BARE, LIASSE, PAGE, HTTP, NAIVE = "bare", "liasse", "page", "http", "naive"
_MEASURED = (BARE, LIASSE, PAGE, HTTP, NAIVE)


@dataclass
class Duel:
    """What the rounds gave: the mean time of a completion in each, in seconds."""

    seconds: dict[str, list[float]] = field(
        default_factory=lambda: {name: [] for name in _MEASURED}
    )
    #: How large the state of a dossier was, in bytes, after each completion of the last round.
    liasse_bytes: list[int] = field(default_factory=list)
    naive_bytes: list[int] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        """How many rounds were fought."""
        return len(self.seconds[LIASSE])

    def milliseconds(self, name: str) -> float:
        """What a completion usually takes."""
        return median(self.seconds[name]) * 1e3

    def per_second(self, name: str) -> float:
        """How many completions that makes in a second."""
        return 1 / median(self.seconds[name])

    def ratio(self, one: str, other: str) -> float:
        """How many times as fast as the other the first is, round by round."""
        pairs = zip(self.seconds[one], self.seconds[other], strict=True)
        return median(theirs / mine for mine, theirs in pairs)


@dataclass
class Stopwatch:
    """Counts the time of some things done one after the other."""

    total: float = 0.0
    times: int = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what is done within."""
        began = time.perf_counter()
        yield
        self.total += time.perf_counter() - began
        self.times += 1

    @property
    def mean(self) -> float:
        """Seconds for one."""
        return self.total / self.times


def _set_aside_what_stays() -> None:
    """From now on each rival is slowed by the collection of its own garbage only.

    Otherwise how often Python goes through all there is depends on what was loaded, and the one
    that leaves most behind pays for everything.
    """
    gc.collect()
    gc.freeze()


@dataclass
class Ring:
    """Where the rivals meet. The bare one has a copy of Liasse's database, dossiers included."""

    town: Town
    copy: Database
    naive: Naive
    browser: Browser

    def fight(self, dossiers: Sequence[UUID], *, seconds: float) -> Duel:
        """Rounds, two dossiers each, until the time is over; the first one only warms up."""
        duel = Duel()
        pairs = list(zip(dossiers[::2], dossiers[1::2], strict=True))
        self._round(Duel(), *pairs[0])
        _set_aside_what_stays()
        until = time.monotonic() + seconds
        for pair in pairs[1:]:
            self._round(duel, *pair)
            if time.monotonic() > until:
                break
        return duel

    def _round(self, duel: Duel, one: UUID, other: UUID) -> None:
        """Each plays one dossier from filing to archives."""
        rows = self._liasse(duel, one)
        self._bare(duel, rows)
        self._http(duel, other)
        self._naive(duel)

    def _liasse(self, duel: Duel, dossier_id: UUID) -> list[Written]:
        watch, rows = Stopwatch(), []
        for work in whole_dossier():
            task_id = self.town.open_task(dossier_id, work.step)
            with watch.running():
                done = self.town.do(task_id, work)
            with self.town.database.reading() as session:
                rows.append(written_by(session, done))
        duel.seconds[LIASSE].append(watch.mean)
        duel.liasse_bytes = [len(one.process["state"]) for one in rows]
        return rows

    def _bare(self, duel: Duel, rows: Sequence[Written]) -> None:
        watch = Stopwatch()
        for one in rows:
            with watch.running():
                bare.write(self.copy, one)
        duel.seconds[BARE].append(watch.mean)

    def _http(self, duel: Duel, dossier_id: UUID) -> None:
        page, post = Stopwatch(), Stopwatch()
        for work in whole_dossier():
            task_id = self.town.open_task(dossier_id, work.step)
            with page.running():
                hidden = self.browser.open_form(task_id)
            with post.running():
                self.browser.send_form(task_id, hidden, work)
        duel.seconds[PAGE].append(page.mean)
        duel.seconds[HTTP].append(post.mean)

    def _naive(self, duel: Duel) -> None:
        watch, sizes = Stopwatch(), []
        workflow_id = self.naive.file()
        for work in whole_dossier():
            with watch.running():
                size = self.naive.do(workflow_id, work)
            sizes.append(size)
        duel.seconds[NAIVE].append(watch.mean)
        duel.naive_bytes = sizes
