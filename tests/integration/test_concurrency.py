"""When two people do the same thing at the same instant, does it happen once, and do both know?"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar
from uuid import uuid4

import pytest

from app.actions import tasks
from app.actions.completion import Completed
from app.domain.civil import french_instant
from app.domain.errors import (
    EnvelopeExhausted,
    KeyReused,
    Refusal,
    TaskAlreadyDone,
    TaskHeldByOther,
)
from app.domain.money import Money
from app.domain.permissions import Role
from app.models.task import Task
from tests.stories import Department, Play

T = TypeVar("T")


def at_once(*actions: Callable[[], T]) -> list[T | Refusal]:
    """Start them all at the same instant; what each answers, or how it is refused."""
    together = Barrier(len(actions))

    def run(action: Callable[[], T]) -> T | Refusal:
        together.wait()
        try:
            return action()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))


def split(answers: Sequence[T | Refusal]) -> tuple[list[T], list[Refusal]]:
    """What was done, what was refused."""
    refused = [one for one in answers if isinstance(one, Refusal)]
    return [one for one in answers if not isinstance(one, Refusal)], refused


@pytest.fixture
def visa(department: Department) -> Play:
    """A dossier at the visa of the head of service; there are two heads."""
    department.colleague("chef2", Role.HEAD)
    play = department.kept("ExamineRequest")
    play.usual("ExamineRequest")
    return play


def test_two_people_complete_the_same_task_and_the_second_is_told_who_and_when(
    visa: Play,
) -> None:
    task = visa.task("HeadVisa")
    approved = visa.submission("HeadVisa", head_visa="approved")
    sent_back = visa.submission("HeadVisa", head_visa="sent_back", comment="À revoir.")

    done, refused = split(
        at_once(
            lambda: visa.send(task.id, "chef", approved, uuid4().hex),
            lambda: visa.send(task.id, "chef2", sent_back, uuid4().hex),
        )
    )

    assert len(done) == 1
    [refusal] = refused
    assert isinstance(refusal, TaskAlreadyDone)
    entry = visa.told("completed", "HeadVisa")[0]
    winner = visa.house.read(lambda session: session.get_one(Task, task.id).done_by_id)
    name = next(one.name for one in visa.house.people.values() if one.id == winner)
    assert name in refusal.message
    assert french_instant(entry.at) in refusal.message
    approved_won = entry.body["outcome"] == {"head_visa": "approved"}
    assert visa.open == (["FinanceVisa"] if approved_won else ["ExamineRequest"])
    assert len(visa.told("completed", "HeadVisa")) == 1


def test_a_task_claimed_by_two_people_belongs_to_one(visa: Play) -> None:
    task, house = visa.task("HeadVisa"), visa.house

    def claim(login: str) -> Callable[[], str]:
        def act() -> str:
            house.run(
                lambda session: tasks.claim(session, house.actor(login), task.id, now=house.now)
            )
            return login

        return act

    done, refused = split(at_once(claim("chef"), claim("chef2")))

    assert len(done) == 1
    [refusal] = refused
    assert isinstance(refusal, TaskHeldByOther)
    assert house.people[done[0]].name in refusal.message
    assert visa.task("HeadVisa").assignee_id == house.people[done[0]].id
    assert len(visa.told("claimed")) == 1


def test_a_form_sent_twice_is_done_once_and_answered_the_same(visa: Play) -> None:
    task, key = visa.task("HeadVisa"), uuid4().hex
    form = visa.submission("HeadVisa", head_visa="approved")

    first = visa.send(task.id, "chef", form, key)
    again = visa.send(task.id, "chef", form, key)

    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert (first.task_id, first.seq) == (again.task_id, again.seq)
    assert visa.open == ["FinanceVisa"]
    assert len(visa.told("completed", "HeadVisa")) == 1


def test_a_double_click_is_done_once_and_both_clicks_get_the_same_answer(visa: Play) -> None:
    task, key = visa.task("HeadVisa"), uuid4().hex
    form = visa.submission("HeadVisa", head_visa="approved")

    answers = at_once(*[lambda: visa.send(task.id, "chef", form, key)] * 4)

    done, refused = split(answers)
    assert refused == []
    assert len({one.seq for one in done}) == 1
    assert sorted(one.is_repeat for one in done) == [False, True, True, True]
    assert len(visa.told("completed", "HeadVisa")) == 1


def test_the_same_key_with_other_content_is_refused_and_does_nothing(visa: Play) -> None:
    task, key = visa.task("HeadVisa"), uuid4().hex
    visa.send(task.id, "chef", visa.submission("HeadVisa", head_visa="approved"), key)

    with pytest.raises(KeyReused):
        visa.send(
            task.id,
            "chef",
            visa.submission("HeadVisa", head_visa="sent_back", comment="Non."),
            key,
        )

    assert visa.open == ["FinanceVisa"]


def test_a_key_is_not_used_again_for_another_task(visa: Play) -> None:
    key = uuid4().hex
    form = visa.submission("HeadVisa", head_visa="approved")
    visa.send(visa.task("HeadVisa").id, "chef", form, key)
    visa.do("FinanceVisa", finance_visa="sent_back", comment="À revoir.")
    visa.usual("ExamineRequest")

    with pytest.raises(KeyReused):
        visa.send(visa.task("HeadVisa").id, "chef", form, key)

    assert visa.open == ["HeadVisa"]


@pytest.mark.parametrize("attempt", range(3))
def test_the_last_two_opinions_given_at_the_same_instant_join_once(
    department: Department, attempt: int
) -> None:
    play = department.dossier(until="GiveOpinion")
    query = Task.step == "GiveOpinion"
    rows = department.read(
        lambda session: (
            session.query(Task).filter(query, Task.dossier_id == play.dossier_id).all()
        )
    )
    logins = {department.people[one].id: one for one in ("expert.drac", "expert.bd")}
    form = play.submission("GiveOpinion", opinion="favourable")

    def give(task: Task) -> Callable[[], Completed]:
        login = logins[task.assignee_id] if task.assignee_id else ""
        return lambda: play.send(task.id, login, form, uuid4().hex)

    done, refused = split(at_once(*(give(task) for task in rows)))

    assert (len(done), refused) == (2, [])
    assert play.open == ["ExamineRequest"]
    passed = [entry.body["passed"].count("ComputeAid") for entry in play.told("completed")]
    assert sum(passed) == 1


def test_two_commitments_never_spend_the_same_money(department: Department) -> None:
    """Twice 12 600 € on an envelope of 20 000 €: one is refused, and says what is left."""
    plays = [
        department.kept("AwaitSession").until("CommitFunds"),
        department.dossier(until="CommitFunds"),
    ]
    envelope = department.open_envelope("AP-PETITE", Money.euros(20_000))
    ids = [play.task("CommitFunds").id for play in plays]
    forms = [
        play.submission("CommitFunds", envelope=str(envelope), commitment_number=f"E-{number}")
        for number, play in enumerate(plays)
    ]

    done, refused = split(
        at_once(
            lambda: plays[0].send(ids[0], "finances", forms[0], uuid4().hex),
            lambda: plays[1].send(ids[1], "finances", forms[1], uuid4().hex),
        )
    )

    assert len(done) == 1
    [refusal] = refused
    assert isinstance(refusal, EnvelopeExhausted)
    assert Money.euros(7_400).french() in refusal.message
    committed = [play.left_of_commitment for play in plays]
    assert sorted(committed) == [Money.zero(), Money.euros(12_600)]
    assert sorted(play.open for play in plays) == [["CommitFunds"], ["NotifyAward"]]


def test_many_filings_at_once_get_each_a_number_of_their_own(department: Department) -> None:
    answers = at_once(*[lambda: department.dossier().row.reference] * 4)

    done, refused = split(answers)
    assert refused == []
    numbers = sorted(int(str(one)[-5:]) for one in done)
    assert numbers == list(range(numbers[0], numbers[0] + 4))
