"""What follows a dossier into another version? Its tasks, its drafts, its jobs, what it listens to.

A task keeps its row, its assignee and its token; its name, role, deadline and reminders become those
of the version. How it all was is returned, so that it can be put back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from app.actions.deadlines import due_columns
from app.actions.movement import Move
from app.actions.projection import due_date
from app.catalogue.pack import Pack
from app.catalogue.published import DossierType
from app.domain.ladder import Ladder
from app.domain.permissions import Role
from app.domain.status import JobStatus, TaskStatus
from app.engine.run import OpenStep, Snapshot
from app.models.base import Json, table_of
from app.models.dossier import Dossier, Draft
from app.models.job import Job
from app.models.people import PersonRole
from app.models.task import Task

_TASKS, _DRAFTS, _JOBS = table_of(Task), table_of(Draft), table_of(Job)
#: What a migration may change of a task.
_FOLLOWS = (
    "step",
    "round",
    "name",
    "role",
    "assignee_id",
    "priority",
    "due_on",
    "next_reminder_at",
    "due_since",
    "next_rung",
)
_LIVE = (JobStatus.WAITING, JobStatus.RUNNING)


@dataclass(frozen=True)
class Passing:
    """One dossier on its way: how it was held, where it goes, and where it will stand."""

    move: Move
    target: DossierType
    snapshot: Snapshot
    mapping: Mapping[str, str]


def has_job_running(session: Session, dossier_id: UUID) -> bool:
    """A clock is at work for the dossier, outside of any transaction: its turn comes later."""
    found = select(_JOBS.c.id).where(
        _JOBS.c.dossier_id == dossier_id, _JOBS.c.status == JobStatus.RUNNING
    )
    return session.scalar(found.limit(1)) is not None


def follow(passing: Passing) -> Json:
    """Rewrite the rows that follow; how they were."""
    return {
        "tasks": _tasks(passing),
        "drafts": _drafts(passing),
        "jobs": _jobs(passing),
        "phase": _phase(passing),
    }


# -------------------------------------------------------------------- tasks


def _tasks(passing: Passing) -> list[Json]:
    session = passing.move.session
    opened = {one.token: one for one in passing.snapshot.open_steps}
    was = []
    for row in session.execute(
        select(_TASKS).where(
            _TASKS.c.dossier_id == passing.move.dossier.id, _TASKS.c.status == TaskStatus.OPEN
        )
    ).all():
        values = _task(passing, row, opened[row.token])
        if values:
            was.append(
                {"id": str(row.id), **{name: _json(getattr(row, name)) for name in values}}
            )
            session.execute(update(_TASKS).where(_TASKS.c.id == row.id).values(**values))
    return was


def _task(passing: Passing, row: Row[Any], step: OpenStep) -> dict[str, Any]:
    """What changes of one task."""
    pack = passing.target.pack
    said = pack.step(step.step)
    role = Role(pack.lanes[step.lane or ""])
    values: dict[str, Any] = {
        "name": said.title.fr or step.name,
        "role": role,
        "priority": said.priority,
        "assignee_id": row.assignee_id if _may_keep(passing, row, role) else None,
        **_when(passing, row, step.step),
    }
    if step.step != row.step:
        values |= {"step": step.step, "round": _last_round(passing, step.step) + 1}
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if _form(pack, step.step) != _form(passing.move.type.pack, row.step) or "step" in changed:
        changed["revision"] = row.revision + 1
    return changed


def _form(pack: Pack, step: str) -> object:
    said = pack.step(step)
    return said.fields, said.rules


def _may_keep(passing: Passing, row: Row[Any], role: Role) -> bool:
    """Whoever holds the task goes on with it, if the role it has now is theirs."""
    if row.role == role or row.assignee_id is None or row.is_personal:
        return True
    found = select(PersonRole.role).where(
        PersonRole.person_id == row.assignee_id, PersonRole.role == role
    )
    return passing.move.session.scalar(found) is not None


def _when(passing: Passing, row: Row[Any], step: str) -> dict[str, Any]:
    """The deadline is kept when the version says the same; else it is counted from the opening."""
    before, after = passing.move.type.pack.step(row.step), passing.target.pack.step(step)
    due_on = row.due_on
    there = replace(passing.move, type=passing.target)
    if before.deadline != after.deadline:
        opened = replace(there, now=row.created_at)
        due_on = due_date(opened, after.deadline, passing.snapshot)
    if due_on == row.due_on and _ladder(passing.move, row.step) == _ladder(there, step):
        return {}
    scheme = there.dossier.scheme
    return dict(due_columns(there.console, there.type.pack, step, scheme, due_on, there.now))


def _ladder(move: Move, step: str) -> Ladder | None:
    return move.type.pack.ladder(step, move.dossier.scheme, move.console.ladders)


def _last_round(passing: Passing, step: str) -> int:
    found = select(func.max(_TASKS.c.round)).where(
        _TASKS.c.dossier_id == passing.move.dossier.id, _TASKS.c.step == step
    )
    return passing.move.session.scalar(found) or 0


# -------------------------------------------------------------------- drafts, jobs, phase


def _drafts(passing: Passing) -> list[list[str]]:
    """What somebody is typing goes with its step; fields that still exist keep their words."""
    moved = []
    for old, new in passing.mapping.items():
        held = select(_DRAFTS.c.person_id).where(
            _DRAFTS.c.dossier_id == passing.move.dossier.id, _DRAFTS.c.step == new
        )
        of = (_DRAFTS.c.dossier_id == passing.move.dossier.id, _DRAFTS.c.step == old)
        people = passing.move.session.scalars(
            select(_DRAFTS.c.person_id).where(*of, _DRAFTS.c.person_id.not_in(held))
        ).all()
        for person_id in people:
            passing.move.session.execute(
                update(_DRAFTS).where(*of, _DRAFTS.c.person_id == person_id).values(step=new)
            )
            moved.append([str(person_id), old, new])
    return moved


def _jobs(passing: Passing) -> list[list[Any]]:
    """Automatic work that waits keeps its row; its step and its service are those of the version."""
    session, moved = passing.move.session, []
    waiting = {job.token: job for job in passing.snapshot.jobs}
    rows = session.execute(
        select(_JOBS.c.id, _JOBS.c.token, _JOBS.c.step, _JOBS.c.topic).where(
            _JOBS.c.dossier_id == passing.move.dossier.id,
            _JOBS.c.status.in_(_LIVE),
            _JOBS.c.token.is_not(None),
        )
    ).all()
    for row in rows:
        job = waiting[row.token]
        if (job.step, job.topic) != (row.step, row.topic):
            session.execute(
                update(_JOBS).where(_JOBS.c.id == row.id).values(step=job.step, topic=job.topic)
            )
            moved.append([str(row.id), row.step, row.topic])
    return moved


def _phase(passing: Passing) -> str:
    """A macro-step the version does not have gives way to that of an open step."""
    dossier, pack = passing.move.dossier, passing.target.pack
    was = dossier.phase
    if was not in {phase.key for phase in pack.phases}:
        found = [pack.step(one.step).phase for one in passing.snapshot.open_steps]
        dossier.phase = next((one for one in found if one), was)
    return was


# -------------------------------------------------------------------- the way back


def put_back(session: Session, dossier: Dossier, was: Json) -> None:
    """Rows as they were before; a task that is no longer open is left alone."""
    dossier.phase = was["phase"]
    for task in was["tasks"]:
        values = {name: _value(name, text) for name, text in task.items() if name != "id"}
        session.execute(
            update(_TASKS)
            .where(_TASKS.c.id == UUID(task["id"]), _TASKS.c.status == TaskStatus.OPEN)
            .values(**values)
        )
    for person_id, old, new in was["drafts"]:
        session.execute(
            update(_DRAFTS)
            .where(
                _DRAFTS.c.dossier_id == dossier.id,
                _DRAFTS.c.step == new,
                _DRAFTS.c.person_id == UUID(person_id),
            )
            .values(step=old)
        )
    for job_id, step, topic in was["jobs"]:
        session.execute(
            update(_JOBS).where(_JOBS.c.id == UUID(job_id)).values(step=step, topic=topic)
        )


def _json(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - a column
    if value is None:
        return None
    readers: dict[str, Callable[[Any], Any]] = {
        "due_on": date.fromisoformat,
        "next_reminder_at": datetime.fromisoformat,
        "assignee_id": UUID,
        "role": Role,
    }
    return readers[name](value) if name in readers else value
