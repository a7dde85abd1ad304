"""Does a step cost the same on a dossier's first day and after ten years? The same lap, at three ages."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from statistics import median
from uuid import UUID

from sqlalchemy import select

from app.bench.script import LAP, Work, lap
from app.bench.town import Town
from app.models.process import DossierProcess

#: Completions already behind the dossier; a lap has fifteen, so all stand at the same place.
AGES = (5, 50, 500)


@dataclass
class Ageing:
    """What a completion takes at each age, in seconds, and how large the state is, in bytes."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    state_bytes: dict[int, int] = field(default_factory=dict)

    def milliseconds(self, age: int) -> float:
        """What a completion usually takes at that age."""
        return median(self.seconds[age]) * 1e3

    def ratio(self, age: int) -> float:
        """How many times the cost of the youngest, each step beside the same step."""
        young = min(self.seconds)
        pairs = zip(self.seconds[age], self.seconds[young], strict=True)
        return median(old / new for old, new in pairs)


@dataclass
class _Walker:
    """A dossier that goes round and round."""

    town: Town
    dossier_id: UUID
    works: Iterator[Work] = field(default_factory=lambda: chain.from_iterable(_laps()))

    def walk(self, steps: int) -> None:
        """So many completions, not timed."""
        for work in islice(self.works, steps):
            self.town.do(self.town.open_task(self.dossier_id, work.step), work)

    def step(self) -> float:
        """One completion, and what it took."""
        work = next(self.works)
        task_id = self.town.open_task(self.dossier_id, work.step)
        began = time.perf_counter()
        self.town.do(task_id, work)
        return time.perf_counter() - began

    def state_bytes(self) -> int:
        """How large the state is now."""
        with self.town.database.reading() as session:
            query = select(DossierProcess.state).where(
                DossierProcess.dossier_id == self.dossier_id
            )
            return len(session.scalars(query).one())


def _laps() -> Iterator[Iterator[Work]]:
    return (lap() for _ in repeat(None))


def grow_old(town: Town, *, ages: tuple[int, ...] = AGES, dossiers: int = 6) -> Ageing:
    """Walk so many dossiers to each age, then one lap of each, step by step in turns."""
    ageing = Ageing({age: [] for age in ages})
    for _ in range(dossiers):
        walkers = {age: _Walker(town, town.file(1)[0]) for age in ages}
        for age, walker in walkers.items():
            walker.walk(age)
            ageing.state_bytes[age] = walker.state_bytes()
        for _ in range(LAP):
            for age, walker in walkers.items():
                ageing.seconds[age].append(walker.step())
    return ageing
