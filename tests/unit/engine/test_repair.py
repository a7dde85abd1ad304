"""What does each repair do to the tokens of a dossier, and which are refused, with what reason?"""

from datetime import timedelta

import pytest

from app.engine.places import PlaceKind, places, timers
from app.engine.repair import Repair, RepairKind, RepairRefused, carry_out
from app.engine.repair.refusals import (
    AlreadyDue,
    CannotGoOn,
    NothingLeft,
    NotThere,
    WouldBeDoubled,
    WouldBeStuck,
)
from app.engine.run import Run
from tests.unit.engine import drawing as d
from tests.unit.engine.playing import NOON, Played
from tests.unit.engine.repairing import cancel, do, move, offered, token

#: Before, then A1 A2 beside B1, then After.
BLOCK = d.simple(
    d.user("Before", "A1", "A2", "B1", "After"),
    d.fork("split", "join"),
    d.path("s", "Before", "split", "A1", "A2", "join", "After", "e"),
    d.path("split", "B1", "join"),
)


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


# ---------------------------------------------------------------- parallel blocks


def test_a_step_moved_along_its_branch_leaves_the_other_branch_alone() -> None:
    played = Played(BLOCK)
    played.complete("Before")

    move(played, "A1", "A2")

    assert played.steps == ["A2", "B1"]
    played.complete("A2")
    played.complete("B1")
    assert played.steps == ["After"]


def test_a_branch_moved_out_of_its_block_takes_the_other_one_with_it() -> None:
    """Otherwise the join would wait for ever, or what follows would be done twice."""
    played = Played(BLOCK)
    played.complete("Before")
    other = token(played, "B1")

    chosen = move(played, "A1", "After")

    assert chosen.beside == (other,)
    assert not chosen.fills
    assert played.steps == ["After"]
    played.complete("After")
    assert played.done


def test_a_branch_sent_back_before_its_block_takes_the_other_one_with_it() -> None:
    played = Played(BLOCK)
    played.complete("Before")

    move(played, "B1", "Before")

    assert played.steps == ["Before"]
    played.complete("Before")
    assert played.steps == ["A1", "B1"]


def test_the_join_waits_no_more_for_a_cancelled_branch() -> None:
    played = Played(BLOCK)
    played.complete("Before")

    assert cancel(played, "B1").fills

    assert played.steps == ["A1"]
    played.complete("A1")
    played.complete("A2")
    assert played.steps == ["After"]


def test_the_join_goes_on_at_once_when_only_the_cancelled_branch_was_awaited() -> None:
    played = Played(BLOCK)
    played.complete("Before")
    played.complete("A1")
    played.complete("A2")

    cancel(played, "B1")

    assert played.steps == ["After"]


def test_a_step_of_a_finished_block_is_done_again_without_the_other_branch() -> None:
    played = Played(BLOCK)
    for step in ("Before", "A1", "A2", "B1"):
        played.complete(step)

    chosen = do(played, Repair(RepairKind.REDO, target="A1"))

    assert chosen.fills
    assert played.steps == ["A1"]
    played.complete("A1")
    played.complete("A2")
    assert played.steps == ["After"]


def test_a_step_done_again_reopens_its_branch_only() -> None:
    played = Played(BLOCK)
    played.complete("Before")
    played.complete("A1")

    do(played, Repair(RepairKind.REDO, target="A1"))

    assert played.steps == ["A1", "B1"]


def test_two_tokens_that_never_meet_in_life_do_not_meet_after_a_repair() -> None:
    """Nothing joins these two branches: a token too many would never be seen as stuck."""
    played = Played(
        d.simple(
            d.user("Before", "Work", "Watch", "Close"),
            d.fork("split"),
            d.end("all", d.terminate()),
            d.path("s", "Before", "split", "Work", "Close", "all"),
            d.path("split", "Watch", "e"),
        )
    )
    played.complete("Before")
    watch = token(played, "Watch")

    chosen = do(played, Repair(RepairKind.MOVE, (token(played, "Work"),), "Before"))

    assert chosen.beside == (watch,)
    assert played.steps == ["Before"]
    played.complete("Before")
    assert played.steps == ["Watch", "Work"]


def test_a_way_that_is_not_sound_is_refused_when_it_is_asked_for() -> None:
    """What a page offers and what a request asks for are not the same thing."""
    played = Played(BLOCK)
    played.complete("Before")
    a1, b1 = token(played, "A1"), token(played, "B1")
    run = Run.resume(played.definition, played.at.state, played.context())

    with pytest.raises(WouldBeStuck) as refused:
        carry_out(run, Repair(RepairKind.CANCEL, (b1,)))
    assert refused.value.subject["place"] == "join"

    run = Run.resume(played.definition, played.at.state, played.context())
    with pytest.raises(WouldBeDoubled):
        carry_out(run, Repair(RepairKind.MOVE, (a1,), "After"))


def test_an_inclusive_join_needs_no_help() -> None:
    played = Played(
        d.simple(
            d.user("A", "B", "After"),
            d.some("split", "toB"),
            d.some("join"),
            d.path("s", "split"),
            d.flow("split", "A", "True"),
            d.flow("split", "B", named="toB"),
            d.path("A", "join", "After", "e"),
            d.flow("B", "join"),
        )
    )
    move(played, "A", "B")

    played.complete("B")
    assert played.steps == ["After"]


