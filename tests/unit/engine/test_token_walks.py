"""Is a dossier saved and read back at every wait where BPMN says it is, whatever happens to it?

Random processes with every construct the engine plays, and random lives: steps and jobs done,
messages and signals received, time passing, errors reported. Three copies live the same life: one
saved and read back at every wait, one never saved, and the token reference, which shares nothing
with the engine. `LIASSE_LONG=1` walks ten thousand.
"""

import os
import random
from typing import Any

import pytest

from app.engine.errors import DiagramRefused
from app.engine.parse import parse_diagram
from tests.unit.engine.lives import Life
from tests.unit.engine.richly import LISTS, draw_richly

LONG = os.environ.get("LIASSE_LONG") == "1"
WALKS = 10_000 if LONG else 400
BATCH = 50
MAX_ACTS = 60


def walk(seed: int) -> int:
    """Walks to the end, or for a while; gives the number of actions."""
    drawn = draw_richly(seed)
    life = Life(seed, drawn, parse_diagram(drawn), {**LISTS, "v": 0}, _values)
    return life.live(MAX_ACTS)


def _values(chance: random.Random) -> dict[str, Any]:
    return {"v": chance.randint(0, 3), "result": chance.randint(0, 9)}


@pytest.mark.parametrize("batch", range(WALKS // BATCH))
def test_a_dossier_is_where_bpmn_says_it_is(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        walk(seed)


def test_what_is_drawn_at_random_is_accepted() -> None:
    for seed in range(100):
        try:
            parse_diagram(draw_richly(seed))
        except DiagramRefused as refused:
            raise AssertionError(f"seed {seed}: {refused.problems}") from refused


def test_walks_meet_everything() -> None:
    drawn = b"".join(draw_richly(seed) for seed in range(60)).decode()
    for word in (
        *("multiInstance", "standardLoop", "completionCondition", "eventBasedGateway"),
        *("triggeredByEvent", "callActivity", "transaction", "boundaryEvent", "timeCycle"),
        *("errorEvent", "escalationEvent", "conditionalEvent", "terminateEvent", "linkEvent"),
    ):
        assert word in drawn
