"""When four people work through the same pile, is each dossier decided once?

Each one reads, thinks, then decides on what they read: the pile of 200 visas is the same for all.
"""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from app.actions import completion
from app.actions.completion import Sent
from app.actions.journal import broken_link
from app.catalogue.forms import Submission
from app.domain.errors import DossierChanged, Refusal, TaskAlreadyDone
from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.models.base import Base
from app.models.dossier import Dossier
from app.models.process import DossierProcess
from app.models.task import Task
from tests.stories import Department, Play

DOSSIERS = 200
HEADS = ("chef", "chef2", "chef3", "chef4")


def copied(row: Base, **changed: Any) -> Any:
    """A row like this one, but for what is changed."""
    names = inspect(type(row)).column_attrs.keys()
    return type(row)(**({name: getattr(row, name) for name in names} | changed))


def multiply(play: Play, times: int) -> list[UUID]:
    """As many dossiers at the same step, each with a journal that begins; their tasks."""

    def add(session: Session) -> list[UUID]:
        dossier, process = play.row, play.process
        task = play.task("HeadVisa")
        made = []
        for number in range(times):
            one = copied(dossier, id=uuid4(), reference=f"COPIE-{number:04d}")
            session.add(one)
            session.flush()
            place = {"dossier_id": one.id}
            session.add(copied(process, **place, next_seq=1, last_hash="0" * 64))
            session.add(copied(task, **place, id=uuid4()))
            made.append(one.id)
        session.flush()
        query = select(Task.id).where(Task.dossier_id.in_(made)).order_by(Task.dossier_id)
        return list(session.scalars(query))

    return play.house.run(add)


def work_through(
    house: Department, login: str, pile: list[UUID], form: Submission
) -> Counter[str]:
    """Take every task of the pile in turn; how each ended."""
    ends: Counter[str] = Counter()
    mood = Random(login)
    for task_id in pile:
        with house.database.reading() as session:
            seen = session.get_one(Task, task_id)
        if seen.status is not TaskStatus.OPEN:
            ends["seen done"] += 1
            continue
        time.sleep(mood.random() * 0.003)
        sent = Sent(uuid4().hex, seen.revision)
        try:
            house.run(
                lambda session, task_id=task_id, sent=sent: completion.complete(  # type: ignore[misc]
                    session,
                    house.console,
                    house.actor(login),
                    task_id,
                    form,
                    sent=sent,
                    now=house.now,
                )
            )
            ends["done"] += 1
        except Refusal as refusal:
            ends[type(refusal).__name__] += 1
    return ends


@pytest.mark.timeout(300)
def test_four_heads_of_service_decide_two_hundred_dossiers_once_each(
    department: Department,
) -> None:
    for login in HEADS[1:]:
        department.colleague(login, Role.HEAD)
    play = department.kept("ExamineRequest")
    play.usual("ExamineRequest")
    form = play.submission("HeadVisa", head_visa="approved")
    pile = multiply(play, DOSSIERS)

    with ThreadPoolExecutor(len(HEADS)) as heads:
        ends = sum(
            heads.map(lambda login: work_through(department, login, pile, form), HEADS),
            Counter[str](),
        )

    assert ends["done"] == DOSSIERS
    assert sum(ends.values()) == DOSSIERS * len(HEADS)
    assert ends.keys() <= {
        "done",
        "seen done",
        TaskAlreadyDone.__name__,
        DossierChanged.__name__,
    }
    with department.database.reading() as session:
        mine = (Task.id.in_(pile), Task.form_key.is_not(None))
        assert session.scalar(select(func.count()).where(*mine)) == DOSSIERS
        moved = select(Task.dossier_id).where(Task.id.in_(pile))
        for dossier_id in session.scalars(moved):
            assert broken_link(session, dossier_id) is None
        opened = select(Task.step, func.count()).where(
            Task.dossier_id.in_(moved), Task.status == TaskStatus.OPEN
        )
        assert session.execute(opened.group_by(Task.step)).all() == [("FinanceVisa", DOSSIERS)]
        states = select(func.count(DossierProcess.state.distinct())).where(
            DossierProcess.dossier_id.in_(select(Dossier.id).where(Dossier.id.in_(moved)))
        )
        assert session.scalar(states) == 1
