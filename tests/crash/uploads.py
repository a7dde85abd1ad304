"""Does a deposit that was acknowledged survive a process killed at any moment, and nothing else stay?

Two processes deposit files and are killed, half at named points, half at any moment; the next ones
first send again what got no answer, as a person would. At the end every acknowledged deposit has
its row, every row its file, every file the bytes of its name, and the sweep removes all the rest.
Mutants of the store show that the campaign would notice.

    python -m tests.crash.uploads [kills] [mutant]
"""

import contextlib
import io
import itertools
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, event
from sqlalchemy import select as query

from app.actions import documents
from app.actions.documents import Deposit, Shelf
from app.actions.file_sweeps import sweep_orphans
from app.database import READ_ONLY, Database, open_database
from app.domain.actor import Actor
from app.domain.permissions import Role
from app.models.document import Document
from app.storage.contract import Received
from app.storage.intake import take_in
from app.storage.local import LocalStore
from tests import databases
from tests.builders import Service, a_service

POINTS = (
    "while receiving",
    "before keeping",
    "after keeping",
    "after insert",
    "before commit",
    "after commit",
)
_STUCK_AFTER = 30.0
_SIZES = (300, 4_000, 60_000, 400_000)


def die() -> None:
    """As a power cut would: nothing runs after."""
    os.kill(os.getpid(), signal.SIGKILL)


