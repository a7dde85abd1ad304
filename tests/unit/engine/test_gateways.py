"""Do gateways send and gather tokens as BPMN says, in loops too?"""

import pytest

from app.engine.errors import ExpressionFailed, StuckProcess
from app.engine.values import Value
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played


def test_a_choice_takes_the_first_true_condition_in_the_order_of_the_file() -> None:
    drawn = d.simple(
        d.choice("g", "fd"),
        d.user("a", "b", "c"),
        d.flow("s", "g"),
        d.flow("g", "a", "x > 9", named="fa"),
        d.flow("g", "b", "${x > 4}", named="fb"),
        d.flow("g", "c", named="fd"),
        *(d.flow(name, "e") for name in "abc"),
    )
    assert Played(drawn, variables={"x": 10}).steps == ["a"]
    assert Played(drawn, variables={"x": 5}).steps == ["b"]
    other = Played(drawn, variables={"x": 1})
    assert other.steps == ["c"]
    assert other.flows()[-1] == "fd"


def test_a_condition_on_an_unknown_name_names_the_gateway() -> None:
    drawn = d.simple(
        d.choice("g", "fd"),
        d.flow("s", "g"),
        d.flow("g", "e", "x > 9"),
        d.flow("g", "e", named="fd"),
    )
    with pytest.raises(ExpressionFailed) as failure:
        Played(drawn)
    assert failure.value.element == "g"
    assert "x > 9" in failure.value.sentence


def test_conditions_read_facts_by_name_and_with_a_dot() -> None:
    drawn = d.simple(
        d.choice("g", "fd"),
        d.user("a", "b"),
        d.flow("s", "g"),
        d.flow("g", "a", "scheme == 'LP-BAT' and facts.population < 1000 and limit > 3"),
        d.flow("g", "b", named="fd"),
        d.path("a", "e"),
        d.path("b", "e"),
    )
    facts: dict[str, Value] = {"scheme": "LP-BAT", "population": 800, "limit": 2}
    assert Played(drawn, facts=facts).steps == ["b"]
    assert Played(drawn, facts=facts, variables={"limit": 4}).steps == ["a"]


def test_two_ways_to_the_same_place_are_told_apart() -> None:
    drawn = d.simple(
        d.choice("g", "fd"),
        d.user("a"),
        d.flow("s", "g"),
        d.flow("g", "a", "x == 1", named="f1"),
        d.flow("g", "a", "x == 2", named="f2"),
        d.flow("g", "a", named="fd"),
        d.flow("a", "e"),
    )
    for x, way in ((1, "f1"), (2, "f2"), (3, "fd")):
        assert Played(drawn, variables={"x": x}).flows()[-1] == way


def test_a_fork_opens_everything_and_its_join_waits_for_all() -> None:
    drawn = d.simple(
        d.fork("g", "j"),
        d.user("a", "b", "k"),
        d.path("s", "g", "a", "j", "k", "e"),
        d.path("g", "b", "j"),
    )
    played = Played(drawn)
    assert played.steps == ["a", "b"]
    played.complete("b")
    assert played.steps == ["a"]
    assert played.at.marking == "a j"
    played.complete("a")
    assert played.steps == ["k"]


def looping(gateway: str, when: str | None = None) -> bytes:
    """A split and a join inside a loop, with a check after the join."""
    return d.simple(
        d.choice("m"),
        d.el(gateway, "g", default=None if when is None else "gd"),
        d.user("a", "b", "chk"),
        d.el(gateway, "j"),
        d.choice("x", "out"),
        d.path("s", "m", "g"),
        d.flow("g", "a", when),
        d.flow("g", "b", when),
        "" if when is None else d.flow("g", "j", named="gd"),
        d.path("a", "j", "chk", "x"),
        d.flow("b", "j"),
        d.flow("x", "m", "again"),
        d.flow("x", "e", named="out"),
    )


@pytest.mark.parametrize(
    ("gateway", "when"), [("parallelGateway", None), ("inclusiveGateway", "True")]
)
@pytest.mark.parametrize("orders", ["ab ab ab", "ab ba ab", "ba ab ba"])
def test_a_join_in_a_loop_waits_for_all_at_every_pass_whatever_the_order(
    gateway: str, when: str | None, orders: str
) -> None:
    played = Played(looping(gateway, when))
    for number, order in enumerate(orders.split()):
        assert played.steps == ["a", "b"]
        played.complete(order[0], va=number)
        assert played.steps == [order[1]]
        played.complete(order[1], vb=number)
        assert played.steps == ["chk"]
        assert (played.variables["va"], played.variables["vb"]) == (number, number)
        played.complete("chk", again=number < 2)
    assert played.done


