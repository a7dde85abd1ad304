"""Do dossiers of the types we ship stand where BPMN says, whatever people answer?

Each action gives every variable the diagram reads a value of its kind, drawn at random: a choice
among those it compares with, a day, a list of people, yes or no.
"""

import os
import random
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.catalogue.discover import read_pack_files
from app.catalogue.pack import DIAGRAM, Pack, load_pack
from app.engine.evaluated import evaluated_texts
from app.engine.expressions import compile_expression
from app.engine.parse import parse_diagram
from app.engine.values import Value
from tests.unit.engine.lives import Life
from tests.unit.engine.playing import NOON

LONG = os.environ.get("LIASSE_LONG") == "1"
WALKS = {"investment_grant": 2_000 if LONG else 60, "reading_prize": 400 if LONG else 20}
ROOT = Path(__file__).parents[3]
PLACES = {
    "investment_grant": ROOT / "processes/investment_grant",
    "reading_prize": ROOT / "tests/cartridge/processes/reading_prize",
}
_CHOICE = re.compile(r"(\w+) == '([^']*)'")
_DAY = re.compile(r"date_add\((\w+)|(\w+) >= today")


class Kinds:
    """What may be answered for each variable that a diagram reads."""

    def __init__(self, pack: Pack) -> None:
        self.choices: dict[str, set[str]] = {}
        self.days: set[str] = set()
        self.lists: set[str] = set()
        self.names: set[str] = set()
        for one in evaluated_texts(pack.diagram):
            text = one.text
            self.names |= compile_expression(text).names
            self.days |= {a or b for a, b in _DAY.findall(text)}
            for name, value in _CHOICE.findall(text):
                self.choices.setdefault(name, {"something else"}).add(value)
            if one.item is not None:
                self.lists.add(text)

    def values(self, chance: random.Random) -> dict[str, Any]:
        return {name: self._value(name, chance) for name in sorted(self.names)}

    def _value(self, name: str, chance: random.Random) -> Value:
        if name in self.choices:
            # Most dossiers go forward: what is sent back at each step never reaches the end.
            if chance.random() < 0.6:
                return "something else"
            return chance.choice(sorted(self.choices[name]))
        if name in self.days:
            return (NOON.date() + timedelta(days=chance.randint(-30, 400))).isoformat()
        if name in self.lists:
            return [f"person {n}" for n in range(chance.randint(0, 3))]
        return chance.random() < 0.5


def decide(decision: str, _facts: Mapping[str, Value], /) -> Mapping[str, Value]:
    """Decision tables have tests of their own: here each gives one plain answer."""
    return {decision: "answer"}


@pytest.mark.parametrize("key", WALKS)
def test_a_dossier_of_our_types_is_where_bpmn_says_it_is(key: str) -> None:
    pack = load_pack(read_pack_files(PLACES[key]))
    called = [
        data for name, data in pack.files.items() if name.endswith(".bpmn") and name != DIAGRAM
    ]
    definition = parse_diagram(pack.diagram, process_id=pack.process, called=called)
    kinds, met, acts = Kinds(pack), set[str](), 0
    for seed in range(WALKS[key]):
        start = kinds.values(random.Random(seed))
        life = Life(
            seed,
            pack.diagram,
            definition,
            start,
            kinds.values,
            decide=decide,
            called=called,
            messages=0.02,
            rare=["withdrawal"],
        )
        acts += life.live(150)
        met |= {passed.node for passed in life.saved.trace}
    assert acts >= 2 * WALKS[key]
    # The walks go everywhere, or nearly: a part of the drawing left alone would prove nothing.
    assert len(met) > 0.9 * len(definition.nodes)
