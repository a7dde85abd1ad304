"""What does a repair do inside sub-processes and repetitions?"""

from datetime import timedelta

import pytest

from app.engine.repair import Repair, RepairKind
from app.engine.repair.refusals import EntersRepetition
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import NOON, Played
from tests.unit.engine.repairing import cancel, do, move, offered, token

# ---------------------------------------------------------------- sub-processes


NESTED = d.simple(
    d.user("Before", "After"),
    d.sub(
        "Inside",
        d.start("is"),
        d.end("ie"),
        d.user("First", "Second"),
        d.path("is", "First", "Second", "ie"),
    ),
    d.attached("Late", "Inside", d.lasting("P10D")),
    d.user("Escalate"),
    d.path("s", "Before", "Inside", "After", "e"),
    d.path("Late", "Escalate", "e"),
)


def test_a_dossier_enters_the_middle_of_a_sub_process_with_its_dates_armed() -> None:
    played = Played(NESTED)

    move(played, "Before", "Second")

    assert played.steps == ["Second"]
    assert played.at.due_at == NOON + timedelta(days=10, hours=-1)  # summer time began
    played.complete("Second")
    assert played.steps == ["After"]


def test_a_dossier_leaves_a_sub_process_without_going_through_its_end() -> None:
    played = Played(NESTED)
    played.complete("Before")

    move(played, "First", "Before")

    assert played.steps == ["Before"]
    assert played.at.due_at is None


def test_the_last_step_of_a_sub_process_cancelled_ends_the_sub_process() -> None:
    played = Played(NESTED)
    played.complete("Before")

    cancel(played, "First")

    assert played.steps == ["After"]


def test_a_cancelled_step_takes_its_dates_with_it() -> None:
    played = Played(
        d.simple(
            d.user("A", "B", "C"),
            d.fork("f"),
            d.attached("Late", "A", d.lasting("P1D")),
            d.path("s", "f", "A", "e"),
            d.path("f", "B", "e"),
            d.path("Late", "C", "e"),
        )
    )
    assert played.at.due_at is not None

    cancel(played, "A")

    assert played.at.due_at is None
    assert played.steps == ["B"]


def test_event_sub_processes_still_listen_after_a_move() -> None:
    played = Played(
        d.diagram(
            d.named("message", "withdrawal"),
            d.process(
                d.start(),
                d.end(),
                d.user("A", "B"),
                d.path("s", "A", "B", "e"),
                d.on_event(
                    "Withdraw",
                    d.message("withdrawal"),
                    d.user("Record"),
                    d.end("we"),
                    d.path("Withdraw_start", "Record", "we"),
                ),
            ),
        )
    )
    move(played, "A", "B")

    assert played.at.messages == ("withdrawal",)
    played.receive("withdrawal")
    assert played.steps == ["Record"]
    move(played, "Record", "A")
    assert played.steps == ["A"]
    assert played.at.messages == ("withdrawal",)


# ---------------------------------------------------------------- repetitions


EACH = d.simple(
    d.user("Before", "After"),
    d.user("Ask", inner=d.each()),
    d.path("s", "Before", "Ask", "After", "e"),
)


def test_a_repetition_does_not_wait_for_a_cancelled_instance() -> None:
    played = Played(EACH, variables={"xs": ["a", "b", "c"]})
    played.complete("Before")

    cancel(played, "Ask", 1)

    assert [step.item for step in played.at.open_steps] == ["a", "c"]
    played.complete("Ask")
    played.complete("Ask")
    assert played.steps == ["After"]


def test_the_last_instance_cancelled_ends_the_repetition() -> None:
    played = Played(EACH, variables={"xs": ["a", "b"]})
    played.complete("Before")
    played.complete("Ask")

    cancel(played, "Ask")

    assert played.steps == ["After"]


def test_the_next_element_comes_when_an_instance_done_in_turn_is_cancelled() -> None:
    drawn = d.simple(
        d.user("After"),
        d.user("Ask", inner=d.each(one_by_one=True)),
        d.path("s", "Ask", "After", "e"),
    )
    played = Played(drawn, variables={"xs": ["a", "b"]})

    cancel(played, "Ask")

    assert [step.item for step in played.at.open_steps] == ["b"]
    played.complete("Ask")
    assert played.steps == ["After"]


def test_one_instance_moved_out_takes_the_whole_repetition_with_it() -> None:
    played = Played(EACH, variables={"xs": ["a", "b", "c"]})
    played.complete("Before")

    chosen = move(played, "Ask", "After")

    assert len(chosen.beside) == 2
    assert played.steps == ["After"]


def test_a_repetition_done_again_asks_everybody() -> None:
    played = Played(EACH, variables={"xs": ["a", "b"]})
    for step in ("Before", "Ask", "Ask"):
        played.complete(step)

    do(played, Repair(RepairKind.REDO, target="Ask"))

    assert played.steps == ["Ask", "Ask"]


def test_nobody_enters_the_middle_of_a_repetition() -> None:
    played = Played(
        d.simple(
            d.user("Before"),
            d.sub(
                "Group",
                d.start("gs"),
                d.end("ge"),
                d.user("Inner"),
                d.path("gs", "Inner", "ge"),
                d.each(),
            ),
            d.path("s", "Before", "Group", "e"),
        ),
        variables={"xs": [1, 2]},
    )
    with pytest.raises(EntersRepetition):
        offered(played, Repair(RepairKind.MOVE, (token(played, "Before"),), "Inner"))
