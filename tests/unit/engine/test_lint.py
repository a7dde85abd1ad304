"""Is every diagram that could be misplayed refused, with a French sentence that names the element?"""

import pytest

from app.engine.errors import DiagramRefused
from app.engine.parse import lint_diagram, parse_diagram
from tests.unit.engine import drawing as d
from tests.unit.engine.wrong_demands import DEMANDS
from tests.unit.engine.wrong_diagrams import REFUSED, WAIT, simple, with_task

WRONG = {**REFUSED, **DEMANDS}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_played_is_refused_and_named(case: str) -> None:
    drawn, element, words = WRONG[case]
    with pytest.raises(DiagramRefused) as refused:
        parse_diagram(drawn)
    plain = [(p.element, p.sentence.replace("\u00a0", " ")) for p in refused.value.problems]
    assert any(name == element and words in sentence for name, sentence in plain), plain
    assert all(sentence[0].isupper() and sentence.endswith(".") for _, sentence in plain)
    assert refused.value.message.endswith(".")


def test_every_problem_is_told_at_once() -> None:
    drawn = simple(
        d.user("lost"), d.flow("a", "nowhere"), d.end("z", d.cancel()), d.flow("s", "z")
    )
    assert {problem.element for problem in lint_diagram(drawn)} >= {"lost", "z"}


def test_a_process_that_is_missing_is_told_with_the_rest() -> None:
    drawn = simple(d.user("lost"), d.el("callActivity", "x", calledElement="q"))
    with pytest.raises(DiagramRefused) as refused:
        parse_diagram(drawn)
    told = [problem.element for problem in refused.value.problems]
    assert told == ["lost", "x", "x"]


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        # A part beside the path is joined by one flow: it is said once, where it begins.
        ((d.user("b", "c", "d"), d.path("b", "c", "d", "e")), ["b"]),
        ((d.user("b", "c", "d"), d.path("b", "d"), d.path("c", "d", "e")), ["b", "c"]),
        # Nothing begins a circle: one of its steps is enough.
        ((d.user("b", "c"), d.path("b", "c", "b"), d.flow("c", "e")), ["b"]),
        # The flow that comes from nowhere is the thing to mend.
        ((d.user("b", "c"), d.flow("gone", "b", named="f9"), d.path("b", "c", "e")), ["f9"]),
    ],
)
def test_what_nothing_leads_to_is_told_where_it_begins(
    parts: tuple[str, ...], told: list[str]
) -> None:
    assert [problem.element for problem in lint_diagram(simple(*parts))] == told


def test_a_sound_diagram_has_no_problem() -> None:
    assert lint_diagram(simple()) == []


def test_a_join_that_every_beginning_passes_is_sound() -> None:
    begins = [d.start("s1", d.lasting("P1D")), d.start("s2", d.lasting("P2D"))]
    ways = [d.path("s1", "m", "f", "a", "j", "e"), d.flow("s2", "m"), d.path("f", "b", "j")]
    nodes = d.end() + d.choice("m") + d.fork("f", "j") + d.user("a", "b")
    drawn = d.process(*begins, nodes, *ways)
    assert lint_diagram(d.diagram(drawn)) == []


def test_what_is_not_xml_is_a_problem_too() -> None:
    [problem] = lint_diagram(b"not xml")
    assert problem.sentence.replace("\u00a0", " ") == (
        "Le fichier n’est pas du XML lisible : il est vide ou ne commence pas par une balise "
        "(ligne 1, colonne 1)."
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "vide"),
        (b"<a>\n<b>\n</a>", "n’est pas fermée par la sienne (ligne 3, colonne 5)"),
        (b"<a>\n<<b/>\n</a>", "n’y a pas sa place (ligne 2, colonne 2)"),
        (b"<a/>\n<b/>", "continue après la dernière balise (ligne 2"),
    ],
)
def test_what_is_not_xml_says_on_which_line(data: bytes, told: str) -> None:
    [problem] = lint_diagram(data)
    assert told in problem.sentence


def test_alone_a_file_may_call_processes_of_other_files() -> None:
    drawn = with_task(task=d.el("callActivity", "x", calledElement="q"))
    assert lint_diagram(drawn) == []


def test_a_loop_with_a_wait_inside_a_sub_process_or_a_called_process_is_sound() -> None:
    body = (
        d.choice("m"),
        d.choice("x", "out"),
        d.path("s", "m", "sp", "x"),
        d.flow("x", "m", "again"),
        d.flow("x", "a", named="out"),
    )
    inner = d.sub("sp", d.start("ss"), d.user("in"), d.end("se"), d.path("ss", "in", "se"))
    assert lint_diagram(simple(inner, *body)) == []
    call = d.el("callActivity", "sp", calledElement="q")
    other = d.process(
        d.start("qs"), d.user("in"), d.end("qe"), d.path("qs", "in", "qe"), name="q"
    )
    main = d.process(d.start(), d.end(), WAIT, d.path("a", "e"), call, *body)
    assert lint_diagram(d.diagram(main, other)) == []


def test_the_same_id_in_two_files_is_refused() -> None:
    called = d.diagram(
        d.process(d.start("qs"), d.user("x"), d.end("qe"), d.path("qs", "x", "qe"), name="q")
    )
    with pytest.raises(DiagramRefused, match="le même identifiant"):
        parse_diagram(
            with_task(task=d.el("callActivity", "x", calledElement="q")), called=[called]
        )


def test_variables_that_keep_their_name_in_a_call_are_no_reason_to_refuse() -> None:
    same = '<camunda:in variables="all"/><camunda:out source="a" target="a"/>'
    inner = d.el("extensionElements", "", same)
    assert lint_diagram(with_task(task=d.user("x", inner=inner))) == []
