"""Which way did a dossier go, and how long did each step take? By its journal and its tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.models.journal import JournalEntry
from app.models.people import Person
from app.models.task import Task
from app.queries.past_versions import Past


@dataclass(frozen=True)
class Path:
    """The nodes and the flows a dossier went through, as its present version calls the nodes."""

    #: In order, repeated when passed again.
    nodes: tuple[str, ...]
    #: When each node was passed last.
    at: Mapping[str, datetime] = field(default_factory=dict)
    #: Changes of version before it -> flow, as it was called then -> when it was passed last.
    flows: Mapping[int, Mapping[str, datetime]] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """One time a step was open: since when, until when, for whom."""

    #: As the version the dossier follows now calls it.
    step: str
    status: TaskStatus
    role: Role
    opened_at: datetime
    ended_at: datetime | None
    due_on: date | None
    #: Who has it, or who did it; None when nobody took it.
    who: str | None


def path_of(session: Session, dossier_id: UUID, past: Past) -> Path:
    """Where the dossier went, by its journal."""
    entries = session.execute(
        select(JournalEntry.seq, JournalEntry.body, JournalEntry.at)
        .where(JournalEntry.dossier_id == dossier_id)
        .order_by(JournalEntry.seq)
    ).all()
    nodes: list[str] = []
    at: dict[str, datetime] = {}
    flows: dict[int, dict[str, datetime]] = {}
    for entry in entries:
        place = past.place(entry.seq)
        passed = [past.name_now(node, place) for node in entry.body.get("passed", ())]
        nodes += passed
        at |= dict.fromkeys(passed, entry.at)
        flows.setdefault(place, {}).update(dict.fromkeys(entry.body.get("flows", ()), entry.at))
    return Path(tuple(nodes), at, flows)


def rounds_of(session: Session, dossier_id: UUID, past: Past) -> Sequence[Round]:
    """Every time a step of the dossier was open, in order."""
    has, did = aliased(Person), aliased(Person)
    rows = session.execute(
        select(
            Task.step,
            Task.status,
            Task.role,
            Task.created_at,
            Task.done_at,
            Task.due_on,
            has.name.label("holder"),
            did.name.label("doer"),
        )
        .outerjoin(has, has.id == Task.assignee_id)
        .outerjoin(did, did.id == Task.done_by_id)
        .where(Task.dossier_id == dossier_id)
        .order_by(Task.created_at, Task.round)
    )
    return [
        Round(
            step=past.task_now(row.step, row.done_at),
            status=row.status,
            role=row.role,
            opened_at=row.created_at,
            ended_at=row.done_at,
            due_on=row.due_on,
            who=row.doer or row.holder,
        )
        for row in rows
    ]
