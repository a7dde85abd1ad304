"""Does a dossier saved and read back at every wait do what an uninterrupted one does, and is it right?

Random processes made of blocks: parallel branches, choices and inclusive choices inside loops,
activities done once per element, sub-processes, messages that cut a step short or open another
one, deadlines. `LIASSE_LONG=1` walks twenty times more.
"""

import os
import random

import pytest

from app.engine.parse import parse_diagram
from app.engine.values import Value
from tests.unit.engine.playing import Played
from tests.unit.engine.randomly import Block, draw_block, to_diagram
from tests.unit.engine.reference import Oracle, Reference

LONG = os.environ.get("LIASSE_LONG") == "1"
WALKS = 12_000 if LONG else 600
BATCH = 50
MAX_STEPS = 70
LISTS: dict[str, Value] = {"xs2": [1, 2], "xs3": [1, 2, 3]}


def act(chance: random.Random, expected: Reference, *played: Played) -> None:
    """Something happens, the same to all."""
    roll = chance.random()
    if roll < 0.1 and expected.has_deadline:
        expected.a_day_passes()
        for one in played:
            one.wait(days=1)
    elif roll < 0.2 and expected.messages:
        message = chance.choice(expected.messages)
        expected.receive(message)
        for one in played:
            assert one.receive(message)
    else:
        name = chance.choice(expected.steps)
        expected.complete(name)
        for one in played:
            one.complete(name)


def walk(seed: int) -> int:
    """Walks to the end, or for a while; gives the number of actions."""
    chance = random.Random(seed)
    names: list[str] = []
    block: Block = ("seq", [draw_block(chance, 3, names) for _ in range(2)])
    definition = parse_diagram(to_diagram(block))
    saved = Played(definition, functions={"decide": Oracle(seed)}, variables=LISTS)
    whole = Played(
        definition, functions={"decide": Oracle(seed)}, variables=LISTS, interrupted=False
    )
    expected = Reference(block, Oracle(seed))
    for number in range(MAX_STEPS):
        assert saved.steps == expected.steps
        assert list(saved.at.messages) == expected.messages
        assert (saved.at.due_at is not None) == expected.has_deadline
        assert saved.done == expected.done
        assert saved.at.state == whole.at.state
        if expected.done:
            assert saved.trace == list(whole.at.trace)
            return number
        act(chance, expected, saved, whole)
    return MAX_STEPS


@pytest.mark.parametrize("batch", range(WALKS // BATCH))
def test_a_walk_saved_at_every_wait_is_the_walk_never_saved_and_the_right_one(
    batch: int,
) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        try:
            walk(seed)
        except AssertionError as difference:
            raise AssertionError(f"seed {seed}: {difference}") from difference


def test_walks_go_somewhere() -> None:
    lengths = [walk(seed) for seed in range(40)]
    assert sum(lengths) > 200
    assert max(lengths) > 15
