"""Is a dossier saved and read back at every wait where BPMN says it is, whatever happens to it?

Random processes with every construct the engine plays, and random lives: steps and jobs done,
messages and signals received, time passing, errors reported. Three copies live the same life: one
saved and read back at every wait, one never saved, and the token reference, which shares nothing
with the engine. `LIASSE_LONG=1` walks ten thousand.
"""

import os
import random
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.engine.errors import DiagramRefused
from app.engine.parse import parse_diagram
from tests.unit.engine.playing import NOON, Played
from tests.unit.engine.richly import LISTS, draw_richly
from tests.unit.engine.tokens import Tokens

LONG = os.environ.get("LIASSE_LONG") == "1"
WALKS = 10_000 if LONG else 400
BATCH = 50
MAX_ACTS = 60


class Answers:
    """Answers each question of the diagram, the same way for the same seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.asked: Counter[tuple[Any, ...]] = Counter()

    def __call__(self, *question: Any) -> bool:
        self.asked[question] += 1
        number = self.asked[question]
        if number > 3:
            return False
        return random.Random(f"{self.seed}/{question}/{number}").random() < 0.5


class Walk:
    """One life, lived by the three copies."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        drawn = draw_richly(seed)
        definition = parse_diagram(drawn)
        start: Mapping[str, Any] = {**LISTS, "v": 0}
        self.saved, self.whole = (
            Played(
                definition,
                functions={"decide": Answers(seed)},
                variables=start,
                interrupted=interrupted,
            )
            for interrupted in (True, False)
        )
        self.tokens = Tokens(
            drawn, now=NOON, functions={"decide": Answers(seed)}, variables=start
        )

    def compare(self) -> None:
        """The three stand at the same place, wait for the same things and know the same."""
        saved, tokens = self.saved, self.tokens
        assert saved.at.state == self.whole.at.state, "a dossier saved differs"
        seen = {
            "steps": (saved.places(), sorted([*tokens.steps, *tokens.jobs])),
            "messages": (list(saved.at.messages), tokens.messages),
            "due": (saved.at.due_at, tokens.due_at),
            "done": (saved.done, tokens.done),
            "variables": (dict(saved.variables), tokens.variables),
            "sent": (sorted(saved.at.sent), sorted(tokens.sent)),
        }
        for what, (found, expected) in seen.items():
            assert found == expected, f"{what}: {found} instead of {expected}"

    def act(self) -> str:
        """Something happens, the same to all."""
        roll, tokens = self.chance.random(), self.tokens
        places = [*tokens.steps, *tokens.jobs]
        if roll < 0.15 and tokens.due_at is not None:
            return self.time_passes()
        if (roll < 0.35 or not places) and tokens.messages:
            message = self.chance.choice(tokens.messages)
            tokens.receive(message)
            assert self.saved.receive(message)
            assert self.whole.receive(message)
            return f"receives {message}"
        if not places:
            return self.time_passes()
        name, path = self.chance.choice(places)
        if roll > 0.97:
            found = {tokens.fail(name, path, "E9")}
            found |= {one.fail_at(name, path, "E9") for one in (self.saved, self.whole)}
            assert len(found) == 1
            return f"{name} {path} fails"
        values = {"v": self.chance.randint(0, 3), "result": self.chance.randint(0, 9)}
        tokens.complete(name, path, values)
        for one in (self.saved, self.whole):
            one.complete_at(name, path, **values)
        return f"{name} {path} is done with v = {values['v']}"

    def time_passes(self) -> str:
        due = self.tokens.due_at
        assert due is not None, "nothing could ever move this dossier"
        extra = self.chance.choice([0, 0, 1, 500, 30_000])
        now = max(due, self.saved.now) + timedelta(minutes=extra)
        self.tokens.wait_until(now)
        for one in (self.saved, self.whole):
            one.wait_until(now)
        return f"it is {now}"


def walk(seed: int) -> int:
    """Walks to the end, or for a while; gives the number of actions."""
    one, told = Walk(seed), ["begins"]
    try:
        for number in range(MAX_ACTS):
            one.compare()
            if one.tokens.done:
                return number
            told.append(one.act())
    except AssertionError as difference:
        raise AssertionError(f"seed {seed}, {' · '.join(told[-3:])}: {difference}") from None
    return MAX_ACTS


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
