"""Would the random walks see a defect? The engine is broken on purpose, one way at a time."""

from collections.abc import Callable

import pytest

from app.engine import codec
from app.engine.errors import EngineFault
from app.engine.spiff import events, flow, loops, scopes
from app.engine.spiff.task import Token
from app.engine.variables import load_values
from tests.unit.engine.test_token_walks import walk

#: Walks looked at before a mutant is said to have gone unseen.
WALKS = 150


def _early(join: flow.ParallelGateway, my_task: Token) -> bool:
    """Goes on with the second token, whichever way it came by."""
    join.arrive(my_task)
    if len(join._inputs) > 1 and len(join.arrived(my_task)) < 2:
        return False
    for token in join.arrived(my_task):
        if token is not my_task:
            token.cancel()
    my_task.internal_data.clear()
    return True


def _forgetful(values: dict[str, object]) -> dict[str, object]:
    """Reads back a state without the number of repetitions that are over."""
    return {**load_values(values), **({"done": 0} if "done" in values else {})}


MUTANTS: dict[str, tuple[object, str, Callable[..., object]]] = {
    "a join goes on too early": (flow.ParallelGateway, "_update_hook", _early),
    "an inclusive join waits for nobody": (
        flow.InclusiveGateway,
        "_somebody_can_come",
        lambda *_: False,
    ),
    "an event beside a step happens once": (
        events.BoundaryEvent,
        "may_recur",
        lambda *_: False,
    ),
    "one event of several makes the others forgotten": (
        events,
        "_still_awaited",
        lambda _memory, _index, remembered: remembered,
    ),
    "an event interrupts nothing": (
        events.BoundaryEvent,
        "_on_ready_hook",
        events.Catching._on_ready_hook,
    ),
    "a completion condition is not looked at": (
        loops._ForEach,
        "_enough",
        lambda *_: False,
    ),
    "a step done leaves its events awaited": (flow.Split, "child_done", lambda *_: None),
    "a condition happens at every look": (
        events.Condition,
        "again",
        lambda *_: {},
    ),
    "an error stops at the first activity": (
        scopes.DossierWorkflow,
        "climb",
        lambda dossier, host, kind, code: (
            host is not None and dossier._raise_at(host, kind, code)
        ),
    ),
    "what is saved forgets how far a repetition is": (codec, "load_values", _forgetful),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_engine_is_seen(mutant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, broken = MUTANTS[mutant]
    monkeypatch.setattr(where, name, broken)
    assert any(_differs(seed) for seed in range(WALKS))


def _differs(seed: int) -> bool:
    try:
        walk(seed)
    except (AssertionError, EngineFault):
        return True
    return False
