"""Is the saved state small, exact, of constant size, and refused by another diagram?"""

import threading
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.codec import dump, load
from app.engine.context import Context
from app.engine.errors import ForeignState
from app.engine.parse import Definition, parse_diagram
from app.engine.run import Run
from app.engine.values import Value
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import NOON, Played

#: A committee that adjourns: an event sub-process, a fork, deadlines, repetitions in a loop.
ADJOURNED = d.diagram(
    d.named("message", "withdrawal", "committee"),
    d.process(
        d.start(),
        d.end(),
        d.choice("m"),
        d.fork("g", "j"),
        d.user("prepare", "check"),
        d.user("opinion", inner=d.each("experts", "expert")),
        d.attached("late", "opinion", d.lasting("P15D")),
        d.choice("merge"),
        d.catch("session", d.message("committee")),
        d.choice("x", "out"),
        d.path("s", "m", "g", "prepare", "j", "session", "x"),
        d.path("g", "opinion", "merge", "j"),
        d.flow("late", "merge"),
        d.flow("x", "m", "vote == 'adjourned'"),
        d.flow("x", "check", named="out"),
        d.path("check", "e"),
        d.on_event("w", d.message("withdrawal"), d.user("record"), d.path("w_start", "record")),
    ),
)


def test_three_hundred_passes_of_a_loop_leave_the_state_as_small_as_one() -> None:
    played = Played(ADJOURNED, variables={"experts": [1, 2, 3]})
    sizes, tokens = [], []
    for _ in range(300):
        for _expert in range(3):
            played.complete("opinion")
        played.complete("prepare")
        played.receive("committee", vote="adjourned")
        sizes.append(len(played.at.state))
        tokens.append(len(played.at.open_steps))
    # Only the numbers of the tokens grow: from two digits to four.
    assert max(sizes) - sizes[0] <= 30
    assert max(sizes) < 700
    assert set(tokens) == {4}
    played.receive("committee", vote="granted")
    assert played.times("session") == 300


def test_the_state_holds_no_diagram_and_no_fact() -> None:
    played = Played(ADJOURNED, variables={"experts": [1]}, facts={"population": 800})
    assert b"opinion" not in played.at.state
    assert b"population" not in played.at.state


def test_what_is_read_back_is_saved_to_the_same_bytes_at_every_wait() -> None:
    definition = parse_diagram(ADJOURNED)
    played = Played(definition, variables={"experts": [1, 2, 3]})
    played.complete("opinion")
    played.wait(days=15)
    context = Context(NOON + timedelta(days=15))
    state = played.at.state
    for _ in range(3):
        again = load(state, definition, context)
        assert dump(again, definition) == state


def test_a_snapshot_read_back_is_the_same_snapshot() -> None:
    played = Played(ADJOURNED, variables={"experts": [1, 2, 3], "rate": Fraction(9, 20)})
    again = Run.resume(played.definition, played.at.state, played.context()).snapshot()
    for name in (
        "state",
        "open_steps",
        "jobs",
        "messages",
        "due_at",
        "marking",
        "variables",
        "completed",
    ):
        assert getattr(again, name) == getattr(played.at, name)


def test_tokens_keep_their_number_while_their_step_is_open() -> None:
    played = Played(ADJOURNED, variables={"experts": [1, 2]})
    kept = played.step("prepare").token
    other = played.step("opinion", 1).token
    played.complete("opinion")
    assert played.step("prepare").token == kept
    assert played.step("opinion").token == other


def test_a_number_is_never_given_twice() -> None:
    played = Played(ADJOURNED, variables={"experts": [1, 2]})
    seen: set[int] = set()
    for _ in range(20):
        tokens = {step.token for step in played.at.open_steps}
        assert not tokens & seen
        seen |= tokens
        for _expert in range(2):
            played.complete("opinion")
        played.complete("prepare")
        played.receive("committee", vote="adjourned")


def test_the_state_of_another_diagram_is_refused() -> None:
    played = Played(d.simple(d.user("a"), d.path("s", "a", "e")))
    other = parse_diagram(d.simple(d.user("a", "b"), d.path("s", "a", "b", "e")))
    for state in (played.at.state, b"", b"{}", b"[1]", b"[0,0,0,0,{},[]]", b"\xff"):
        with pytest.raises(ForeignState):
            Run.resume(other, state, played.context())


def test_a_diagram_redrawn_without_changing_its_nodes_still_reads_the_state() -> None:
    def drawn(name: str) -> bytes:
        return d.simple(d.user("a", "b", name=name), d.path("s", "a", "b", "e"))

    played = Played(drawn("Avant"))
    run = Run.resume(parse_diagram(drawn("Après")), played.at.state, played.context())
    run.complete(played.step("a").token, {})
    assert run.snapshot().open_steps[0].name == "Après"


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.fractions()
    | st.text(max_size=20)
)
values: st.SearchStrategy[Value] = scalars | st.lists(scalars, max_size=4)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(names, values | st.dictionaries(names, values, max_size=3), max_size=5))
def test_variables_come_back_exactly(variables: dict[str, Value]) -> None:
    definition = parse_diagram(d.simple(d.user("a"), d.path("s", "a", "e")))
    run = Run.start(definition, variables, Context(NOON))
    before = run.snapshot()
    after = Run.resume(definition, before.state, Context(NOON)).snapshot()
    assert after.variables == before.variables
    assert all(
        type(after.variables[name]) is type(before.variables[name]) for name in variables
    )


Log = list[list[object]]


def _live(definition: Definition, seed: int, log: Log) -> None:
    """A whole dossier, with every state it went through."""
    experts = 1 + seed % 4
    played = Played(definition, variables={"experts": list(range(experts))})
    seen: list[object] = [seed]
    for turn in range(6):
        for _expert in range(experts):
            played.complete("opinion")
        played.complete("prepare", turn=turn)
        played.receive("committee", vote="adjourned" if turn < 5 else "granted")
        seen.append(played.at.state)
    log.append(seen)


def test_one_definition_serves_many_dossiers_in_many_threads() -> None:
    definition = parse_diagram(ADJOURNED)
    wanted: Log = []
    found: Log = []
    for seed in range(24):
        _live(definition, seed, wanted)

    def share(first: int) -> None:
        for seed in range(first, 24, 8):
            _live(definition, seed, found)

    threads = [threading.Thread(target=share, args=(first,)) for first in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found, key=lambda seen: str(seen[0])) == sorted(
        wanted, key=lambda seen: str(seen[0])
    )
