"""How do three copies of a dossier live one random life? Saved at every wait, never saved, as tokens."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from app.engine.context import Decide, refuse_decisions
from app.engine.errors import StepBudgetSpent
from app.engine.parse import Definition
from tests.unit.engine.playing import NOON, Played
from tests.unit.engine.spots import TurnsRound
from tests.unit.engine.tokens import Tokens

#: With so many open steps a life has nothing more to teach.
CROWD = 200
T = TypeVar("T")
Values = Callable[[random.Random], Mapping[str, Any]]


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


class Life:
    """One life of one process; `values` are what people answer at a step."""

    def __init__(
        self,
        seed: int,
        drawn: bytes,
        definition: Definition,
        start: Mapping[str, Any],
        values: Values,
        *,
        decide: Decide = refuse_decisions,
        called: Sequence[bytes] = (),
        messages: float = 0.2,
        rare: Sequence[str] = (),
    ) -> None:
        #: How often a message comes while there is something to do; which hardly ever does.
        self.messages, self.rare = messages, rare
        self.seed, self.values, self.chance = seed, values, random.Random(seed)
        self.told = ["begins"]

        def played(*, interrupted: bool) -> Played:
            return Played(
                definition,
                functions={"decide": Answers(seed)},
                variables=start,
                decide=decide,
                interrupted=interrupted,
            )

        def tokens() -> Tokens:
            return Tokens(
                drawn,
                now=NOON,
                process=definition.process_id,
                called=tuple(called),
                functions={"decide": Answers(seed)},
                decide=decide,
                variables=start,
            )

        try:
            self.saved, self.whole = played(interrupted=True), played(interrupted=False)
        except StepBudgetSpent:
            tokens()
            raise AssertionError(f"seed {seed}: only the engine turns round") from None
        self.tokens = tokens()

    def live(self, acts: int) -> int:
        """To the end, or for so many actions; gives their number."""
        try:
            for number in range(acts):
                self.compare()
                if self.tokens.done:
                    return number
                if len(self.tokens.steps) > CROWD:
                    return number
                self.told.append(self.act())
        except TurnsRound:
            return len(self.told)
        except AssertionError as difference:
            last = " · ".join(self.told[-3:])
            raise AssertionError(f"seed {self.seed}, {last}: {difference}") from None
        return acts

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
        if (0.15 <= roll < 0.15 + self.messages or not places) and tokens.messages:
            return self.message_comes()
        if not places:
            return self.time_passes()
        name, path = self.chance.choice(places)
        if roll > 0.97:
            self.all_do(
                lambda: tokens.fail(name, path, "E9"),
                lambda one: one.fail_at(name, path, "E9"),
            )
            return f"{name} {path} fails"
        values = self.values(self.chance)
        self.all_do(
            lambda: tokens.complete(name, path, values),
            lambda one: one.complete_at(name, path, **values),
        )
        return f"{name} {path} is done"

    def all_do(self, moved: Callable[[], T], done: Callable[[Played], T]) -> None:
        """The three do it, with the same answer; what turns round in one does in all."""
        copies = (self.saved, self.whole)
        try:
            expected = moved()
        except TurnsRound:
            # A signal that calls itself back.
            for one in copies:
                with pytest.raises(StepBudgetSpent):
                    done(one)
            raise
        found = [done(one) for one in copies]
        assert found == [expected, expected], f"answered {found} instead of {expected}"

    def message_comes(self) -> str:
        awaited = self.tokens.messages
        usual = [
            name for name in awaited if name not in self.rare or self.chance.random() < 0.05
        ]
        message, payload = self.chance.choice(usual or awaited), self.values(self.chance)
        self.all_do(
            lambda: self.tokens.receive(message, payload),
            lambda one: one.receive(message, **payload),
        )
        return f"receives {message}"

    def time_passes(self) -> str:
        due = self.tokens.due_at
        assert due is not None, "nothing could ever move this dossier"
        extra = self.chance.choice([0, 0, 1, 500, 30_000])
        now = max(due, self.saved.now) + timedelta(minutes=extra)
        self.all_do(lambda: self.tokens.wait_until(now), lambda one: one.wait_until(now))
        return f"it is {now}"
