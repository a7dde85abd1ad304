"""How fast is the engine? One run on one kind of database: rivals, ages, dates that come."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.bench.ageing import Ageing, grow_old
from app.bench.duel import Duel, Ring
from app.bench.naive import Naive
from app.bench.places import Place
from app.bench.script import pack
from app.bench.served import browser
from app.bench.town import settle
from app.bench.waiting import Waiting, find_and_fire
from app.catalogue.discover import find_packs, read_pack_files
from app.catalogue.rehearse import rehearse_pack
from app.database import Database, open_database
from app.web.console import build_console
from migrations.upgrade import upgrade


@dataclass(frozen=True)
class Sizes:
    """How long and how large a run is."""

    seconds: float = 30.0
    rounds: int = 200
    ages: tuple[int, ...] = (5, 50, 500)
    aged: int = 6
    waiting: int = 1_000_000
    due: int = 1_000


@dataclass(frozen=True)
class Run:
    """What was measured on one kind of database."""

    place: str
    duel: Duel
    ageing: Ageing
    waiting: Waiting


def measure(place: Place, folder: Path, sizes: Sizes) -> Run:
    """Everything, on databases made there for it."""
    url = place.create("liasse")
    with _opened(url) as database:
        upgrade(database)
        town = settle(database, build_console(), pack())
        dossiers = town.file(2 * sizes.rounds)
    copied = place.copy(url, "bare")
    with (
        _opened(url) as database,
        _opened(copied) as copy,
        _opened(place.create("naive")) as alone,
    ):
        town = town.on(database)
        with browser(url, folder, town.sign_in()) as client:
            ring = Ring(town, copy, Naive(alone), client)
            duel = ring.fight(dossiers, seconds=sizes.seconds)
        ageing = grow_old(town, ages=sizes.ages, dossiers=sizes.aged)
        waiting = find_and_fire(town, waiting=sizes.waiting, due=sizes.due)
    return Run(place.name, duel, ageing, waiting)


def largest_states() -> dict[str, int]:
    """The largest state a dossier of each shipped type reaches in its scenarios, in bytes."""
    return {
        key: max(one.largest_state for one in rehearse_pack(read_pack_files(folder)).played)
        for key, folder in sorted(find_packs().items())
    }


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()
