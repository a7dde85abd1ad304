"""Are activities repeated for each element, a number of times, or while a condition holds?"""

import pytest

from app.engine.errors import ExpressionFailed
from app.engine.values import Value
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played

EXPERTS: dict[str, Value] = {"xs": [11, 12, 13, 14, 15]}


def repeated(loop: str, *more: str) -> bytes:
    """A repeated step `x`, then a step `k`."""
    return d.simple(d.user("x", inner=loop), d.user("k"), d.path("s", "x", "k", "e"), *more)


def items(played: Played) -> list[Value]:
    return [step.item for step in played.at.open_steps]


def test_a_step_is_opened_for_each_element_and_the_dossier_waits_for_all() -> None:
    played = Played(repeated(d.each(results="opinions")), variables=EXPERTS)
    assert items(played) == [11, 12, 13, 14, 15]
    for number in (4, 0, 2, 0, 0):
        item = items(played)[number]
        assert isinstance(item, int)
        played.complete("x", number, result=item * 10)
    assert played.steps == ["k"]
    assert played.variables["opinions"] == [110, 120, 130, 140, 150]
    assert "result" not in played.variables
    assert "x" not in played.variables


def test_the_bpmn_way_of_naming_the_list_works_too() -> None:
    loop = d.el(
        "multiInstanceLoopCharacteristics",
        "",
        d.el("loopDataInputRef", "", "xs") + d.el("inputDataItem", "expert"),
    )
    played = Played(repeated(loop), variables=EXPERTS)
    assert items(played) == [11, 12, 13, 14, 15]


def test_the_list_may_be_computed() -> None:
    loop = d.el("multiInstanceLoopCharacteristics", camunda__collection="${xs + [16]}")
    assert items(Played(repeated(loop), variables=EXPERTS))[-1] == 16


def test_each_element_is_read_where_its_step_is_and_nowhere_else() -> None:
    inner = d.sub(
        "x",
        d.start("xs1"),
        d.end("xe1"),
        d.choice("g", "fd"),
        d.user("even", "odd"),
        d.flow("xs1", "g"),
        d.flow("g", "even", "x % 2 == 0"),
        d.flow("g", "odd", named="fd"),
        d.path("even", "xe1"),
        d.path("odd", "xe1"),
        d.each(),
    )
    played = Played(d.simple(inner, d.path("s", "x", "e")), variables=EXPERTS)
    assert played.steps == ["even", "even", "odd", "odd", "odd"]
    assert [step.item for step in played.at.open_steps if step.step == "even"] == [12, 14]


def test_enough_answers_end_the_activity_and_take_the_other_steps_away() -> None:
    loop = d.each(until="nrOfCompletedInstances >= 3")
    played = Played(repeated(loop), variables=EXPERTS)
    for _ in range(2):
        played.complete("x")
    assert played.steps == ["x", "x", "x"]
    played.complete("x")
    assert played.steps == ["k"]


def test_the_result_of_one_may_be_enough() -> None:
    played = Played(repeated(d.each(until="result == 'no'", results="rs")), variables=EXPERTS)
    played.complete("x", 1, result="yes")
    played.complete("x", 3, result="no")
    assert played.steps == ["k"]
    assert played.variables["rs"] == ["yes", "no"]


def test_one_after_the_other() -> None:
    played = Played(
        repeated(d.each(one_by_one=True, results="rs")), variables={"xs": [1, 2, 3]}
    )
    for number in (1, 2, 3):
        assert items(played) == [number]
        played.complete("x", result=number * 10)
    assert played.steps == ["k"]
    assert played.variables["rs"] == [10, 20, 30]


def test_a_list_that_changes_meanwhile_does_not_change_the_activity() -> None:
    played = Played(repeated(d.each(one_by_one=True)), variables={"xs": [1, 2]})
    played.complete("x", xs=[])
    assert items(played) == [2]


def test_a_number_of_times() -> None:
    played = Played(repeated(d.times("${n + 1}", results="rs")), variables={"n": 2})
    assert items(played) == [0, 1, 2]
    for number in range(3):
        played.complete("x", result=number)
    assert played.steps == ["k"]
    assert played.variables["rs"] == [0, 1, 2]


@pytest.mark.parametrize("one_by_one", [True, False])
def test_an_empty_list_is_passed_through(*, one_by_one: bool) -> None:
    drawn = repeated(d.each(one_by_one=one_by_one, results="rs"))
    played = Played(drawn, variables={"xs": []})
    assert played.steps == ["k"]
    assert played.variables["rs"] == []


@pytest.mark.parametrize("wrong", ["abc", 5, None, {"a": 1}])
def test_what_is_not_a_list_is_a_fault_that_names_the_activity(wrong: Value) -> None:
    with pytest.raises(ExpressionFailed) as failure:
        Played(repeated(d.each()), variables={"xs": wrong})
    assert failure.value.element == "x"


