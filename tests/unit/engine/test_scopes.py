"""Are sub-processes and called processes entered, left and interrupted as BPMN says?"""

import pytest

from app.engine.errors import DiagramRefused
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import Played
from tests.unit.engine.watched import inside


def test_a_sub_process_shares_the_variables_of_the_dossier() -> None:
    drawn = d.simple(
        inside("sp", d.user("in"), d.path("sps", "in", "spe")),
        d.user("k"),
        d.path("s", "sp", "k", "e"),
    )
    played = Played(drawn, variables={"v": 1})
    played.complete("in", v=2)
    assert played.steps == ["k"]
    assert played.variables["v"] == 2
    assert [passed.node for passed in played.trace] == ["s", "sps", "in", "spe", "sp"]
    assert played.definition.nodes["in"].scope == "sp"
    assert played.definition.nodes["k"].scope is None


def test_sub_processes_inside_one_another() -> None:
    third = inside("s3", d.user("in"), d.path("s3s", "in", "s3e"))
    second = inside("s2", third, d.path("s2s", "s3", "s2e"))
    drawn = d.simple(inside("s1", second, d.path("s1s", "s2", "s1e")), d.path("s", "s1", "e"))
    played = Played(drawn)
    played.complete("in")
    assert played.done


def test_a_deadline_on_a_sub_process_takes_all_of_it_away() -> None:
    deep = inside(
        "s2",
        d.user("in"),
        d.attached("b2", "in", d.lasting("P9D")),
        d.path("s2s", "in", "s2e"),
        d.flow("b2", "s2e"),
    )
    drawn = d.simple(
        inside("sp", deep, d.path("sps", "s2", "spe")),
        d.attached("b", "sp", d.lasting("P1D")),
        d.user("h"),
        d.path("s", "sp", "e"),
        d.path("b", "h", "e"),
    )
    played = Played(drawn)
    played.wait(days=1)
    assert played.steps == ["h"]
    assert played.at.due_at is None
    played.complete("h")
    assert played.done


def called(*parts: str) -> bytes:
    return d.diagram(d.process(d.start("qs"), d.end("qe"), *parts, name="q"))


def test_a_called_process_is_drawn_in_another_file_or_in_the_same() -> None:
    main = d.process(
        d.start(), d.end(), d.el("callActivity", "c", calledElement="q"), d.path("s", "c", "e")
    )
    other = d.process(
        d.start("qs"), d.end("qe"), d.user("in"), d.path("qs", "in", "qe"), name="q"
    )
    for played in (
        Played(d.diagram(main, other)),
        Played(d.diagram(other, main)),
        Played(d.diagram(main), called=[d.diagram(other)]),
    ):
        assert played.definition.process_id == "p"
        assert played.definition.nodes["in"].scope == "q"
        played.complete("in", v=2)
        assert played.done
        assert played.variables["v"] == 2


def test_a_process_that_calls_itself_is_refused() -> None:
    drawn = d.simple(
        d.user("a"), d.el("callActivity", "c", calledElement="p"), d.path("s", "a", "c", "e")
    )
    with pytest.raises(DiagramRefused, match="s’appelle lui-même"):
        Played(drawn)
