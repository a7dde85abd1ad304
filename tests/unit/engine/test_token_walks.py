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
from tests.unit.engine import drawing as d
from tests.unit.engine.graph import read_graphs
from tests.unit.engine.lives import Life
from tests.unit.engine.richly import LISTS, Inside, Sketch, again, draw_richly
from tests.unit.engine.spots import TurnsRound

LONG = os.environ.get("LIASSE_LONG") == "1"
WALKS = 10_000 if LONG else 400
BATCH = 50
MAX_ACTS = 60


def walk(seed: int) -> int:
    """Walks to the end, or for a while; gives the number of actions."""
    drawn = draw_richly(seed)
    try:
        life = Life(seed, drawn, parse_diagram(drawn), {**LISTS, "v": 0}, _values)
    except TurnsRound:
        # Already as it begins, in the tokens as in the engine.
        return 0
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


def test_the_step_that_lets_a_loop_breathe_is_never_skipped() -> None:
    for seed in range(1_000):
        sketch, out = Sketch(random.Random(seed)), list[str]()
        _, last = again(sketch, out, Inside(0))
        signals = d.named("signal", *sketch.signals)
        drawn = d.diagram(signals, *sketch.declared, d.process("".join(out)))
        nodes = read_graphs(drawn)["p"].nodes
        question = nodes[f"{last.removesuffix('j')}x"]
        breath = nodes[question.entering[0].source]
        assert breath.loop is None or not breath.loop.test_before, seed


def echo(*course: str) -> Life:
    """A life of a process where the signal `g1` calls itself back for ever."""
    back = d.on_event(
        "es",
        d.signal("g1"),
        d.throw("t", d.signal("g1")),
        d.end("ee"),
        d.path("es_start", "t", "ee"),
        stops=False,
    )
    process = d.process(d.start(), d.end(), *course, back)
    drawn = d.diagram(d.named("signal", "g1"), process)
    return Life(0, drawn, parse_diagram(drawn), {}, _values)


def test_what_turns_round_for_ever_is_stopped_in_the_engine_as_in_the_tokens() -> None:
    with pytest.raises(TurnsRound):
        echo(d.throw("first", d.signal("g1")), d.user("a"), d.path("s", "first", "a", "e"))
    later = echo(d.user("a"), d.throw("last", d.signal("g1")), d.path("s", "a", "last", "e"))
    with pytest.raises(TurnsRound):
        later.all_do(
            lambda: later.tokens.receive("g1"),
            lambda one: one.receive("g1"),
        )


def test_walks_meet_everything() -> None:
    drawn = b"".join(draw_richly(seed) for seed in range(60)).decode()
    for word in (
        *("multiInstance", "standardLoop", "completionCondition", "eventBasedGateway"),
        *("triggeredByEvent", "callActivity", "transaction", "boundaryEvent", "timeCycle"),
        *("errorEvent", "escalationEvent", "conditionalEvent", "terminateEvent", "linkEvent"),
    ):
        assert word in drawn
