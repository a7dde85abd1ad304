"""Do event sub-processes watch over their scope, and interrupt it when they must?"""

import pytest

from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played
from tests.unit.engine.watched import inside, watched


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_a_withdrawal_interrupts_everything(kind: str) -> None:
    trigger, name = (d.message("m"), "m") if kind == "message" else (d.signal("g1"), "g1")
    played = Played(watched(trigger))
    assert played.steps == ["a"]
    assert played.at.messages == (name,)
    assert played.receive(name, reason="x")
    assert played.steps == ["h"]
    assert not played.at.messages
    assert played.trace[-1].node == "es_start"
    played.complete("h")
    assert played.done
    assert [passed.node for passed in played.trace][-3:] == ["h", "ee", "es"]


def test_a_withdrawal_that_never_comes_does_not_hold_the_dossier() -> None:
    for stops in (True, False):
        played = Played(watched(d.message("m"), stops=stops))
        played.complete("a")
        assert played.done
        assert not played.at.messages


@pytest.mark.parametrize("kind", ["m", "g1"])
def test_an_extension_is_asked_as_often_as_needed(kind: str) -> None:
    trigger = d.message("m") if kind == "m" else d.signal("g1")
    played = Played(watched(trigger, stops=False))
    played.receive(kind)
    played.receive(kind)
    assert played.steps == ["a", "h", "h"]
    played.complete("h")
    played.complete("a")
    assert not played.done
    assert not played.at.messages
    played.complete("h")
    assert played.done


def test_an_interruption_takes_away_the_other_event_sub_processes_too() -> None:
    second = d.on_event(
        "es2",
        d.message("m2"),
        d.user("h2"),
        d.end("ee2"),
        d.path("es2_start", "h2", "ee2"),
        stops=False,
    )
    played = Played(watched(d.message("m"), body=d.user("a") + d.path("s", "a", "e") + second))
    played.receive("m2")
    assert played.steps == ["a", "h2"]
    played.receive("m")
    assert played.steps == ["h"]
    assert not played.receive("m2")
    played.complete("h")
    assert played.done


def test_a_deadline_for_the_whole_process() -> None:
    played = Played(watched(d.lasting("P30D")))
    played.wait(days=30)
    assert played.steps == ["h"]


def test_a_deadline_that_has_not_come_does_not_hold_the_dossier() -> None:
    played = Played(watched(d.lasting("P30D"), stops=False))
    played.complete("a")
    assert played.done
    assert played.at.due_at is None


def test_a_cycle_for_the_whole_process() -> None:
    played = Played(watched(d.cycle("R/P1D"), stops=False))
    played.wait(days=1)
    played.wait(days=1)
    assert played.steps == ["a", "h", "h"]
    for name in ("h", "h", "a"):
        played.complete(name)
    assert played.done


def test_an_error_of_the_process_is_caught_by_its_event_sub_process() -> None:
    body = (
        d.user("a")
        + d.end("x", d.error("X"))
        + d.path("s", "a", "x")
        + d.user("b")
        + d.flow("s", "b")
        + d.flow("b", "e")
    )
    played = Played(watched(d.error("X"), body=body))
    played.complete("a")
    assert played.steps == ["h"]


def test_an_escalation_of_the_process_is_heard_by_its_event_sub_process() -> None:
    body = d.throw("t", d.escalation("Z")) + d.user("a") + d.path("s", "t", "a", "e")
    played = Played(watched(d.escalation("Z"), body=body, stops=False))
    assert played.steps == ["a", "h"]


def test_a_condition_of_the_process_is_watched() -> None:
    body = d.user("a", "a2") + d.path("s", "a", "a2", "e")
    played = Played(watched(d.condition("alarm"), body=body))
    played.complete("a", alarm=False)
    assert played.steps == ["a2"]
    stopped = Played(watched(d.condition("alarm"), body=body))
    stopped.complete("a", alarm=True)
    assert stopped.steps == ["h"]


@pytest.mark.parametrize("stops", [True, False])
def test_an_event_sub_process_of_a_sub_process_watches_it_only(*, stops: bool) -> None:
    watcher = d.on_event(
        "es",
        d.message("m"),
        d.user("h"),
        d.end("ee"),
        d.path("es_start", "h", "ee"),
        stops=stops,
    )
    drawn = d.diagram(
        d.named("message", "m"),
        d.process(
            d.start(),
            d.end(),
            inside("sp", d.user("a"), d.path("sps", "a", "spe"), watcher),
            d.user("k"),
            d.path("s", "sp", "k", "e"),
        ),
    )
    played = Played(drawn)
    assert played.receive("m")
    assert played.steps == (["h"] if stops else ["a", "h"])
    played.complete("h")
    if not stops:
        played.complete("a")
    assert played.steps == ["k"]
    assert not played.receive("m")
    assert played.definition.nodes["a"].scope == "sp"
    assert played.definition.nodes["h"].scope == "es"


def test_event_sub_processes_inside_one_another() -> None:
    deep = d.on_event(
        "deep", d.message("m2"), d.user("hh"), d.end("de"), d.path("deep_start", "hh", "de")
    )
    outer = d.on_event(
        "es", d.message("m"), d.user("h"), d.end("ee"), d.path("es_start", "h", "ee"), deep
    )
    drawn = d.diagram(
        d.named("message", "m", "m2"),
        d.process(d.start(), d.end(), d.user("a"), d.path("s", "a", "e"), outer),
    )
    played = Played(drawn)
    assert played.at.messages == ("m",)
    played.receive("m")
    assert played.at.messages == ("m2",)
    played.receive("m2")
    assert played.steps == ["hh"]
    played.complete("hh")
    assert played.done


def test_lanes_survive_the_rewriting() -> None:
    lanes = d.el(
        "laneSet",
        "lanes",
        d.el("lane", "Officer", d.el("flowNodeRef", "", "a"))
        + d.el("lane", "Head", d.el("flowNodeRef", "", "es")),
    )
    played = Played(
        watched(d.message("m"), body=lanes + d.user("a") + d.path("s", "a", "e"), stops=False)
    )
    played.receive("m")
    assert played.step("a").lane == "Officer"
    assert played.step("h").lane == "Head"
