"""Do conditions, links, errors, escalations and cancellations lead where BPMN says?"""

import pytest

from app.engine.errors import StuckProcess
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played
from tests.unit.engine.watched import attached_to_a, with_events

# -------------------------------------------------------------------- conditions


def test_a_condition_is_looked_at_whenever_something_moves() -> None:
    drawn = with_events(
        d.fork("g"),
        d.user("a", "a2", "b"),
        d.catch("c", d.condition("x == 3")),
        d.path("s", "g", "a", "a2", "e"),
        d.path("g", "c", "b", "e"),
    )
    played = Played(drawn)
    played.complete("a", x=2)
    assert played.steps == ["a2"]
    played.complete("a2", x=3)
    assert played.steps == ["b"]


def test_a_condition_on_facts_is_looked_at_when_the_clock_ticks() -> None:
    drawn = attached_to_a(d.condition("facts.open == false"))
    played = Played(drawn, facts={"open": True})
    played.wait(hours=1)
    assert played.steps == ["a"]
    played.facts = {"open": False}
    played.wait(hours=1)
    assert played.steps == ["h"]


def test_a_condition_that_does_not_interrupt_happens_each_time_it_becomes_true() -> None:
    drawn = with_events(
        d.fork("g"),
        d.choice("merge"),
        d.user("a", "w", "h"),
        d.attached("b", "a", d.condition("x > 3"), stops=False),
        d.choice("r", "out"),
        d.path("s", "g", "a", "e"),
        d.path("g", "merge", "w", "r"),
        d.flow("r", "merge", "x < 100"),
        d.flow("r", "e", named="out"),
        d.path("b", "h", "e"),
    )
    played = Played(drawn)
    for x, opened in ((1, 0), (4, 1), (5, 1), (2, 1), (9, 2)):
        played.complete("w", x=x)
        assert played.steps.count("h") == opened


def test_a_dossier_that_only_waits_for_a_condition_is_stuck_and_says_so() -> None:
    with pytest.raises(StuckProcess) as stuck:
        Played(with_events(d.catch("c", d.condition("x == 3")), d.path("s", "c", "e")))
    assert stuck.value.element == "c"


def test_a_withdrawal_that_may_come_does_not_hide_a_dossier_that_is_stuck() -> None:
    drawn = with_events(
        d.some("g", "fd"),
        d.fork("j"),
        d.flow("s", "g"),
        d.flow("g", "j", "x"),
        d.flow("g", "j", "not x"),
        d.flow("g", "e", named="fd"),
        d.flow("j", "e"),
        d.on_event("w", d.message("m"), d.user("h"), d.path("w_start", "h")),
    )
    with pytest.raises(StuckProcess) as stuck:
        Played(drawn, variables={"x": True})
    assert stuck.value.element == "j"


# -------------------------------------------------------------------- links


def test_a_link_is_a_way() -> None:
    drawn = with_events(
        d.throw("l1", d.link("L")),
        d.catch("l2", d.link("L")),
        d.user("u"),
        d.path("s", "l1"),
        d.path("l2", "u", "e"),
    )
    played = Played(drawn)
    assert played.steps == ["u"]
    assert [passed.node for passed in played.trace] == ["s", "l1", "l2"]


# -------------------------------------------------------------------- errors and escalations


def failing(*more: str, code: str = "X") -> bytes:
    """A sub-process `sp` that ends on an error, followed by a step `k`."""
    return with_events(
        d.sub(
            "sp",
            d.start("ss"),
            d.user("in"),
            d.end("se", d.error(code)),
            d.path("ss", "in", "se"),
        ),
        d.user("k"),
        d.path("s", "sp", "k", "e"),
        *more,
    )


def handler(name: str, event: str) -> str:
    return d.attached(f"b{name}", "sp", event) + d.user(name) + d.path(f"b{name}", name, "e")


def test_an_error_is_caught_on_the_sub_process_by_its_code() -> None:
    played = Played(failing(handler("hy", d.error("Y")), handler("hx", d.error("X"))))
    played.complete("in")
    assert played.steps == ["hx"]
    assert played.times("se") == 1


def test_an_event_without_a_code_catches_any_error_unless_another_is_exact() -> None:
    anyone = handler("any", d.error())
    played = Played(failing(anyone))
    played.complete("in")
    assert played.steps == ["any"]
    both = Played(failing(anyone, handler("hx", d.error("X"))))
    both.complete("in")
    assert both.steps == ["hx"]