def test_a_join_passed_several_times_in_one_action_still_counts_its_tokens() -> None:
    drawn = d.simple(
        d.script("zero", "n = 0"),
        d.choice("m"),
        d.fork("g", "j"),
        d.script("one", "n = n + 1"),
        d.script("two", "n = n + 10"),
        d.user("w", inner=d.each("[] if n < 33 else [1]")),
        d.choice("x", "out"),
        d.path("s", "zero", "m", "g", "one", "j", "w", "x"),
        d.path("g", "two", "j"),
        d.flow("x", "m", "n < 44"),
        d.flow("x", "e", named="out"),
    )
    played = Played(drawn)
    assert played.steps == ["w"]
    assert played.variables["n"] == 33
    assert played.times("j") == 3
    played.complete("w")
    played.complete("w")
    assert played.done
    assert played.variables["n"] == 44


def test_tokens_in_excess_wait_for_the_next_round() -> None:
    drawn = d.simple(
        d.fork("g", "j"),
        d.choice("m"),
        d.user("a", "b", "c", "k"),
        d.path("s", "g", "a", "m"),
        d.path("g", "b", "m", "j"),
        d.path("g", "c", "j", "k", "e"),
    )
    played = Played(drawn)
    played.complete("a")
    played.complete("b")
    assert played.steps == ["c"]
    played.complete("c")
    assert played.steps == ["k"]
    with pytest.raises(StuckProcess) as stuck:
        played.complete("k")
    assert stuck.value.element == "j"


def several(**conditions: str) -> bytes:
    return d.simple(
        d.some("g", "fd"),
        d.some("j"),
        d.user("a", "b", "c", "k"),
        d.flow("s", "g"),
        *(d.flow("g", name, when) for name, when in conditions.items()),
        d.flow("g", "c", named="fd"),
        *(d.flow(name, "j") for name in "abc"),
        d.path("j", "k", "e"),
    )


def test_an_inclusive_gateway_takes_every_true_way_and_its_join_waits_for_them_only() -> None:
    played = Played(several(a="x > 1", b="x > 2"), variables={"x": 5})
    assert played.steps == ["a", "b"]
    played.complete("b")
    assert played.steps == ["a"]
    played.complete("a")
    assert played.steps == ["k"]
    one = Played(several(a="x > 1", b="x > 2"), variables={"x": 2})
    assert one.steps == ["a"]
    one.complete("a")
    assert one.steps == ["k"]


def test_an_inclusive_gateway_takes_its_default_way_when_nothing_is_true() -> None:
    played = Played(several(a="x > 1", b="x > 2"), variables={"x": 0})
    assert played.steps == ["c"]
    played.complete("c")
    assert played.steps == ["k"]


def test_an_inclusive_join_waits_for_a_branch_that_went_back() -> None:
    drawn = d.simple(
        d.some("g", "fd"),
        d.some("j"),
        d.choice("m"),
        d.choice("x", "ok"),
        d.user("a", "b", "k"),
        d.flow("s", "g"),
        d.flow("g", "a", "True"),
        d.flow("g", "m", "True"),
        d.flow("g", "j", named="fd"),
        d.path("m", "b", "x"),
        d.flow("x", "m", "again"),
        d.flow("x", "j", named="ok"),
        d.flow("a", "j"),
        d.path("j", "k", "e"),
    )
    played = Played(drawn)
    played.complete("a")
    played.complete("b", again=True)
    assert played.steps == ["b"]
    played.complete("b", again=False)
    assert played.steps == ["k"]


