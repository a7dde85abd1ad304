"""Does every kind of event work everywhere BPMN lets it stand? A matrix: place by trigger."""

from collections.abc import Callable

import pytest

from app.engine.parse import lint_diagram
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played
from tests.unit.engine.watched import with_events

#: How each trigger is drawn, and what makes it happen while the step `a` is open.
TRIGGERS: dict[str, tuple[str, Callable[[Played], object]]] = {
    "message": (d.message("m"), lambda played: played.receive("m")),
    "signal": (d.signal("g1"), lambda played: played.receive("g1")),
    "date": (d.dated("2026-04-01"), lambda played: played.wait(days=30)),
    "duration": (d.lasting("P3D"), lambda played: played.wait(days=4)),
    "cycle": (d.cycle("R2/P3D"), lambda played: played.wait(days=4)),
    "condition": (d.condition("n == 2"), lambda played: played.complete("side", n=2)),
    "error": (d.error("X"), lambda played: played.complete("side", n=3)),
    "escalation": (d.escalation("Z"), lambda played: played.complete("side", n=4)),
}
#: What a process is made of beside the step `a`: a step whose answer throws something.
SIDE = (
    d.user("side")
    + d.choice("which", "no")
    + d.end("ze", d.error("X"))
    + d.throw("zz", d.escalation("Z"))
    + d.user("rest")
    + d.flow("side", "which")
    + d.flow("which", "ze", "n == 3")
    + d.flow("which", "zz", "n == 4")
    + d.flow("which", "rest", named="no")
    + d.flow("zz", "rest")
)
BOTH = d.fork("f") + d.path("s", "f", "a") + d.flow("f", "side") + SIDE


def happens(drawn: bytes, trigger: str, **variables: int) -> Played:
    played = Played(drawn, variables={"n": 0, **variables})
    TRIGGERS[trigger][1](played)
    return played


def on_sub_process(trigger: str, *, stops: bool) -> bytes:
    """A sub-process with two steps, and an event attached to it that leads to `h`."""
    inner = d.start("is") + d.end("ie") + d.user("a") + d.path("a", "ie")
    body = BOTH.replace('sourceRef="s"', 'sourceRef="is"')
    return with_events(
        d.sub("sp", inner, body, d.el("endEvent", "re"), d.flow("rest", "re")),
        d.user("h"),
        d.attached("b", "sp", TRIGGERS[trigger][0], stops=stops),
        d.end("he"),
        d.path("s", "sp", "e"),
        d.path("b", "h", "he"),
    )


def beside_the_process(trigger: str, *, stops: bool) -> bytes:
    """The same two steps, watched by an event sub-process that opens `h`."""
    return with_events(
        d.user("a"),
        BOTH,
        d.path("a", "e"),
        d.flow("rest", "e"),
        d.on_event(
            "es",
            TRIGGERS[trigger][0],
            d.user("h"),
            d.end("he"),
            d.path("es_start", "h", "he"),
            stops=stops,
        ),
    )


PLACES = {"attached": on_sub_process, "event sub-process": beside_the_process}


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("place", PLACES)
def test_an_event_interrupts(place: str, trigger: str) -> None:
    played = happens(PLACES[place](trigger, stops=True), trigger)
    assert played.steps == ["h"]
    played.complete("h")
    assert played.done


@pytest.mark.parametrize("trigger", [name for name in TRIGGERS if name != "error"])
@pytest.mark.parametrize("place", PLACES)
def test_an_event_that_does_not_interrupt_leaves_the_rest_alone(
    place: str, trigger: str
) -> None:
    played = happens(PLACES[place](trigger, stops=False), trigger)
    assert "a" in played.steps
    assert played.steps.count("h") == 1
    assert ("rest" in played.steps) == (trigger in {"condition", "escalation"})
    while played.steps:
        played.complete(played.steps[0])
    assert played.done


@pytest.mark.parametrize("place", PLACES)
def test_an_error_always_interrupts(place: str) -> None:
    assert lint_diagram(PLACES[place]("error", stops=False))


@pytest.mark.parametrize("trigger", ["message", "signal", "date", "duration", "cycle"])
def test_an_event_is_awaited_in_the_flow(trigger: str) -> None:
    drawn = with_events(
        d.catch("c", TRIGGERS[trigger][0]), d.user("h"), d.path("s", "c", "h", "e")
    )
    played = happens(drawn, trigger)
    assert played.steps == ["h"]


@pytest.mark.parametrize("trigger", ["message", "signal", "date", "duration"])
def test_an_event_gateway_awaits_it(trigger: str) -> None:
    drawn = with_events(
        d.el("eventBasedGateway", "g"),
        d.catch("c", TRIGGERS[trigger][0]),
        d.catch("other", d.message("m2")),
        d.user("h"),
        d.path("s", "g", "c", "h", "e"),
        d.path("g", "other", "e"),
    )
    assert happens(drawn, trigger).steps == ["h"]


def test_a_condition_is_awaited_in_the_flow_or_after_an_event_gateway() -> None:
    for before in ((), ("g",)):
        drawn = with_events(
            d.fork("f"),
            *(d.el("eventBasedGateway", name) for name in before),
            d.catch("c", d.condition("n == 2")),
            d.user("side", "h"),
            d.path("s", "f", *before, "c", "h", "e"),
            d.path("f", "side", "e"),
        )
        assert happens(drawn, "condition").steps == ["h"]


@pytest.mark.parametrize("trigger", ["message", "signal", "date", "duration"])
def test_a_process_begins_on_it(trigger: str) -> None:
    drawn = with_events(d.user("h")).replace(
        b'<bpmn:startEvent id="s">', f'<bpmn:startEvent id="s">{TRIGGERS[trigger][0]}'.encode()
    )
    drawn = drawn.replace(
        b"</bpmn:process>", d.path("s", "h", "e").encode() + b"</bpmn:process>"
    )
    played = Played(drawn)
    assert played.steps == []
    TRIGGERS[trigger][1](played)
    assert played.steps == ["h"]


@pytest.mark.parametrize("said", ["message", "signal", "error", "escalation", "terminate"])
def test_a_process_ends_on_it(said: str) -> None:
    ends = {
        "message": d.message("m"),
        "signal": d.signal("g1"),
        "error": d.error("X"),
        "escalation": d.escalation("Z"),
        "terminate": d.terminate(),
    }
    drawn = with_events(
        d.user("a"), d.end("z", ends[said]), d.path("s", "a", "z"), d.flow("a", "e")
    )
    played = Played(drawn)
    played.complete("a")
    assert played.done
    assert list(played.at.sent) == (["m"] if said == "message" else [])
