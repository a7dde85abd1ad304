"""Do the figures of the steps say what a count by hand says, and does each lead to as many dossiers?"""

from collections import defaultdict
from datetime import date, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.civil import civil_day
from app.domain.status import TaskStatus
from app.models.dossier import Dossier
from app.models.task import Task
from app.queries.dossiers import Listing, listing
from app.queries.steps import Among, StepLoad, step_loads, wait_loads, years_filed
from tests.stories import Department


def by_hand(session: Session, today: date, scheme: str = "") -> dict[str, tuple[int, int, int]]:
    """Step → dossiers, late ones, median age, counted one by one."""
    query = select(Task, Dossier.scheme).join(Dossier, Dossier.id == Task.dossier_id)
    ages: dict[str, dict[UUID, int]] = defaultdict(dict)
    late: dict[str, set[UUID]] = defaultdict(set)
    for task, its_scheme in session.execute(query.where(Task.status == TaskStatus.OPEN)):
        if scheme not in {"", its_scheme}:
            continue
        age = (today - civil_day(task.created_at)).days
        ages[task.step][task.dossier_id] = max(age, ages[task.step].get(task.dossier_id, 0))
        if task.due_on is not None and task.due_on < today:
            late[task.step].add(task.dossier_id)
    return {
        step: (len(found), len(late[step]), int(median(found.values())))
        for step, found in ages.items()
    }


def told(loads: "list[StepLoad] | tuple[StepLoad, ...]") -> dict[str, tuple[int, int, int]]:
    return {one.step: (one.count, one.late, one.median_days) for one in loads}


def a_year(department: Department) -> None:
    """Dossiers of several schemes that wait here and there, some for long."""
    for number, scheme in enumerate(("LP-MOB", "LP-NUM", "LP-MOB", "LP-BAT", "LP-NUM")):
        department.dossier(scheme=scheme)
        department.dossier(scheme=scheme, until="GiveOpinion" if number % 2 else "HeadVisa")
        department.wait(days=3 + 2 * number)
    department.wait(days=11)


def test_the_database_counts_what_a_person_would(department: Department) -> None:
    a_year(department)
    today = civil_day(department.now)

    for scheme in ("", "LP-MOB", "LP-NUM", "LP-XXX"):
        loads = department.read(lambda s: step_loads(s, Among(scheme), today=today))  # noqa: B023
        expected = department.read(lambda s: by_hand(s, today, scheme))  # noqa: B023
        assert told(list(loads)) == expected

    everything = department.read(lambda s: step_loads(s, Among(), today=today))
    assert max(one.late for one in everything) > 1
    assert [one.count for one in everything] == sorted(
        (one.count for one in everything), reverse=True
    )


def test_each_figure_leads_to_a_list_of_as_many_dossiers(department: Department) -> None:
    a_year(department)
    today, chief = civil_day(department.now), department.actor("chef")

    def total(wanted: Listing) -> int:
        return department.read(lambda s: listing(s, chief, wanted, today=today)).total

    for among, more in (
        (Among(), Listing()),
        (Among("LP-NUM"), Listing(scheme="LP-NUM")),
        (Among("LP-MOB", 2026), Listing(scheme="LP-MOB", filed_in=2026)),
        (Among("", 2025), Listing(filed_in=2025)),
    ):
        for one in department.read(lambda s: step_loads(s, among, today=today)):  # noqa: B023
            where: dict[str, Any] = {
                "step": one.step,
                "type_key": one.type_key,
                "scheme": more.scheme,
                "filed_in": more.filed_in,
            }
            assert total(Listing(**where)) == one.count
            assert total(Listing(**where, is_late=True)) == one.late
        for wait in department.read(lambda s: wait_loads(s, among)):  # noqa: B023
            found = Listing(
                waits_at=wait.node,
                type_key=wait.type_key,
                scheme=more.scheme,
                filed_in=more.filed_in,
            )
            assert total(found) == wait.count


def test_what_waits_for_a_vote_is_counted_too(department: Department) -> None:
    waits = {one.node: one.count for one in department.read(lambda s: wait_loads(s, Among()))}
    assert waits["AwaitSession"] == 1


def test_years_go_from_the_last_filing_to_the_first(department: Department) -> None:
    assert list(department.read(years_filed)) == [2026]
    department.wait(days=int(timedelta(days=365).days))
    department.dossier()
    assert list(department.read(years_filed)) == [2027, 2026]