def test_an_event_gateway_takes_the_first_event_and_forgets_the_others() -> None:
    drawn = d.diagram(
        d.named("message", "m"),
        d.process(
            d.start(),
            d.end(),
            d.el("eventBasedGateway", "g"),
            d.catch("c", d.message("m")),
            d.catch("t", d.lasting("P30D")),
            d.user("a", "b"),
            d.path("s", "g", "c", "a", "e"),
            d.path("g", "t", "b", "e"),
        ),
    )
    by_message = Played(drawn)
    assert by_message.at.messages == ("m",)
    assert by_message.receive("m", vote="granted")
    assert by_message.steps == ["a"]
    assert by_message.at.due_at is None
    assert [passed.node for passed in by_message.trace] == ["s", "g", "c"]
    by_time = Played(drawn)
    by_time.wait(days=30)
    assert by_time.steps == ["b"]
    assert by_time.at.messages == ()


@pytest.mark.parametrize("lengths", [("P30D", "P1D"), ("P1D", "P30D")])
def test_each_timer_of_an_event_gateway_has_its_own_instant(lengths: tuple[str, str]) -> None:
    drawn = d.simple(
        d.el("eventBasedGateway", "g"),
        d.catch("t1", d.lasting(lengths[0])),
        d.catch("t2", d.lasting(lengths[1])),
        d.user("a", "b"),
        d.path("s", "g", "t1", "a", "e"),
        d.path("g", "t2", "b", "e"),
    )
    played = Played(drawn)
    played.wait(days=1)
    assert played.steps == ["a" if lengths[0] == "P1D" else "b"]


def test_an_event_gateway_in_a_loop_waits_again_at_each_pass() -> None:
    drawn = d.diagram(
        d.named("message", "m"),
        d.process(
            d.start(),
            d.end(),
            d.choice("x", "out"),
            d.choice("back"),
            d.el("eventBasedGateway", "g"),
            d.catch("c", d.message("m")),
            d.catch("t", d.lasting("P1D")),
            d.path("s", "back", "g", "c", "x"),
            d.path("g", "t", "e"),
            d.flow("x", "back", "again"),
            d.flow("x", "e", named="out"),
        ),
    )
    played = Played(drawn)
    for _ in range(3):
        assert played.receive("m", again=True)
        assert played.at.messages == ("m",)
    played.wait(days=1)
    assert played.done


def test_several_ways_out_of_a_step_are_a_fork() -> None:
    drawn = d.simple(
        d.user("a", "b", "c"),
        d.end("e2"),
        d.path("s", "a", "b", "e"),
        d.flow("a", "c", named="ac"),
        d.path("c", "e2"),
    )
    played = Played(drawn)
    played.complete("a")
    assert played.steps == ["b", "c"]
    assert "ac" in played.trace[-1].flow_ids
    assert played.trace[-1].node == "a"


def test_conditions_on_the_ways_out_of_a_step_are_a_choice() -> None:
    drawn = d.simple(
        d.user("a", default="fd"),
        d.user("b", "c", "k"),
        d.path("s", "a"),
        d.flow("a", "b", "x"),
        d.flow("a", "c", named="fd"),
        d.path("b", "e"),
        d.path("c", "e"),
        d.flow("a", "k", "y"),
        d.path("k", "e"),
    )
    both = Played(drawn)
    both.complete("a", x=True, y=True)
    assert both.steps == ["b", "k"]
    none = Played(drawn)
    none.complete("a", x=False, y=False)
    assert none.steps == ["c"]
    assert none.trace[-1].flow_ids == ("fd",)


def test_two_ways_into_a_step_open_it_twice() -> None:
    drawn = d.simple(
        d.fork("g"),
        d.user("a", "b", "k"),
        d.path("s", "g", "a", "k", "e"),
        d.path("g", "b", "k"),
    )
    played = Played(drawn)
    played.complete("a")
    played.complete("b")
    assert played.steps == ["k", "k"]
    played.complete("k")
    assert not played.done
    played.complete("k")
    assert played.done


def test_a_write_is_seen_by_every_branch_and_never_undone_at_a_join() -> None:
    drawn = d.simple(
        d.fork("g", "j"),
        d.user("a", "b", "k"),
        d.path("s", "g", "a", "j", "k", "e"),
        d.path("g", "b", "j"),
    )
    played = Played(drawn, variables={"v": [1]})
    played.complete("a", v=[9])
    played.complete("b")
    assert played.variables["v"] == [9]


def test_a_value_given_is_copied_not_shared() -> None:
    given = [1, 2]
    played = Played(d.simple(d.user("a"), d.path("s", "a", "e")), variables={"xs": given})
    given.append(3)
    assert played.variables["xs"] == [1, 2]
