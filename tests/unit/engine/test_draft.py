"""Does a diagram from another tool become a draft that says what is left, or is it refused?"""

import pytest

from app.engine.draft import read_draft
from app.engine.errors import DiagramRefused
from app.engine.parse import lint_diagram
from app.engine.values import Value
from app.engine.xml import safe_xml
from tests.unit.engine import drawing as d
from tests.unit.engine.foreign import CLEAR, catch, drawn_only, started, task
from tests.unit.engine.foreign_open import HOPELESS, OPEN
from tests.unit.engine.playing import Played

VARIABLES: dict[str, Value] = {"x": 250, "kind": "new", "xs": [1, 2]}


@pytest.mark.parametrize("habit", CLEAR)
def test_what_has_one_meaning_is_rewritten_and_played(habit: str) -> None:
    drawn, steps = CLEAR[habit]
    draft = read_draft(drawn)
    assert [item.sentence for item in draft.todo] == []
    assert draft.definition is not None
    played = Played(draft.definition, variables=VARIABLES)
    assert played.steps == steps
    assert not played.done


@pytest.mark.parametrize("habit", OPEN)
def test_what_somebody_must_decide_is_left_as_drawn_and_told(habit: str) -> None:
    drawn, element, words = OPEN[habit]
    draft = read_draft(drawn)
    assert draft.definition is None
    told = [(item.element, item.sentence.replace("\u00a0", " ")) for item in draft.todo]
    assert any(name == element and words in sentence for name, sentence in told), told
    # The to-do list is exactly what `check` will say of the file.
    assert {item.sentence for item in draft.todo} >= {
        problem.sentence for problem in lint_diagram(draft.xml)
    }


@pytest.mark.parametrize("habit", HOPELESS)
def test_what_cannot_be_followed_is_refused_with_the_reason(habit: str) -> None:
    drawn, words = HOPELESS[habit]
    with pytest.raises(DiagramRefused) as refused:
        read_draft(drawn)
    assert words in refused.value.message.replace("\u00a0", " ")


def test_a_draft_read_again_is_the_same_draft() -> None:
    for drawn, _ in CLEAR.values():
        once = read_draft(drawn)
        again = read_draft(once.xml)
        assert again.todo == ()
        assert again.xml == once.xml


def test_a_step_to_do_is_named_as_on_the_drawing() -> None:
    drawn = started(d.el("serviceTask", "a", name="Payer\n le solde"), d.path("s", "a", "e"))
    assert [(item.element, item.name) for item in read_draft(drawn).todo] == [
        ("a", "Payer le solde")
    ]


def test_the_largest_of_several_pools_is_followed_unless_one_is_named() -> None:
    drawn, _ = CLEAR["pools"]
    draft = read_draft(drawn)
    assert (draft.process_id, draft.title) == ("p", "Service")
    assert any("plusieurs processus" in note.sentence for note in draft.notes)
    other = read_draft(drawn, process_id="q")
    assert other.process_id == "q"
    with pytest.raises(DiagramRefused, match="n’est pas dans le fichier"):
        read_draft(drawn, process_id="P3")


def test_what_was_understood_is_told() -> None:
    notes = {
        item.sentence
        for item in read_draft(started(task("a", name="Lire"), d.path("s", "a", "e"))).notes
    }
    assert "Les tâches sans type sont confiées à des personnes : « Lire »." in {
        note.replace("\u00a0", " ") for note in notes
    }


def test_every_step_has_a_lane() -> None:
    draft = read_draft(drawn_only(task("a"), task("b"), d.path("a", "b")))
    assert draft.definition is not None
    assert {node.lane for node in draft.definition.nodes.values()} == {"Lane_p"}


def test_a_process_meant_to_be_run_keeps_its_tasks_without_a_type() -> None:
    drawn = d.simple(task("a"), d.user("b"), d.path("s", "a", "b", "e"))
    draft = read_draft(drawn)
    assert draft.definition is not None
    assert draft.definition.nodes["a"].kind == "task"


def test_what_is_sent_to_another_pool_is_not_its_own_answer() -> None:
    message = d.el("messageEventDefinition")
    drawn = started(
        d.fork("f", "j"),
        d.el("intermediateThrowEvent", "t", message, name="Facture"),
        catch("c", message, name="Facture"),
        task("a"),
        d.path("s", "f", "a", "t", "j", "e"),
        d.path("f", "c", "j"),
    )
    draft = read_draft(drawn)
    assert draft.definition is not None
    played = Played(draft.definition)
    played.complete("a")
    assert not played.done
    assert played.receive("Facture")
    assert played.done


def test_lines_between_data_and_tasks_are_still_drawn() -> None:
    drawn, _ = CLEAR["data drawn with its lines"]
    root = safe_xml(read_draft(drawn).xml)
    [line] = [element for element in root.iter() if element.get("id") == "o"]
    assert (line.get("sourceRef"), line.get("targetRef")) == ("a", "ds")
