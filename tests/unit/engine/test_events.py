"""Do messages and signals reach who waits for them, in the flow or attached to a step?"""

import pytest

from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played
from tests.unit.engine.watched import attached_to_a, with_events

# -------------------------------------------------------------------- messages and signals


def test_a_message_thrown_outwards_is_not_its_own_answer() -> None:
    drawn = with_events(
        d.throw("t", d.message("m")),
        d.catch("c", d.message("m")),
        d.user("u"),
        d.path("s", "t", "c", "u", "e"),
    )
    played = Played(drawn)
    assert played.at.sent == ("m",)
    assert played.at.messages == ("m",)
    assert played.receive("m", v=7)
    assert played.steps == ["u"]
    assert played.variables["v"] == 7
    assert not played.at.sent


def test_a_message_nobody_waits_for_changes_nothing() -> None:
    played = Played(attached_to_a(d.message("m")))
    before = played.at.state
    assert not played.receive("m2", v=1)
    assert played.at.state == before


def test_a_signal_reaches_every_branch_that_waits() -> None:
    drawn = with_events(
        d.fork("g"),
        d.user("a", "b1", "b2"),
        d.throw("t", d.signal("g1")),
        d.catch("c1", d.signal("g1")),
        d.catch("c2", d.signal("g1")),
        d.path("s", "g", "a", "t", "e"),
        d.path("g", "c1", "b1", "e"),
        d.path("g", "c2", "b2", "e"),
    )
    played = Played(drawn)
    played.complete("a")
    assert played.steps == ["b1", "b2"]


def test_a_signal_end_is_a_signal() -> None:
    drawn = with_events(
        d.fork("g"),
        d.user("a", "b"),
        d.end("t", d.signal("g1")),
        d.catch("c", d.signal("g1")),
        d.path("s", "g", "a", "t"),
        d.path("g", "c", "b", "e"),
    )
    played = Played(drawn)
    played.complete("a")
    assert played.steps == ["b"]
    assert played.times("t") == 1


def test_a_signal_from_outside_brings_its_values() -> None:
    played = Played(
        with_events(d.catch("c", d.signal("g1")), d.user("a"), d.path("s", "c", "a", "e"))
    )
    assert played.at.messages == ("g1",)
    assert played.receive("g1", w=1)
    assert played.variables["w"] == 1


def test_a_message_end_is_sent() -> None:
    played = Played(
        with_events(
            d.end("t", d.message("m")),
            d.path("s", "t"),
            d.user("a"),
            d.path("a", "e"),
            d.flow("s", "a"),
        )
    )
    assert played.at.sent == ("m",)


def test_one_of_several_events_is_enough() -> None:
    drawn = with_events(
        d.catch("c", d.message("m") + d.signal("g1")), d.user("a"), d.path("s", "c", "a", "e")
    )
    assert Played(drawn).at.messages == ("g1", "m")
    for name in ("m", "g1"):
        played = Played(drawn)
        played.receive(name)
        assert played.steps == ["a"]


def test_a_parallel_multiple_event_waits_for_all() -> None:
    drawn = with_events(
        d.catch("c", d.message("m") + d.signal("g1") + d.lasting("P1D"), parallelMultiple=True),
        d.user("a"),
        d.path("s", "c", "a", "e"),
    )
    played = Played(drawn)
    played.receive("g1")
    played.receive("g1")
    assert played.steps == []
    played.wait(days=1)
    assert played.steps == []
    assert played.at.due_at is None
    played.receive("m")
    assert played.steps == ["a"]


# -------------------------------------------------------------------- attached events


@pytest.mark.parametrize("kind", ["m", "g1"])
def test_an_attached_event_interrupts(kind: str) -> None:
    played = Played(attached_to_a(d.message("m") if kind == "m" else d.signal("g1")))
    assert played.receive(kind)
    assert played.steps == ["h"]
    assert played.at.messages == ()
    played.complete("h")
    assert played.done
    assert played.times("a") == 0


