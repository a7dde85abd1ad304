"""Does the trace tell every node passed and every flow taken, with the ids of the drawing?"""

from app.engine.parse import parse_diagram
from app.engine.run import Passed
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played


def numbered(*pairs: tuple[str, str]) -> str:
    """Flows whose id says what they join: `a-b`."""
    return "".join(d.flow(a, b, named=f"{a}-{b}") for a, b in pairs)


def passed(played: Played) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.node, one.flow_ids) for one in played.trace]


def test_each_node_comes_with_the_flows_it_left_by() -> None:
    drawn = d.simple(
        d.fork("g", "j"),
        d.user("a", "b"),
        numbered(("s", "g"), ("g", "a"), ("g", "b"), ("a", "j"), ("b", "j"), ("j", "e")),
    )
    played = Played(drawn)
    played.complete("b")
    played.complete("a")
    assert passed(played) == [
        ("s", ("s-g",)),
        ("g", ("g-a", "g-b")),
        ("b", ("b-j",)),
        ("a", ("a-j",)),
        ("j", ("j-e",)),
        ("e", ()),
    ]


def test_a_choice_tells_the_way_it_took() -> None:
    drawn = d.simple(
        d.choice("g", "g-e"),
        d.user("a"),
        numbered(("s", "g"), ("g", "e"), ("a", "e")),
        d.flow("g", "a", "x", named="g-a"),
    )
    for x, way in ((True, "g-a"), (False, "g-e")):
        assert ("g", (way,)) in passed(Played(drawn, variables={"x": x}))


def test_ways_hidden_by_the_rewriting_are_told_with_their_own_ids() -> None:
    drawn = d.diagram(
        d.named("message", "m"),
        d.process(
            d.start(),
            d.end(),
            d.user("a", "b", "c"),
            d.throw("l1", d.link("L")),
            d.catch("l2", d.link("L")),
            numbered(("s", "a"), ("a", "b"), ("a", "c"), ("b", "l1"), ("l2", "e"), ("c", "e")),
            d.on_event(
                "w", d.message("m"), d.user("h"), numbered(("w_start", "h")), stops=False
            ),
        ),
    )
    played = Played(drawn)
    played.complete("a")
    played.complete("b")
    played.receive("m")
    played.complete("h")
    played.complete("c")
    assert passed(played) == [
        ("s", ("s-a",)),
        ("a", ("a-b", "a-c")),
        ("b", ("b-l1",)),
        ("l1", ()),
        ("l2", ("l2-e",)),
        ("e", ()),
        ("w_start", ("w_start-h",)),
        ("h", ()),
        ("w", ()),
        ("c", ("c-e",)),
        ("e", ()),
    ]


def test_a_step_with_two_ways_out_passed_twice_at_once_keeps_its_own_flows() -> None:
    drawn = d.simple(
        d.fork("g"),
        d.el("task", "x"),
        d.user("a", "b", "wait"),
        numbered(("s", "wait"), ("wait", "g"), ("x", "a"), ("x", "b"), ("a", "e"), ("b", "e")),
        d.flow("g", "x", named="g-x1"),
        d.flow("g", "x", named="g-x2"),
    )
    played = Played(drawn)
    played.complete("wait")
    assert passed(played)[-3:] == [
        ("g", ("g-x1", "g-x2")),
        ("x", ("x-a", "x-b")),
        ("x", ("x-a", "x-b")),
    ]


def test_a_repeated_activity_is_passed_once_as_a_whole() -> None:
    drawn = d.simple(d.user("x", inner=d.each()), numbered(("s", "x"), ("x", "e")))
    played = Played(drawn, variables={"xs": [1, 2]})
    played.complete("x")
    assert passed(played) == [("s", ("s-x",))]
    played.complete("x")
    assert passed(played)[1:] == [("x", ("x-e",)), ("e", ())]


def test_a_step_taken_away_by_a_deadline_was_not_passed() -> None:
    drawn = d.simple(
        d.user("a"),
        d.attached("t", "a", d.lasting("P1D")),
        numbered(("s", "a"), ("a", "e"), ("t", "e")),
    )
    played = Played(drawn)
    played.wait(days=1)
    assert passed(played)[1:] == [("t", ("t-e",)), ("e", ())]


def test_the_trace_begins_again_at_each_action() -> None:
    played = Played(d.simple(d.user("a", "b"), numbered(("s", "a"), ("a", "b"), ("b", "e"))))
    played.complete("a")
    assert played.at.trace == (Passed("a", ("a-b",)),)


def test_everything_passed_is_drawn() -> None:
    drawn = d.diagram(
        d.named("message", "m"),
        d.process(
            d.end(),
            d.start("s1", d.message("m")),
            d.start("s2", d.lasting("P9D")),
            d.user("a", "b"),
            d.sub("sp", d.start("ss"), d.user("in"), numbered(("ss", "in"))),
            numbered(
                ("s1", "a"), ("s2", "b"), ("a", "sp"), ("b", "e"), ("sp", "e"), ("a", "b")
            ),
            d.on_event(
                "w", d.message("m"), d.user("h"), numbered(("w_start", "h")), stops=False
            ),
        ),
    )
    definition = parse_diagram(drawn)
    played = Played(definition)
    played.receive("m")
    played.receive("m")
    for name in ("a", "in", "b", "h"):
        played.complete(name)
    flows = {flow.id for flow in definition.flows}
    assert {one.node for one in played.trace} <= definition.nodes.keys()
    assert {flow for one in played.trace for flow in one.flow_ids} <= flows
    assert set(played.at.marking.split()) <= definition.nodes.keys()
