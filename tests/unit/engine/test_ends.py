"""How does a dossier begin, and what does its end take away?"""

import pytest

from app.engine.errors import StepBudgetSpent
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played
from tests.unit.engine.watched import inside, watched


def test_a_terminate_end_takes_everything_away() -> None:
    drawn = d.simple(
        d.fork("g"),
        d.user("a", "b"),
        d.end("z", d.terminate()),
        d.path("s", "g", "a", "z"),
        d.path("g", "b", "e"),
    )
    played = Played(drawn)
    played.complete("a")
    assert played.done
    assert played.steps == []


def test_a_terminate_end_stops_what_would_have_run_by_itself() -> None:
    drawn = d.simple(
        d.fork("g"),
        d.end("z", d.terminate()),
        d.script("late", "x = 1"),
        d.path("s", "g", "z"),
        d.path("g", "late", "e"),
    )
    played = Played(drawn)
    assert played.done
    assert played.times("late") == 0


def test_a_terminate_end_of_a_sub_process_ends_it_alone() -> None:
    drawn = d.simple(
        inside(
            "sp",
            d.fork("g"),
            d.user("a", "b"),
            d.end("z", d.terminate()),
            d.path("sps", "g", "a", "z"),
            d.path("g", "b", "spe"),
        ),
        d.user("k"),
        d.path("s", "sp", "k", "e"),
    )
    played = Played(drawn)
    played.complete("a")
    assert played.steps == ["k"]


def test_a_terminate_end_also_takes_away_what_event_sub_processes_opened() -> None:
    body = (
        d.user("a")
        + d.end("z", d.terminate())
        + d.path("s", "a", "z")
        + d.user("b")
        + d.flow("s", "b")
        + d.flow("b", "e")
    )
    played = Played(watched(d.message("m"), body=body, stops=False))
    played.receive("m")
    played.complete("a")
    assert played.done
    assert played.steps == []


def test_a_terminate_end_of_an_event_sub_process_ends_it_alone() -> None:
    watcher = d.on_event(
        "es",
        d.message("m"),
        d.fork("g"),
        d.user("h", "h2"),
        d.end("z", d.terminate()),
        d.path("es_start", "g", "h", "z"),
        d.path("g", "h2", "z"),
        stops=False,
    )
    drawn = d.diagram(
        d.named("message", "m"),
        d.process(d.start(), d.end(), d.user("a"), d.path("s", "a", "e"), watcher),
    )
    played = Played(drawn)
    played.receive("m")
    played.complete("h")
    assert played.steps == ["a"]


def test_a_last_step_without_an_end_event_ends_the_dossier() -> None:
    played = Played(d.diagram(d.process(d.start(), d.user("a"), d.path("s", "a"))))
    played.complete("a")
    assert played.done


def test_a_sub_process_without_an_end_event_ends() -> None:
    body = d.sub("sp", d.start("ss"), d.user("in"), d.path("ss", "in"))
    played = Played(d.simple(body, d.path("s", "sp", "e")))
    played.complete("in")
    assert played.done


@pytest.mark.parametrize("kind", ["message", "timer"])
def test_a_process_may_begin_by_waiting(kind: str) -> None:
    trigger = d.message("m") if kind == "message" else d.lasting("P1D")
    drawn = d.diagram(
        d.named("message", "m"),
        d.process(d.start("s", trigger), d.end(), d.user("a"), d.path("s", "a", "e")),
    )
    played = Played(drawn)
    assert played.steps == []
    if kind == "message":
        assert played.receive("m", z=1)
        assert played.variables["z"] == 1
    else:
        played.wait(days=1)
    assert played.steps == ["a"]
    assert played.trace[-1].node == "s"


def two_starts(*triggers: str) -> bytes:
    return d.diagram(
        d.named("message", "m"),
        d.process(
            d.end(),
            d.user("a", "b"),
            *(d.start(f"s{number}", trigger) for number, trigger in enumerate(triggers)),
            d.path("s0", "a", "e"),
            d.path("s1", "b", "e"),
        ),
    )


def test_a_dossier_begins_by_its_plain_start_and_waits_for_no_other() -> None:
    played = Played(two_starts("", d.message("m")))
    assert played.steps == ["a"]
    assert played.at.messages == ()
    played.complete("a")
    assert played.done


def test_without_a_plain_start_the_first_event_begins_the_dossier() -> None:
    drawn = two_starts(d.message("m"), d.lasting("P1D"))
    played = Played(drawn)
    played.receive("m")
    assert played.steps == ["a"]
    assert played.at.due_at is None
    late = Played(drawn)
    late.wait(days=1)
    assert late.steps == ["b"]


def test_a_diagram_that_goes_round_without_waiting_is_stopped() -> None:
    drawn = d.simple(
        d.choice("m"),
        d.choice("x", "out"),
        d.user("w", inner=d.each()),
        d.path("s", "m", "w", "x"),
        d.flow("x", "m", "True"),
        d.flow("x", "e", named="out"),
    )
    with pytest.raises(StepBudgetSpent):
        Played(drawn, variables={"xs": []})


def test_a_signal_that_calls_itself_back_is_stopped() -> None:
    echo = d.on_event(
        "es",
        d.signal("g1"),
        d.throw("t", d.signal("g1")),
        d.end("ee"),
        d.path("es_start", "t", "ee"),
        stops=False,
    )
    drawn = d.diagram(
        d.named("signal", "g1"),
        d.process(d.start(), d.end(), d.user("a"), d.path("s", "a", "e"), echo),
    )
    played = Played(drawn)
    with pytest.raises(StepBudgetSpent):
        played.receive("g1")