# ---------------------------------------------------------------- skipping, dates, refusals


def test_a_skipped_step_gives_its_variables_to_what_follows() -> None:
    played = Played(
        d.simple(
            d.user("Decide", "Yes", "No"),
            d.choice("ok", "no"),
            d.path("s", "Decide", "ok"),
            d.flow("ok", "Yes", "answer == 'yes'"),
            d.flow("ok", "No", named="no"),
            d.path("Yes", "e"),
            d.path("No", "e"),
        )
    )
    do(played, Repair(RepairKind.SKIP, (token(played, "Decide"),), variables={"answer": "yes"}))

    assert played.steps == ["Yes"]


def test_a_job_that_cannot_be_done_is_skipped() -> None:
    played = Played(d.simple(d.job("Send"), d.user("After"), d.path("s", "Send", "After", "e")))
    assert (
        Run.resume(played.definition, played.at.state, played.context()).peek(places)[0].kind
        is PlaceKind.JOB
    )

    do(played, Repair(RepairKind.SKIP, (token(played, "Send"),)))

    assert played.steps == ["After"]


def first_timer(played: Played) -> tuple[int, int]:
    run = Run.resume(played.definition, played.at.state, played.context())
    found = run.peek(timers)[0]
    return found.token, found.part


def test_a_date_comes_now_when_it_is_asked_to() -> None:
    played = Played(NESTED)
    played.complete("Before")
    number, part = first_timer(played)

    do(played, Repair(RepairKind.FIRE, (number,), part=part))

    assert played.steps == ["Escalate"]


def test_a_date_put_off_comes_on_its_new_day_and_not_before() -> None:
    played = Played(NESTED)
    played.complete("Before")
    number, part = first_timer(played)
    later = NOON + timedelta(days=40)

    do(played, Repair(RepairKind.RESCHEDULE, (number,), part=part, due_at=later))

    assert played.at.due_at == later
    played.wait(days=39)
    assert played.steps == ["First"]
    played.wait(days=1)
    assert played.steps == ["Escalate"]


def test_a_date_is_not_put_in_the_past() -> None:
    played = Played(NESTED)
    played.complete("Before")
    number, part = first_timer(played)

    with pytest.raises(AlreadyDue):
        offered(played, Repair(RepairKind.RESCHEDULE, (number,), part=part, due_at=NOON))


def test_a_date_says_what_it_is_attached_to_and_where_it_leads() -> None:
    played = Played(NESTED)
    played.complete("Before")
    run = Run.resume(played.definition, played.at.state, played.context())

    [timer] = run.peek(timers)

    assert (timer.node, timer.host, timer.interrupts) == ("Late", "Inside", True)
    assert (timer.written, timer.leads_to) == ("P10D", ("Escalate",))


def test_the_only_step_of_a_dossier_cannot_just_be_taken_away() -> None:
    played = Played(d.simple(d.user("Only"), d.path("s", "Only", "e")))

    with pytest.raises(NothingLeft):
        offered(played, Repair(RepairKind.CANCEL, (token(played, "Only"),)))
    move(played, "Only", "e")
    assert played.done


def test_what_does_not_stand_there_any_more_is_not_repaired() -> None:
    played = Played(BLOCK)
    before = token(played, "Before")
    played.complete("Before")

    for kind in (RepairKind.MOVE, RepairKind.CANCEL, RepairKind.SKIP, RepairKind.FIRE):
        with pytest.raises(NotThere):
            offered(played, Repair(kind, (before,), "After"))


def test_gateways_and_unknown_names_are_no_places() -> None:
    played = Played(BLOCK)
    for target in ("split", "join", "nowhere", "Before.BoundaryEventSplit"):
        with pytest.raises(RepairRefused):
            offered(played, Repair(RepairKind.MOVE, (token(played, "Before"),), target))


def test_a_step_whose_date_cannot_be_computed_is_refused_with_the_reason() -> None:
    played = Played(
        d.simple(
            d.user("A", "B", "C"),
            d.attached("Late", "B", d.dated("${limit}")),
            d.path("s", "A", "B", "e"),
            d.path("Late", "C", "e"),
        )
    )
    with pytest.raises(CannotGoOn) as refused:
        offered(played, Repair(RepairKind.MOVE, (token(played, "A"),), "B"))
    assert "limit" in refused.value.message


def test_a_repair_is_written_and_read_back() -> None:
    repair = Repair(
        RepairKind.RESCHEDULE,
        (3,),
        variables={"a": 1},
        part=1,
        due_at=NOON,
        beside=(4, 5),
        fills=True,
    )
    assert Repair.from_json(repair.to_json()) == repair


def test_a_dossier_that_has_ended_is_opened_again() -> None:
    played = Played(BLOCK)
    for step in ("Before", "A1", "A2", "B1", "After"):
        played.complete(step)
    assert played.done

    do(played, Repair(RepairKind.REDO, target="After"))

    assert (played.steps, played.done) == (["After"], False)
    played.complete("After")
    assert played.done
