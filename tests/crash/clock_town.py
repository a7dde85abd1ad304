"""What do the clocks of the storm have to do? Many open tasks, cloned from one real dossier."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.deadlines import due_columns
from app.catalogue.pack import Pack
from app.database import open_database
from app.domain.permissions import Role
from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.journal import PendingDispatch
from app.models.process import DossierProcess
from app.models.task import Task
from notifications.schedules import load_ladders
from tests.builders import a_service

#: The storm begins before one change of the clocks, and ends after the other.
START = datetime(2026, 3, 25, 12, tzinfo=UTC)
_STEP = "CheckCompleteness"
PackOf = Callable[[Session, UUID], Pack]


@dataclass(frozen=True)
class Town:
    """What was prepared before the forks: parsed once."""

    console: Console
    pack_of: PackOf


def build(url: str, folder: Path, *, tasks: int, seed: int, deadlines: list[date]) -> Town:
    """A service with that many dossiers, each with one task due on one of these days."""
    database = open_database(url)
    service = a_service(database, folder)
    service.console = Console(types=service.console.types, ladders=load_ladders())
    service.now = START
    commune = service.organisation("Commercy", email="mairie@commercy.example")
    service.person("agent@meuse.example", Role.OFFICER)
    service.person("chef@meuse.example", Role.HEAD)
    mayor = service.person("mairie@commercy.example", Role.APPLICANT, of=commune)
    model = service.filed(mayor, commune)
    service.run(lambda session: session.execute(delete(PendingDispatch)))
    service.run(lambda session: _clone(session, service.console, model, tasks, seed, deadlines))
    database.dispose()
    types = service.console.types
    return Town(
        service.console, lambda session, definition_id: types.get(session, definition_id).pack
    )


def _clone(
    session: Session, console: Console, model: UUID, count: int, seed: int, days: list[date]
) -> None:
    chance = random.Random(seed)
    pack = console.types.get(session, session.get_one(Dossier, model).definition_id).pack
    dossier, process, task = (
        _row(session, table, key, model)
        for table, key in (
            (table_of(Dossier), "id"),
            (table_of(DossierProcess), "dossier_id"),
            (table_of(Task), "dossier_id"),
        )
    )
    rows: dict[Any, list[dict[str, Any]]] = {Dossier: [], DossierProcess: [], Task: []}
    for number in range(count):
        new = uuid4()
        day = chance.choice(days)
        due = due_columns(console, pack, _STEP, dossier["scheme"], day, START)
        rows[Dossier].append({**dossier, "id": new, "reference": f"2026-ORAGE-{number:06}"})
        rows[DossierProcess].append(
            {**process, "dossier_id": new, "next_seq": 1, "last_hash": "0" * 64}
        )
        rows[Task].append(
            {**task, "id": uuid4(), "dossier_id": new, "created_at": START, **due}
        )
    for model_class, many in rows.items():
        session.execute(insert(table_of(model_class)), many)
    session.execute(
        table_of(Task)
        .update()
        .where(table_of(Task).c.dossier_id == model)
        .values(next_reminder_at=None, next_rung=None, due_on=None)
    )


def _row(session: Session, table: Any, key: str, value: UUID) -> Mapping[str, Any]:
    return dict(session.execute(select(table).where(table.c[key] == value)).one()._mapping)
