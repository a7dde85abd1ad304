"""Does a signal reach what is entered at the very moment it is thrown?

Branches move in turn, one drawn node at a time. What watches an activity (events attached to it,
event sub-processes inside it) waits from the moment the activity is entered.
"""

import pytest

from tests.unit.engine import drawing as d
from tests.unit.engine.playing import NOON, Played
from tests.unit.engine.tokens import Tokens

WATCHER = d.on_event(
    "es",
    d.signal("g1"),
    d.user("h"),
    d.end("ee"),
    d.path("es_start", "h", "ee"),
    stops=False,
)
INSIDE = d.start("bs") + d.end("be") + d.user("a") + d.path("bs", "a", "be") + WATCHER
SUB = d.sub("b", INSIDE)
ATTACHED = (
    d.user("b", "h")
    + d.attached("x", "b", d.signal("g1"), stops=False)
    + d.end("xe")
    + d.path("x", "h", "xe")
)
CALL = d.el("callActivity", "b", calledElement="called")


def thrown_beside(activity: str, *course: str, called: str = "") -> bytes:
    """A branch throws the signal, another comes to the activity `b`."""
    return d.diagram(
        d.named("signal", "g1"),
        d.process(
            d.start(),
            d.end(),
            d.el("parallelGateway", "split"),
            d.throw("t", d.signal("g1")),
            activity,
            d.path("s", "split"),
            *course,
            d.path("b", "e"),
        ),
        called,
    )


def both(drawn: bytes) -> list[str]:
    """The open steps, in the engine and as BPMN says."""
    played, tokens = Played(drawn), Tokens(drawn, now=NOON, process="p")
    assert played.places() == tokens.steps
    return played.steps


@pytest.mark.parametrize(
    ("activity", "called"),
    [(SUB, ""), (ATTACHED, ""), (CALL, d.process(INSIDE, name="called"))],
    ids=["sub-process", "attached event", "called process"],
)
def test_what_is_entered_is_watched_at_once(activity: str, called: str) -> None:
    ways = d.path("split", "t", "e") + d.path("split", "b")
    drawn = thrown_beside(activity, ways, called=called)
    assert "h" in both(drawn)


def test_a_node_nobody_drew_takes_no_turn() -> None:
    # Two ways out of a task are a gateway for the engine: the branch is not late for it.
    course = d.el("task", "one") + d.el("task", "two") + d.user("c")
    course += d.path("split", "one", "b") + d.path("one", "c", "e")
    course += d.path("split", "two", "t", "e")
    assert "h" in both(thrown_beside(ATTACHED, course))


def test_a_watched_sub_process_is_not_late_to_throw() -> None:
    # It throws two turns after the split; the step that waits for it is entered a turn later.
    inner = d.start("bs") + d.throw("t2", d.signal("g2")) + d.end("be") + WATCHER
    drawn = d.diagram(
        d.named("signal", "g1", "g2"),
        d.process(
            d.start(),
            d.end(),
            d.el("parallelGateway", "split"),
            d.sub("b", inner + d.path("bs", "t2", "be")),
            d.el("task", "one") + d.el("task", "two") + d.el("task", "three"),
            d.user("late", "k"),
            d.attached("x", "late", d.signal("g2"), stops=False),
            d.end("xe"),
            d.path("x", "k", "xe"),
            d.path("s", "split", "b", "e"),
            d.path("split", "one", "two", "three", "late", "e"),
        ),
    )
    assert both(drawn) == ["late"]


def test_a_signal_is_not_kept_for_who_comes_later() -> None:
    drawn = thrown_beside(
        SUB, d.el("task", "pass"), d.path("split", "t", "e"), d.path("split", "pass", "b")
    )
    assert both(drawn) == ["a"]
