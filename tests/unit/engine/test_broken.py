"""What becomes of a diagram damaged at random? It is refused in French, or played; nothing else."""

import contextlib
import os
import random

import pytest
from lxml import etree

from app.engine.elements import NODE_KINDS
from app.engine.errors import DiagramRefused, EngineFault
from app.engine.values import Value
from app.engine.xml import Element, bpmn, local
from tests.unit.engine.playing import Played
from tests.unit.engine.randomly import draw_block, to_diagram
from tests.unit.engine.reference import Oracle
from tests.unit.engine.test_state import ADJOURNED

MUTANTS = 4_000 if os.environ.get("LIASSE_LONG") == "1" else 200
VARIABLES: dict[str, Value] = {"xs2": [1, 2], "xs3": [1, 2, 3], "experts": [1, 2], "vote": "x"}
TEXTS = ["x", "1", "${decide('a')}", "P1D", "", "xs2"]


def damaged(chance: random.Random, drawn: bytes) -> bytes:
    root = etree.fromstring(drawn)
    for _ in range(chance.randint(1, 2)):
        elements = [element for element in root.iter() if element is not root]
        if elements:
            damage(chance, chance.choice(elements), elements)
    return etree.tostring(root)


def damage(chance: random.Random, element: Element, others: list[Element]) -> None:
    parent, roll = element.getparent(), chance.random()
    if roll < 0.2 and parent is not None:
        parent.remove(element)
    elif roll < 0.6 and element.attrib:
        key = str(chance.choice(list(element.attrib)))
        ids = [str(other.get("id")) for other in others if other.get("id")]
        element.set(key, chance.choice([chance.choice([*ids, ""]), "true", "false", "zzz", ""]))
    elif roll < 0.8 and local(element) in NODE_KINDS:
        element.tag = bpmn(chance.choice(sorted(NODE_KINDS)))
    elif roll < 0.9:
        target = chance.choice(others)
        if target is not element and element not in target.iterancestors():
            target.append(element)
    else:
        element.text = chance.choice(TEXTS)


def play(chance: random.Random, played: Played) -> None:
    for _ in range(20):
        if played.done:
            return
        steps = [step.step for step in played.at.open_steps]
        jobs = [job.step for job in played.at.jobs]
        choices = [*steps, *jobs, *played.at.messages, *(["time"] if played.at.due_at else [])]
        chosen = chance.choice(choices)
        if chosen in steps:
            played.complete(chosen, vote=chance.choice(["x", "adjourned"]))
        elif chosen in jobs:
            played.finish(chosen)
        elif chosen == "time":
            played.wait(days=40)
        else:
            played.receive(chosen)


@pytest.mark.parametrize("batch", range(MUTANTS // 50))
def test_a_damaged_diagram_is_refused_or_played(batch: int) -> None:
    for seed in range(batch * 50, batch * 50 + 50):
        chance = random.Random(seed)
        sound = ADJOURNED if seed % 2 else to_diagram(("seq", [draw_block(chance, 3, ["x"])]))
        drawn = damaged(chance, sound)
        with contextlib.suppress(DiagramRefused, EngineFault):
            play(chance, Played(drawn, functions={"decide": Oracle(seed)}, variables=VARIABLES))