@pytest.mark.parametrize("results", [None, "rs"])
@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_repeated_step_may_be_reached_again(*, results: str | None, one_by_one: bool) -> None:
    drawn = d.simple(
        d.choice("m"),
        d.user("x", inner=d.each(results=results, one_by_one=one_by_one)),
        d.user("chk"),
        d.choice("g", "out"),
        d.path("s", "m", "x", "chk", "g"),
        d.flow("g", "m", "again"),
        d.flow("g", "e", named="out"),
    )
    played = Played(drawn, variables={"xs": [1, 2]})
    for turn in range(3):
        for number in range(2):
            played.complete("x", result=10 * turn + number)
        if results:
            assert played.variables["rs"] == [10 * turn, 10 * turn + 1]
        played.complete("chk", again=turn < 2, xs=[1, 2])
    assert played.done


def test_a_repeated_sub_process() -> None:
    inner = d.sub(
        "x",
        d.start("xs1"),
        d.end("xe1"),
        d.user("rev"),
        d.path("xs1", "rev", "xe1"),
        d.each(results="rs"),
    )
    played = Played(
        d.simple(inner, d.user("k"), d.path("s", "x", "k", "e")), variables={"xs": [1, 2, 3]}
    )
    assert played.steps == ["rev"] * 3
    for number in range(3):
        played.complete("rev", result=number)
    assert played.steps == ["k"]
    assert played.variables["rs"] == [0, 1, 2]


def test_a_reminder_inside_a_repeated_sub_process_is_each_one_s() -> None:
    inner = d.sub(
        "x",
        d.start("xs1"),
        d.end("xe1"),
        d.end("xe2"),
        d.user("rev"),
        d.attached("b", "rev", d.lasting("P1D"), stops=False),
        d.job("remind"),
        d.path("xs1", "rev", "xe1"),
        d.path("b", "remind", "xe2"),
        d.each(),
    )
    played = Played(
        d.simple(inner, d.user("k"), d.path("s", "x", "k", "e")), variables={"xs": [1, 2, 3]}
    )
    played.complete("rev")
    played.wait(days=1)
    assert played.jobs == ["remind", "remind"]
    for _ in range(2):
        played.finish("remind")
        played.complete("rev")
    assert played.steps == ["k"]


def test_a_deadline_on_a_repeated_step_takes_them_all_away() -> None:
    late = d.attached("b", "x", d.lasting("P1D")) + d.user("h") + d.path("b", "h", "e")
    played = Played(repeated(d.each(), late), variables=EXPERTS)
    played.complete("x")
    played.wait(days=1)
    assert played.steps == ["h"]
    assert played.at.due_at is None
    played.complete("h")
    assert played.done


def test_a_repeated_call() -> None:
    called = d.diagram(
        d.process(
            d.start("qs"), d.end("qe"), d.user("rev"), d.path("qs", "rev", "qe"), name="q"
        )
    )
    drawn = d.simple(
        d.el("callActivity", "x", d.each(), calledElement="q"),
        d.user("k"),
        d.path("s", "x", "k", "e"),
    )
    played = Played(drawn, called=[called], variables={"xs": [1, 2, 3]})
    assert items(played) == [1, 2, 3]
    for _ in range(3):
        played.complete("rev")
    assert played.steps == ["k"]


def test_repetitions_inside_repetitions() -> None:
    inner = d.sub(
        "x",
        d.start("xs1"),
        d.end("xe1"),
        d.user("rev", inner=d.each("x", "y")),
        d.path("xs1", "rev", "xe1"),
        d.each("groups", "x"),
    )
    played = Played(
        d.simple(inner, d.user("k"), d.path("s", "x", "k", "e")),
        variables={"groups": [[1, 2], [3, 4]]},
    )
    assert items(played) == [1, 2, 3, 4]
    for _ in range(4):
        played.complete("rev")
    assert played.steps == ["k"]


def test_the_innermost_element_of_a_name_is_the_one_that_is_read() -> None:
    inner = d.sub(
        "each_group",
        d.start("gs"),
        d.end("ge"),
        d.script("add", "total = total + x", inner=d.each("x", "x")),
        d.path("gs", "add", "ge"),
        d.each("groups", "x"),
    )
    drawn = d.simple(
        d.script("zero", "total = 0"), inner, d.path("s", "zero", "each_group", "e")
    )
    assert Played(drawn, variables={"groups": [[1, 2], [3, 4]]}).variables["total"] == 10


def test_an_automatic_task_may_be_repeated() -> None:
    drawn = d.simple(
        d.script("z", "total = 0"),
        d.script("x", "total = total + x", inner=d.each()),
        d.path("s", "z", "x", "e"),
    )
    assert Played(drawn, variables=EXPERTS).variables["total"] == 65


def test_again_and_again_up_to_a_maximum() -> None:
    played = Played(repeated(d.again(most=3)))
    for _ in range(3):
        assert played.steps == ["x"]
        played.complete("x")
    assert played.steps == ["k"]


def test_again_while_a_condition_holds() -> None:
    played = Played(repeated(d.again(while_="more")))
    played.complete("x", more=True)
    played.complete("x", more=True)
    played.complete("x", more=False)
    assert played.steps == ["k"]


def test_a_loop_that_looks_first_may_do_nothing() -> None:
    drawn = repeated(d.again(while_="more", test_first=True))
    assert Played(drawn, variables={"more": False}).steps == ["k"]
    assert Played(drawn, variables={"more": True}).steps == ["x"]
