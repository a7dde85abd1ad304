"""How is a run told? A plain table for people, and the same as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.bench.duel import BARE, HTTP, LIASSE, NAIVE, PAGE
from app.bench.engine import Run

_NAMES = {
    BARE: "écriture nue, les mêmes lignes",
    LIASSE: "Liasse, par les actions",
    HTTP: "Liasse, par le web : envoi",
    PAGE: "Liasse, par le web : page du formulaire",
    NAIVE: "SpiffWorkflow seul, un JSON par ligne",
}
#: What decisions.md A11 asks: share of the bare write, and times as fast as the naive one.
_WANTED = {"SQLite": (0.20, 5.0), "PostgreSQL": (0.40, 3.5)}
_FLAT = 1.2
_FIND_MS = 2.0
STATE_BYTES = 6_144


@dataclass(frozen=True)
class Target:
    """One figure to reach."""

    name: str
    value: float
    limit: float
    is_least: bool

    @property
    def is_reached(self) -> bool:
        """The figure is on the right side of its limit."""
        return self.value >= self.limit if self.is_least else self.value <= self.limit


def targets(run: Run) -> list[Target]:
    """What is asked of a run, and what it gave."""
    share, times = _WANTED[run.place]
    oldest = max(run.ageing.seconds)
    return [
        Target("step_over_bare", run.duel.ratio(LIASSE, BARE), share, is_least=True),
        Target("step_over_naive", run.duel.ratio(LIASSE, NAIVE), times, is_least=True),
        Target("oldest_over_youngest", run.ageing.ratio(oldest), _FLAT, is_least=False),
        Target("find_due_ms", run.waiting.find * 1e3, _FIND_MS, is_least=False),
        Target("state_bytes", max(run.duel.liasse_bytes), STATE_BYTES, is_least=False),
    ]


def as_json(runs: list[Run], states: Mapping[str, int]) -> dict[str, Any]:
    """Everything measured, for programs: times in milliseconds, sizes in bytes."""
    return {"states": dict(states), "runs": [_run_json(run) for run in runs]}


def _run_json(run: Run) -> dict[str, Any]:
    duel, ageing, waiting = run.duel, run.ageing, run.waiting
    return {
        "database": run.place,
        "rounds": duel.rounds,
        "completions_per_second": {name: duel.per_second(name) for name in _NAMES},
        "milliseconds": {name: duel.milliseconds(name) for name in _NAMES},
        "state_bytes": {LIASSE: max(duel.liasse_bytes), NAIVE: max(duel.naive_bytes)},
        "ages": {
            str(age): {
                "milliseconds": ageing.milliseconds(age),
                "over_youngest": ageing.ratio(age),
                "state_bytes": ageing.state_bytes[age],
            }
            for age in ageing.seconds
        },
        "timers": {
            "waiting": waiting.waiting,
            "due": waiting.due,
            "find_ms": waiting.find * 1e3,
            "fire_ms": waiting.fire * 1e3,
        },
        "targets": {
            one.name: {"value": one.value, "limit": one.limit, "reached": one.is_reached}
            for one in targets(run)
        },
    }


def as_lines(run: Run) -> Iterator[str]:
    """A run as people read it."""
    duel, waiting = run.duel, run.waiting
    yield f"{run.place} : {duel.rounds} manches d’un dossier de 33 étapes, médianes"
    yield f"  {'':42}{'étapes/s':>10}{'ms':>9}{'÷ nu':>8}{'÷ naïf':>8}"
    for name, words in _NAMES.items():
        over = f"{duel.ratio(name, BARE):8.2f}{duel.ratio(name, NAIVE):8.1f}"
        speed = f"{duel.per_second(name):10.0f}{duel.milliseconds(name):9.2f}"
        yield f"  {words:42}{speed}{over}"
    yield "  âge du dossier (étapes derrière lui)      ms par étape   ÷ jeune   état (octets)"
    for age in run.ageing.seconds:
        cost, ratio = run.ageing.milliseconds(age), run.ageing.ratio(age)
        yield f"  {age:>12}{cost:40.2f}{ratio:10.2f}{run.ageing.state_bytes[age]:16}"
    yield (
        f"  {waiting.waiting} dossiers en attente, {waiting.due} échus :"
        f" {waiting.find * 1e3:.2f} ms pour les trouver, {waiting.fire * 1e3:.2f} ms pour en passer un"
    )
    for one in targets(run):
        sign = "≥" if one.is_least else "≤"
        word = "atteint" if one.is_reached else "NON ATTEINT"
        yield f"  {one.name:22} {one.value:9.2f}  {sign} {one.limit:g}  {word}"