def test_an_error_goes_past_activities_that_did_not_fail() -> None:
    other = d.sub("other", d.start("os"), d.user("oin"), d.end("oe"), d.path("os", "oin", "oe"))
    drawn = with_events(
        d.fork("g"),
        d.sub(
            "sp",
            d.start("ss"),
            d.user("in"),
            d.end("se", d.error("X")),
            d.path("ss", "in", "se"),
        ),
        other,
        d.attached("b1", "other", d.error("X")),
        d.attached("b2", "sp", d.error("X")),
        d.user("wrong", "right"),
        d.path("s", "g", "other", "e"),
        d.path("g", "sp", "e"),
        d.path("b1", "wrong", "e"),
        d.path("b2", "right", "e"),
    )
    played = Played(drawn)
    played.complete("in")
    assert played.steps == ["oin", "right"]


def test_an_error_goes_up_until_somebody_catches_it() -> None:
    inner = d.sub(
        "inner",
        d.start("is"),
        d.user("in"),
        d.end("ie", d.error("X")),
        d.path("is", "in", "ie"),
    )
    drawn = with_events(
        d.sub(
            "sp",
            d.start("ss"),
            d.end("se"),
            inner,
            d.user("beside"),
            d.fork("g"),
            d.path("ss", "g", "inner", "se"),
            d.path("g", "beside", "se"),
        ),
        d.path("s", "sp", "e"),
        handler("h", d.error("X")),
    )
    played = Played(drawn)
    played.complete("in")
    assert played.steps == ["h"]


def test_an_error_that_nobody_catches_ends_its_path() -> None:
    played = Played(
        with_events(
            d.user("a"),
            d.end("x", d.error("X")),
            d.path("s", "a", "x"),
            d.user("b"),
            d.flow("s", "b"),
            d.flow("b", "e"),
        )
    )
    played.complete("a")
    assert played.steps == ["b"]
    played.complete("b")
    assert played.done


def test_the_application_reports_an_error_on_a_step_or_a_job() -> None:
    drawn = with_events(
        d.job("a"),
        d.user("h"),
        d.attached("b", "a", d.error("X")),
        d.path("s", "a", "e"),
        d.path("b", "h", "e"),
    )
    played = Played(drawn)
    assert not played.fail("a", "Y")
    assert played.jobs == ["a"]
    assert played.fail("a", "X")
    assert (played.jobs, played.steps) == ([], ["h"])


@pytest.mark.parametrize("stops", [True, False])
def test_an_escalation_is_heard_outside_its_sub_process(*, stops: bool) -> None:
    drawn = with_events(
        d.sub(
            "sp",
            d.start("ss"),
            d.throw("t", d.escalation("Z")),
            d.user("in"),
            d.end("se"),
            d.path("ss", "t", "in", "se"),
        ),
        d.attached("b", "sp", d.escalation("Z"), stops=stops),
        d.user("h"),
        d.path("s", "sp", "e"),
        d.path("b", "h", "e"),
    )
    played = Played(drawn)
    assert played.steps == (["h"] if stops else ["h", "in"])
    assert played.times("t") == 1
    for name in played.steps:
        played.complete(name)
    assert played.done


def test_what_an_escalation_interrupts_does_not_go_on_by_itself() -> None:
    drawn = with_events(
        d.sub(
            "sp",
            d.start("ss"),
            d.throw("t", d.escalation("Z")),
            d.script("after", "went_on = True"),
            d.end("se"),
            d.path("ss", "t", "after", "se"),
        ),
        d.attached("b", "sp", d.escalation("Z")),
        d.user("h"),
        d.path("s", "sp", "e"),
        d.path("b", "h", "e"),
    )
    played = Played(drawn)
    assert played.steps == ["h"]
    assert "went_on" not in played.variables
    assert played.times("t") == 1


def test_a_cancelled_transaction_goes_on_by_its_event() -> None:
    drawn = with_events(
        d.el(
            "transaction",
            "tx",
            d.start("ss")
            + d.user("in", "other")
            + d.fork("g")
            + d.end("se", d.cancel())
            + d.path("ss", "g", "in", "se")
            + d.end("se2")
            + d.path("g", "other", "se2"),
        ),
        d.attached("b", "tx", d.cancel()),
        d.user("h", "k"),
        d.path("s", "tx", "k", "e"),
        d.path("b", "h", "e"),
    )
    played = Played(drawn)
    played.complete("in")
    assert played.steps == ["h"]
    kept = Played(drawn)
    kept.complete("other")
    assert kept.steps == ["in"]
