"""Is a dossier repaired as the plan said, by who may, with a reason?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from app.actions import incidents
from app.domain.errors import (
    NotAllowed,
    ReasonMissing,
    Refusal,
    RepairOutdated,
    TaskCancelled,
)
from app.domain.status import DossierStatus, TaskStatus
from app.engine.repair import Repair, RepairKind, RepairRefused
from app.models.process import ProcessStatus
from app.models.task import Task
from tests.integration.repairs.workshop import Workshop
from tests.stories import Department

# ---------------------------------------------------------------- the plan and what is done


def test_a_step_sent_back_is_open_again_and_the_journal_says_who_why_and_what(
    examined: Workshop,
) -> None:
    play = examined.play
    gone = play.task("ExamineRequest")

    plan = examined.do(examined.move("ExamineRequest", "ConsultServices"))

    assert play.open == ["ConsultServices"]
    assert [line["name"] for line in plan.facts["cancelled"]] == [gone.name]
    assert [line["step"] for line in plan.facts["opened"]] == ["ConsultServices"]
    assert "GiveOpinion" in [line["step"] for line in plan.facts["again"]]
    entry = play.journal[-1]
    assert entry.kind == "repaired"
    assert entry.personal is not None
    assert entry.personal["reason"] == "Erreur de saisie."
    assert entry.body["names"]["to"] == "Choisir les services à consulter"
    old = play.house.read(lambda s: s.get_one(Task, gone.id))
    assert (old.status, old.next_reminder_at) == (TaskStatus.CANCELLED, None)
    assert play.usual("ConsultServices")
    assert play.open == ["GiveOpinion", "GiveOpinion"]


def test_seeing_a_plan_changes_nothing(examined: Workshop) -> None:
    before, entries = examined.play.process, len(examined.play.journal)

    examined.preview(examined.move("ExamineRequest", "ConsultServices"))

    after = examined.play.process
    assert (after.version, after.state) == (before.version, before.state)
    assert len(examined.play.journal) == entries
    assert examined.play.open == ["ExamineRequest"]


def test_the_status_and_what_runs_by_itself_are_part_of_the_plan(examined: Workshop) -> None:
    plan = examined.do(examined.move("ExamineRequest", "RecordDropped"))

    assert plan.facts["status"] == ["under_review", "dropped"]
    assert plan.facts["ends"]
    assert "RecordDropped" in plan.facts["passed"]
    assert examined.play.row.status is DossierStatus.DROPPED
    assert examined.play.row.closed_on == examined.play.today


def test_a_closed_dossier_is_opened_again(examined: Workshop) -> None:
    examined.do(examined.move("ExamineRequest", "RecordDropped"))

    examined.do(Repair(RepairKind.REDO, target="ExamineRequest"))

    assert examined.play.open == ["ExamineRequest"]
    assert examined.play.row.closed_on is None
    assert examined.play.process.status is ProcessStatus.RUNNING


def test_a_skipped_step_gives_its_variable_and_writes_no_answer(examined: Workshop) -> None:
    play = examined.play
    place = examined.place("ExamineRequest")

    examined.do(Repair(RepairKind.SKIP, (place.token,), variables={"proposal": "grant"}))

    assert play.open == ["HeadVisa"]
    assert not play.told("completed", "ExamineRequest")
    assert play.journal[-1].body["outcome"] == {"proposal": "grant"}


def test_one_expert_out_of_two_is_not_waited_for_any_more(department: Department) -> None:
    shop = Workshop(department.dossier(until="GiveOpinion"))
    first = shop.place("GiveOpinion")

    shop.do(Repair(RepairKind.CANCEL, (first.token,)))

    assert shop.play.open == ["GiveOpinion"]
    left = shop.play.task("GiveOpinion").assignee_id
    login = next(k for k, one in department.people.items() if one.id == left)
    shop.play.usual("GiveOpinion", login)
    assert shop.play.open == ["ExamineRequest"]


# ---------------------------------------------------------------- dates


def test_a_date_put_off_is_the_next_due_and_comes_on_its_day(department: Department) -> None:
    shop = Workshop(department.dossier(until="GiveOpinion"))
    timer = shop.timer("OpinionsOverdue")
    later = timer.due_at + timedelta(days=10)

    plan = shop.do(Repair(RepairKind.RESCHEDULE, (timer.token,), part=timer.part, due_at=later))

    assert shop.play.process.due_at == later
    [[old, new]] = plan.facts["timers_moved"]
    assert old["day"] < new["day"]
    shop.play.wait(days=(later - department.now).days + 1)
    assert shop.play.open == ["ExamineRequest"]


def test_a_date_that_comes_now_says_what_it_does(department: Department) -> None:
    shop = Workshop(department.dossier(until="GiveOpinion"))
    timer = shop.timer("OpinionsOverdue")

    plan = shop.do(Repair(RepairKind.FIRE, (timer.token,), part=timer.part))

    assert "DeemNoObservation" in plan.facts["passed"]
    assert shop.play.open == ["ExamineRequest"]


# ---------------------------------------------------------------- who, why, and what moved meanwhile


@pytest.mark.parametrize("login", ["agent", "finances", "elu", "mairie.commercy"])
def test_only_those_who_may_repair_see_a_plan(examined: Workshop, login: str) -> None:
    repair = examined.move("ExamineRequest", "ConsultServices")
    examined.login = login
    with pytest.raises(NotAllowed):
        examined.preview(repair)


def test_a_repair_without_a_reason_is_refused(examined: Workshop) -> None:
    repair = examined.move("ExamineRequest", "ConsultServices")
    plan = examined.preview(repair).plan
    with pytest.raises(ReasonMissing):
        examined.apply(repair, examined.agreed(plan, "  \n "))


def test_an_agent_who_completes_the_step_meanwhile_makes_the_plan_worthless(
    examined: Workshop,
) -> None:
    repair = examined.move("ExamineRequest", "ConsultServices")
    plan = examined.preview(repair).plan
    examined.play.usual("ExamineRequest")

    with pytest.raises(RepairOutdated):
        examined.apply(repair, examined.agreed(plan))
    assert examined.play.open == ["HeadVisa"]


def test_somebody_who_takes_the_task_meanwhile_is_named_by_a_new_plan(
    examined: Workshop,
) -> None:
    repair = examined.move("ExamineRequest", "ConsultServices")
    plan = examined.preview(repair).plan
    examined.play.house.give(examined.play, "ExamineRequest", "agent2")

    with pytest.raises(RepairOutdated):
        examined.apply(repair, examined.agreed(plan))
    new = examined.preview(repair).plan
    assert new.facts["cancelled"][0]["who"] != plan.facts["cancelled"][0]["who"]


def test_a_plan_of_yesterday_is_made_again_today(examined: Workshop) -> None:
    """Deadlines are counted from the day the step opens."""
    repair = examined.move("ExamineRequest", "HeadVisa")
    plan = examined.preview(repair).plan
    examined.play.house.wait(days=1)

    with pytest.raises(RepairOutdated):
        examined.apply(repair, examined.agreed(plan))


def test_a_repair_sent_twice_is_done_once(examined: Workshop) -> None:
    repair = examined.move("ExamineRequest", "ConsultServices")
    agreed = examined.agreed(examined.preview(repair).plan)
    together = Barrier(2)

    def send(_number: int) -> bool:
        together.wait()
        try:
            examined.apply(repair, agreed)
        except RepairOutdated:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(send, range(2))) == [False, True]
    assert len(examined.play.told("repaired")) == 1


def test_an_agent_and_a_repair_at_the_same_second_give_one_outcome(examined: Workshop) -> None:
    play = examined.play
    repair = examined.move("ExamineRequest", "ConsultServices")
    agreed = examined.agreed(examined.preview(repair).plan)
    task = play.task("ExamineRequest")
    form = play.submission("ExamineRequest", **play.answers("ExamineRequest"))
    together = Barrier(2)

    def agent() -> str:
        together.wait()
        try:
            play.send(task.id, "agent", form, "k" * 32)
        except TaskCancelled:
            return "late"
        return "done"

    def repairer() -> str:
        together.wait()
        try:
            examined.apply(repair, agreed)
        except RepairOutdated:
            return "late"
        return "done"

    with ThreadPoolExecutor(2) as both:
        outcome = [both.submit(agent), both.submit(repairer)]
        assert sorted(one.result() for one in outcome) == ["done", "late"]


def test_a_repair_that_would_block_the_dossier_says_so(paid: Workshop) -> None:
    with pytest.raises(RepairRefused):
        paid.preview(paid.move("ClaimPayment", "BeginRealisation"))


# ---------------------------------------------------------------- incidents


def test_a_repair_settles_the_incident_that_stopped_the_dossier(examined: Workshop) -> None:
    play = examined.play
    play.house.run(
        lambda s: incidents.raise_incident(
            s, play.dossier_id, kind="engine", cause="Le moteur est bloqué.", now=play.house.now
        )
    )

    plan = examined.do(examined.move("ExamineRequest", "ConsultServices"))

    assert plan.facts["incidents"] == ["Le moteur est bloqué."]
    assert play.process.status is ProcessStatus.RUNNING
    assert play.usual("ConsultServices")


def test_every_refusal_of_a_repair_leaves_the_dossier_as_it_was(examined: Workshop) -> None:
    before = examined.play.process
    wrong = [
        Repair(RepairKind.MOVE, (999,), "ConsultServices"),
        Repair(RepairKind.MOVE, (examined.place("ExamineRequest").token,), "Nowhere"),
        Repair(RepairKind.CANCEL, (examined.place("ExamineRequest").token,)),
        Repair(RepairKind.FIRE, (1,)),
        Repair(RepairKind.MOVE, (), "ConsultServices"),
    ]
    for repair in wrong:
        with pytest.raises(Refusal):
            examined.preview(repair)
    assert examined.play.process.version == before.version