@pytest.mark.parametrize("kind", ["m", "g1"])
def test_an_attached_event_that_does_not_interrupt_happens_as_often_as_it_comes(
    kind: str,
) -> None:
    event = d.message("m") if kind == "m" else d.signal("g1")
    played = Played(attached_to_a(event, stops=False))
    for number in range(3):
        assert played.steps == ["a"] + ["h"] * number
        assert played.receive(kind)
    played.complete("a")
    assert played.steps == ["h"] * 3
    assert played.at.messages == ()
    for _ in range(3):
        played.complete("h")
    assert played.done


def test_what_an_attached_event_opened_survives_its_activity() -> None:
    played = Played(attached_to_a(d.message("m"), stops=False))
    played.receive("m")
    played.complete("h")
    assert not played.done
    assert played.receive("m")
    played.complete("a")
    assert not played.done
    played.complete("h")
    assert played.done


def test_an_attached_event_may_lead_back_before_its_step() -> None:
    drawn = with_events(
        d.choice("back"),
        d.user("a", "b"),
        d.attached("x", "b", d.message("m")),
        d.path("s", "back", "a", "b", "e"),
        d.flow("x", "back"),
    )
    played = Played(drawn)
    for _ in range(3):
        played.complete("a")
        assert played.receive("m")
        assert played.steps == ["a"]
    played.complete("a")
    played.complete("b")
    assert played.done


def test_two_events_on_one_step() -> None:
    drawn = with_events(
        d.user("a", "late"),
        d.job("remind"),
        d.attached("b1", "a", d.lasting("P1D"), stops=False),
        d.attached("b2", "a", d.lasting("P3D")),
        d.end("e1"),
        d.path("s", "a", "e"),
        d.path("b1", "remind", "e1"),
        d.path("b2", "late", "e"),
    )
    played = Played(drawn)
    played.wait(days=1)
    assert (played.steps, played.jobs) == (["a"], ["remind"])
    played.finish("remind")
    played.wait(days=2)
    assert (played.steps, played.jobs) == (["late"], [])
    asleep = Played(drawn)
    asleep.wait(days=10)
    assert (asleep.steps, asleep.jobs) == (["late"], ["remind"])


def test_one_message_may_interrupt_a_step_and_also_be_noted() -> None:
    drawn = with_events(
        d.user("a", "noted", "h"),
        d.attached("b1", "a", d.message("m"), stops=False),
        d.attached("b2", "a", d.message("m")),
        d.path("s", "a", "e"),
        d.path("b1", "noted", "e"),
        d.path("b2", "h", "e"),
    )
    played = Played(drawn)
    played.receive("m")
    assert played.steps == ["h", "noted"]


def test_a_non_interrupting_way_merges_without_joining() -> None:
    drawn = with_events(
        d.user("a", "x", "k"),
        d.attached("t", "a", d.lasting("P1D"), stops=False),
        d.choice("merge"),
        d.path("s", "a", "merge", "k", "e"),
        d.path("t", "x", "merge"),
    )
    played = Played(drawn)
    played.wait(days=1)
    played.complete("x")
    assert played.steps == ["a", "k"]
    played.complete("a")
    assert played.steps == ["k", "k"]


def test_a_deadline_in_one_branch_joins_the_other() -> None:
    drawn = with_events(
        d.fork("g", "j"),
        d.choice("merge"),
        d.user("a", "b", "late", "k"),
        d.attached("t", "b", d.lasting("P1D")),
        d.path("s", "g", "a", "j", "k", "e"),
        d.path("g", "b", "merge", "j"),
        d.path("t", "late", "merge"),
    )
    played = Played(drawn)
    played.wait(days=1)
    assert played.steps == ["a", "late"]
    played.complete("late")
    played.complete("a")
    assert played.steps == ["k"]


def test_one_of_several_attached_events_leaves_the_others_awaited() -> None:
    # The timer was forgotten for ever as soon as the message had come once.
    drawn = attached_to_a(d.message("m") + d.lasting("P3D"), stops=False)
    played = Played(drawn)
    due = played.at.due_at
    played.receive("m")
    assert played.steps == ["a", "h"]
    assert played.at.due_at == due
    played.wait(days=4)
    assert played.steps == ["a", "h", "h"]
    assert played.receive("m")