class TrappedStore(LocalStore):
    """The store, with the points where a process may be killed."""

    point: str | None = None
    #: How many deposits end well before the one that is killed.
    spared: int = 0

    def reach(self, point: str) -> None:
        """Die here when this is the point, and the deposit is the one."""
        if self.point == point and not self.spared:
            die()

    @contextmanager
    def receive(self, chunks: Iterable[bytes], *, limit: int, name: str) -> Iterator[Received]:
        """Receive, perhaps not to the end."""
        with super().receive(self._watched(chunks), limit=limit, name=name) as received:
            yield received

    def _watched(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield chunk
            self.reach("while receiving")

    def keep(self, received: Received) -> None:
        """Keep, perhaps only nearly."""
        self.reach("before keeping")
        super().keep(received)
        self.reach("after keeping")


class RowFirst(TrappedStore):
    """A mutant: the row is written before the file has its name."""

    _late: Received | None = None
    _copy: Path | None = None

    def keep(self, received: Received) -> None:
        """Put aside what should be kept now."""
        self._copy = self.root / f"late-{os.getpid()}"
        shutil.copyfile(received.path, self._copy)
        self._late = received

    def has(self, sha256: str) -> bool:
        """Claims everything is there."""
        return bool(sha256)

    def keep_late(self) -> None:
        """Now, long after the row."""
        if self._late is not None and self._copy is not None:
            super().keep(Received(self._copy, self._late.sha256, self._late.size))


class NoRename(TrappedStore):
    """A mutant: the file is written under its name, and trusted when it is there."""

    def keep(self, received: Received) -> None:
        """Write in place."""
        target = self._path(received.sha256)
        if target.exists():
            return
        with received.path.open("rb") as source, target.open("wb", buffering=0) as copy:
            copy.write(source.read(received.size // 2))
            self.reach("half written")
            copy.write(source.read())


#: Each with the point where it shows.
MUTANTS: dict[str, tuple[type[TrappedStore], str]] = {
    "row before file": (RowFirst, "after commit"),
    "no rename": (NoRename, "half written"),
}


@dataclass
class World:
    """A service, whose drafts receive the files."""

    service: Service
    store: TrappedStore
    mayor: Actor
    drafts: list[UUID]


@dataclass
class Report:
    """What the campaign did, and every promise it saw broken."""

    kills: int = 0
    points: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    orphans: int = 0
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)


def a_world(database: Database, folder: Path, mutant: str | None = None) -> World:
    """A commune with drafts, on a store that can be trapped."""
    service = a_service(database, folder)
    commune = service.organisation("Commercy", insee_code="55122")
    mayor = service.person("mairie@commercy.fr", Role.APPLICANT, of=commune)
    kind = MUTANTS[mutant][0] if mutant else TrappedStore
    store = kind(folder / "documents", reserve=0)
    return World(service, store, mayor, [service.draft(mayor, commune) for _ in range(8)])


def content(seed: int) -> bytes:
    """A spreadsheet of its own for each seed."""
    numbers = random.Random(seed)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", f"<x>{seed}</x>")
        made.writestr("Pictures/scan", numbers.randbytes(numbers.choice(_SIZES)))
    return out.getvalue()


def deposit(world: World, seed: int) -> None:
    """One deposit, as the door does it; acknowledged when this returns."""
    store = world.store
    kept = take_in(
        store, io.BytesIO(content(seed)), f"{seed}.ods", formats=("ods",), limit=20_000_000
    )
    shelf = Shelf(store)
    draft = world.drafts[seed % len(world.drafts)]
    service = world.service
    service.run(
        lambda session: documents.attach(
            session,
            service.console,
            world.mayor,
            draft,
            Deposit("quotes", kept),
            shelf=shelf,
            now=service.now,
        )
    )
    store.reach("after commit")
    if isinstance(store, RowFirst):
        store.keep_late()
    store.spared -= 1


def watch(engine: Engine, store: TrappedStore) -> None:
    """Set the points that lie in the database."""

    @event.listens_for(engine, "after_cursor_execute")
    def _after(_connection, _cursor, statement, *_more) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002
        if statement.lstrip().startswith("INSERT INTO document"):
            store.reach("after insert")

    @event.listens_for(engine, "commit")
    def _commit(connection) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        if not connection.get_execution_options().get(READ_ONLY):
            store.reach("before commit")


class Campaign:
    """Rounds of two processes, born to be killed; with an aim, at that point only."""

    def __init__(self, world: World, *, seed: int, aim: str | None = None) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.points = itertools.cycle((aim,) if aim else POINTS)
        self.blind = 0.0 if aim else 0.5
        self.report = Report()
        self.acknowledged: set[int] = set()
        self.pending: list[int] = []
        self.errors: list[str] = []
        self.next_seed = seed * 1_000_000

    def run(self, kills: int, *, deposits: int = 0) -> Report:
        """Kill that many, and go on until that many deposits were acknowledged; then look.

        The last ones killed have kept files that nobody sends again.
        """
        began = time.monotonic()
        deposit(self.world, self._fresh())  # parse and compile before forking
        while self.report.kills < kills or len(self.acknowledged) < deposits:
            is_blind = self.random.random() < self.blind
            self._round(None if is_blind else next(self.points))
        if self.blind:
            self._round("after keeping")
        self._verify()
        self.report.acknowledged = len(self.acknowledged)
        self.report.violations += self.errors
        self.report.seconds = round(time.monotonic() - began, 1)
        return self.report

    def _fresh(self) -> int:
        self.next_seed += 1
        return self.next_seed

    def _round(self, point: str | None) -> None:
        self.world.service.database.dispose()
        again, self.pending = self.pending, []
        born = [self._bear(point, again[number::2]) for number in range(2)]
        if point is None:
            time.sleep(self.random.random() * 0.4)
            for pid, _pipe in born:
                os.kill(pid, signal.SIGKILL)
        for pid, pipe in born:
            self._bury(pid, pipe, point)

    def _bear(self, point: str | None, again: list[int]) -> tuple[int, int]:
        fresh = [self._fresh() for _ in range(40)]
        spared = self.random.randrange(8)
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._live(writer, point, [*again, *fresh], spared)
        os.close(writer)
        return pid, reader

    def _live(self, pipe: int, point: str | None, seeds: list[int], spared: int) -> None:
        world = self.world
        try:
            world.service.database.engine.dispose(close=False)
            world.store.point, world.store.spared = point, spared
            watch(world.service.database.engine, world.store)
            for seed in seeds:
                os.write(pipe, f"S {seed}\n".encode())
                deposit(world, seed)
                os.write(pipe, f"A {seed}\n".encode())
        except BaseException as error:  # noqa: BLE001 - told, then over
            os.write(pipe, f"X {type(error).__name__}: {error}\n".encode()[:400])
        os._exit(0)

    def _bury(self, pid: int, pipe: int, point: str | None) -> None:
        heard, until = b"", time.monotonic() + _STUCK_AFTER
        while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
            more = os.read(pipe, 65536)
            if not more:
                break
            heard += more
        else:
            self.errors.append(f"stuck before {point}")
            os.kill(pid, signal.SIGKILL)
        os.close(pipe)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            self.report.kills += 1
            self.report.points[point or "any moment"] += 1
        self._note(heard)

    def _note(self, heard: bytes) -> None:
        for line in heard.decode().splitlines():
            word, _, told = line.partition(" ")
            if word == "X":
                self.errors.append(told)
            elif word == "S":
                self.pending.append(int(told))
            elif word == "A":
                self.pending.remove(int(told))
                self.acknowledged.add(int(told))

    def _verify(self) -> None:
        """Every promise, before the sweep and after it."""
        world = self.world
        world.store.point = None
        database = world.service.database
        database.dispose()
        with database.reading() as session:
            named = set(session.scalars(query(Document.filename)))
            hashes = set(session.scalars(query(Document.sha256)))
        told = self.report.violations
        told += [f"lost: {one}" for one in self.acknowledged if f"{one}.ods" not in named]
        told += self._unreadable(hashes)
        kept = {one.sha256 for one in world.store.stored()}
        self.report.orphans = len(kept - hashes)
        sweep_orphans(database, world.store, grace=timedelta(seconds=-5))
        left = {one.sha256 for one in world.store.stored()}
        told += [f"not collected: {one}" for one in left - hashes]
        told += [f"collected though named: {one}" for one in (hashes & kept) - left]
        told += [f"unfinished: {one}" for one in (world.store.root / "tmp").iterdir()]

    def _unreadable(self, hashes: set[str]) -> list[str]:
        """Rows whose file is missing or is not what its name says."""
        bad = []
        for sha256 in hashes:
            try:
                LocalStore(self.world.store.root, reserve=0).open(sha256).close()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told
                bad.append(f"row without its file: {sha256} ({type(error).__name__})")
        return bad


def campaign(
    database: Database,
    folder: Path,
    *,
    kills: int,
    deposits: int = 0,
    mutant: str | None = None,
) -> Report:
    """A whole campaign on one database."""
    aim = MUTANTS[mutant][1] if mutant else None
    lead = Campaign(a_world(database, folder, mutant), seed=7, aim=aim)
    return lead.run(kills, deposits=deposits)


@contextmanager
def _scratch() -> Iterator[tuple[Database, Path]]:
    """A migrated SQLite database in a folder of its own."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        url = databases.copy_of(databases.sqlite_template(folder), folder)
        database = open_database(url)
        stack.callback(database.engine.dispose)
        yield database, folder


def main(arguments: list[str], show: Callable[[str], object] = sys.stdout.write) -> int:
    """Lead one campaign on SQLite and say what it saw."""
    kills = int(arguments[0]) if arguments else 300
    mutant = arguments[1] if len(arguments) > 1 else None
    with _scratch() as (database, folder):
        report = campaign(database, folder, kills=kills, deposits=200, mutant=mutant)
    show(f"{report}\n")
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
