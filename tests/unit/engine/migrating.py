"""How does a test migrate many dossiers? Random positions, random edits, walks to the end."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.engine.context import Context
from app.engine.errors import DiagramRefused
from app.engine.migration import Change, Verdict, VerdictKind, Version, prove
from app.engine.migration.prove import signature_of
from app.engine.parse import Definition, parse_diagram
from app.engine.run import Run, Snapshot
from app.engine.values import Value
from tests.unit.engine.edits import draw_model, edited
from tests.unit.engine.playing import NOON

LISTS: dict[str, Value] = {"xs2": [1, 2], "xs3": [1, 2, 3]}
MOST_ACTIONS = 3_000


class Lost(AssertionError):
    """A dossier that migrated did not come to its end, or lost an answer."""


@dataclass
class Dossier:
    """A dossier somewhere on its way, with all it was answered so far."""

    state: bytes
    answers: dict[str, Value]
    now: datetime = NOON
    done: bool = False


class Player:
    """Somebody who answers at random, and remembers what was answered."""

    def __init__(self, definition: Definition, chance: random.Random) -> None:
        self.definition = definition
        self.chance = chance

    def context(self, now: datetime) -> Context:
        return Context(now, functions={"decide": lambda _name: self.chance.random() < 0.6})

    def begin(self) -> Dossier:
        """A dossier at its first wait."""
        run = Run.start(self.definition, LISTS, self.context(NOON))
        return Dossier(run.snapshot().state, dict(LISTS))

    def act(self, dossier: Dossier, *, quietly: bool = False) -> Snapshot:
        """One thing happens: a step is done, a message comes, a day passes."""
        run = Run.resume(self.definition, dossier.state, self.context(dossier.now))
        at = run.snapshot()
        roll = self.chance.random()
        if at.open_steps and (roll < 0.8 or quietly):
            step = self.chance.choice(at.open_steps)
            answer = {f"answer_{step.step}": len(dossier.answers)}
            run.complete(step.token, answer)
            dossier.answers |= answer
        elif at.messages and (roll < 0.9 or at.due_at is None):
            run.receive(self.chance.choice(at.messages), {})
        else:
            dossier.now += timedelta(days=1)
            run.go_on(self.context(dossier.now))
            run.tick()
        after = run.snapshot()
        dossier.state, dossier.done = after.state, after.completed
        return after

    def to_the_end(self, dossier: Dossier) -> None:
        """Goes on until the dossier is finished; refuses to go on for ever."""
        for _ in range(MOST_ACTIONS):
            if dossier.done:
                break
            after = self.act(dossier)
            missing = {
                name: value
                for name, value in dossier.answers.items()
                if after.variables.get(name) != value
            }
            if missing:
                raise Lost(f"answers are gone: {missing}")
        if not dossier.done:
            raise Lost("the dossier never ends")


def some_dossiers(definition: Definition, chance: random.Random, number: int) -> list[Dossier]:
    """Dossiers in flight, at random positions."""
    player = Player(definition, chance)
    found: list[Dossier] = []
    while len(found) < number:
        dossier = player.begin()
        for _ in range(chance.randint(0, 14)):
            before = Dossier(dossier.state, dict(dossier.answers), dossier.now)
            player.act(dossier)
            if dossier.done:
                dossier = before
                break
        found.append(dossier)
    return found


def open_steps(definition: Definition, dossier: Dossier, player: Player) -> list[str]:
    """The steps somebody has before them."""
    run = Run.resume(definition, dossier.state, player.context(dossier.now))
    return [step.step for step in run.snapshot().open_steps]


def campaign(seed: int, *, dossiers: int, edits: int) -> Counter[str]:
    """Migrates the dossiers of one random process through each edit; what became of them."""
    chance = random.Random(seed)
    model = draw_model(chance)
    old = parse_diagram(model.xml(), process_id="p")
    flying = some_dossiers(old, chance, dossiers)
    counted: Counter[str] = Counter()
    done = 0
    while done < edits:
        name, after = edited(model, chance, done)
        try:
            new = parse_diagram(after.xml(), process_id="p")
        except DiagramRefused:
            counted["refused edit"] += 1
            continue
        done += 1
        try:
            counted += migrate_all(old, new, after.renamed, flying, chance)
        except Exception as error:
            raise Lost(f"seed {seed}, edit {done} ({name}): {error!r}") from error
    return counted


def migrate_all(
    old: Definition,
    new: Definition,
    mapping: Mapping[str, str],
    flying: list[Dossier],
    chance: random.Random,
) -> Counter[str]:
    """Proves one dossier a signature, migrates every one that may go, and plays it to its end."""
    change = Change(Version(old), Version(new), mapping)
    player = Player(new, chance)
    proved: dict[object, Verdict] = {}
    counted: Counter[str] = Counter()
    for dossier in flying:
        signed = signature_of(change, dossier.state, player.context, now=dossier.now)
        if signed not in proved:
            proved[signed] = prove(change, dossier.state, player.context, now=dossier.now)
            counted["proofs"] += 1
        verdict = proved[signed]
        counted[verdict.kind.value] += 1
        if verdict.kind is not VerdictKind.SAFE:
            assert verdict.reasons, "no reason given"
            continue
        moved = prove(change, dossier.state, player.context, now=dossier.now)
        assert moved.snapshot is not None, f"{moved.reasons} although its like was safe"
        there = sorted(mapping.get(step, step) for step in open_steps(old, dossier, player))
        if sorted(step.step for step in moved.snapshot.open_steps) != there:
            raise Lost(f"people stand elsewhere: {there}")
        going = Dossier(moved.snapshot.state, dict(dossier.answers), dossier.now)
        player.to_the_end(going)
    return counted
