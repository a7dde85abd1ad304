"""Can a dossier repaired anywhere, in any way, still reach its end, and is it saved as it is?

Random processes (tests/unit/engine/randomly.py) are played for a while, repaired at random, and
played to their end. `LIASSE_LONG=1` walks twenty times more.
"""

import os
import random
from collections import Counter

import pytest

from app.engine.parse import Definition, parse_diagram
from app.engine.repair import Repair, RepairKind, RepairRefused, carry_out, ways
from app.engine.repair.surgery import leaves
from app.engine.run import Run
from tests.unit.engine.playing import Played
from tests.unit.engine.randomly import Block, draw_block, to_diagram
from tests.unit.engine.test_walks import LISTS

LONG = os.environ.get("LIASSE_LONG") == "1"
WALKS = 6_000 if LONG else 300
BATCH = 50
REPAIRS = 3
TO_THE_END = 400


class Chances:
    """Answers the diagram's questions; the same, as long as nothing happens."""

    def __init__(self, seed: int) -> None:
        self.seed, self.turn = seed, 0

    def __call__(self, question: str) -> bool:
        said = random.Random(f"{self.seed}/{question}/{self.turn}").random() < 0.45
        return said and self.turn < TO_THE_END // 4


def play_on(chance: random.Random, played: Played) -> None:
    """Somebody does something."""
    roll = chance.random()
    if roll < 0.15 and played.at.due_at is not None:
        played.wait(days=1)
    elif roll < 0.25 and played.at.messages:
        played.receive(chance.choice(played.at.messages))
    elif played.at.open_steps:
        step = chance.choice(played.at.open_steps)
        played._do(lambda run: run.complete(step.token, {}))
    elif played.at.messages:
        played.receive(chance.choice(played.at.messages))
    else:
        played.wait(days=1)


def asked(chance: random.Random, played: Played) -> Repair:
    """Any repair, of whatever stands there, towards whatever is drawn."""
    run = Run.resume(played.definition, played.at.state, played.context())
    standing = [token.id for token in run.peek(leaves)]
    targets = [
        node.id
        for node in played.definition.nodes.values()
        if node.kind in {"userTask", "subProcess", "endEvent"}
    ]
    kind = chance.choice(
        [RepairKind.MOVE, RepairKind.MOVE, RepairKind.REDO, RepairKind.CANCEL, RepairKind.SKIP]
    )
    tokens = () if kind is RepairKind.REDO else (chance.choice(standing),)
    target = chance.choice(targets) if kind in {RepairKind.MOVE, RepairKind.REDO} else ""
    return Repair(kind, tokens, target)


def repair(chance: random.Random, played: Played) -> str:
    """Asks for a repair and does it in one of the ways offered; what came of it."""
    wanted = asked(chance, played)
    try:
        offered = ways(played.definition, played.at.state, played.context(), wanted)
    except RepairRefused as refusal:
        return type(refusal).__name__
    chosen = chance.choice(offered)
    shown = Run.resume(played.definition, played.at.state, played.context())
    carry_out(shown, chosen)
    played._do(lambda run: carry_out(run, chosen))
    assert played.at.state == shown.snapshot().state
    return (
        f"{wanted.kind}{'+fills' if chosen.fills else ''}{'+beside' if chosen.beside else ''}"
    )


def drawn(seed: int) -> Definition:
    chance = random.Random(seed)
    names: list[str] = []
    block: Block = ("seq", [draw_block(chance, 3, names) for _ in range(2)])
    return parse_diagram(to_diagram(block))


def walk(seed: int) -> Counter[str]:
    """Plays, repairs, plays, and ends."""
    chance, definition = random.Random(seed), drawn(seed)
    chances = Chances(seed)
    played = Played(definition, functions={"decide": chances}, variables=LISTS)
    done: Counter[str] = Counter()
    for _ in range(REPAIRS):
        for _ in range(chance.randint(0, 6)):
            if played.done:
                return done
            play_on(chance, played)
            chances.turn += 1
        if not played.done:
            done[repair(chance, played)] += 1
    for _ in range(TO_THE_END):
        if played.done:
            return done
        play_on(chance, played)
        chances.turn += 1
    raise AssertionError(f"never ends: {played.steps} {played.at.marking}")


@pytest.mark.parametrize("batch", range(WALKS // BATCH))
def test_a_repaired_dossier_reaches_its_end_and_is_saved_as_it_is(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        try:
            walk(seed)
        except Exception as fault:
            raise AssertionError(f"seed {seed}: {fault!r}") from fault


def test_walks_meet_every_kind_of_repair_and_of_refusal() -> None:
    met: Counter[str] = Counter()
    for seed in range(400):
        met += walk(seed)
    wanted = {"move", "redo", "cancel", "skip", "move+beside", "redo+beside", "cancel+fills"}
    assert wanted <= set(met), met
    assert {"WouldBeStuck", "WouldBeDoubled"} & set(met), met
