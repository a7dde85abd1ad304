"""What is jumped over by a dossier moved forward: certain steps, possible ones, nothing backwards?"""

from pathlib import Path

from app.engine.parse import parse_diagram
from app.engine.repair.jumps import Jumped, jumped, still_ahead
from tests.unit.engine import drawing as d
from tests.unit.engine.test_repair import BLOCK, NESTED

PROCESSES = Path(__file__).parents[3] / "processes"
#: A request is checked, sent back as often as needed, examined or refused, then closed.
LOOP = d.simple(
    d.user("Check", "Complete", "Examine", "Second", "Sign", "Refuse", "Close"),
    d.choice("whole", "ask"),
    d.choice("good", "no"),
    d.path("s", "Check", "whole"),
    d.flow("whole", "Complete", named="ask"),
    d.path("Complete", "Check"),
    d.flow("whole", "Examine", "ok"),
    d.path("Examine", "good"),
    d.flow("good", "Refuse", named="no"),
    d.flow("good", "Second", "ok"),
    d.path("Second", "Sign", "Close", "e"),
    d.path("Refuse", "Close"),
)


def over(xml: bytes, leaving: str, target: str) -> Jumped:
    return jumped(parse_diagram(xml), leaving.split(), target)


def test_the_steps_between_are_jumped_in_their_order() -> None:
    found = over(BLOCK, "Before", "After")
    steps = [one for one in found.surely if one[0].isupper()]
    assert sorted(steps) == ["A1", "A2", "B1"]
    assert steps.index("A1") < steps.index("A2")
    assert not found.perhaps


def test_a_branch_that_goes_on_is_not_jumped() -> None:
    assert over(BLOCK, "A1", "A2") == Jumped()


def test_nothing_is_jumped_backwards_or_on_the_spot() -> None:
    assert over(BLOCK, "After", "A1") == Jumped()
    assert over(BLOCK, "A2", "B1") == Jumped()


def test_a_subprocess_is_jumped_with_its_steps() -> None:
    found = over(NESTED, "Before", "After")
    assert {"Inside", "First", "Second"} <= set(found.surely)
    assert not {"Late", "Escalate"} & set(found.surely + found.perhaps)


def test_the_end_of_a_subprocess_is_jumped_from_inside() -> None:
    assert "Second" in over(NESTED, "First", "After").surely
    assert "Second" not in over(NESTED, "First", "Escalate").surely


def test_what_an_answer_chooses_is_only_possible_and_ways_back_do_not_count() -> None:
    found = over(LOOP, "Check", "Close")

    assert [one for one in found.surely if one[0].isupper()] == ["Examine"]
    assert sorted(one for one in found.perhaps if one[0].isupper()) == [
        "Refuse",
        "Second",
        "Sign",
    ]
    assert "Complete" not in (found.surely + found.perhaps)
    assert {"Close", "e"} <= still_ahead(parse_diagram(LOOP), ["Sign"])
    assert "Check" not in still_ahead(parse_diagram(LOOP), ["Sign"])
    assert over(LOOP, "Sign", "Check") == Jumped()


def test_the_shipped_procedure_of_grants_jumps_from_examination_to_payment() -> None:
    xml = (PROCESSES / "investment_grant" / "process.bpmn").read_bytes()
    found = jumped(parse_diagram(xml), ["ExamineRequest"], "ClaimPayment")

    assert {"HeadVisa", "MakeExecutory", "CommitFunds"} <= set(found.surely)
    assert not {"CheckCompleteness", "RequestPieces"} & set(found.surely + found.perhaps)
