"""How long to find what is due among a million dossiers that wait, and to make it happen?

The dossiers that wait longer are copies of one, made by the database itself; those that are due
were filed like any other, long enough ago.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Table,
    insert,
    literal,
    literal_column,
    null,
    select,
    text,
)
from sqlalchemy.orm import Session

from app.actions import timers
from app.bench.town import Town
from app.database import clock
from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.process import DossierProcess

_DOSSIERS = table_of(Dossier)
_PROCESSES = table_of(DossierProcess)
_LOOKS = 41
#: The reminder of the first step comes after seven days.
FILED_BEFORE = timedelta(days=8)
_COPIED = "waiting"
#: A fresh identifier, and an instant some minutes later, as each database says it.
_FRESH = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
_LATER = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', dossier_process.due_at,"
    " '+' || (abs(random()) % 900000) || ' minutes')",
    "postgresql": "dossier_process.due_at + floor(random() * 900000) * interval '1 minute'",
}


@dataclass(frozen=True)
class Waiting:
    """What it took, in seconds: to look for what is due, to fire one dossier."""

    waiting: int
    due: int
    find: float
    fire: float


def find_and_fire(town: Town, *, waiting: int, due: int) -> Waiting:
    """Fill the table of those that wait, look for those that are due, fire them."""
    with town.database.reading() as session:
        now = clock(session)
    town.file(due, now=now - FILED_BEFORE)
    model = town.file(1)[0]
    town.database.run_tx(lambda session, _now: _copy(session, model, waiting - due - 1))
    looks = [_timed_look(town, now) for _ in range(_LOOKS)]
    found = _due(town, now, limit=due + 1)
    if len(found) != due:
        raise AssertionError(f"{len(found)} dossiers are due, not {due}")
    fired = [_timed_fire(town, one, now) for one in found]
    return Waiting(waiting, due, median(looks), median(fired))


def copy_waiting(town: Town, many: int) -> None:
    """So many dossiers that wait for a date far ahead."""
    model = town.file(1)[0]
    town.database.run_tx(lambda session, _now: _copy(session, model, many - 1))


def _due(town: Town, now: datetime, *, limit: int) -> list[UUID]:
    with town.database.reading() as session:
        return timers.due_dossiers(session, now=now, limit=limit)


def _timed_look(town: Town, now: datetime) -> float:
    """One look, as the clock takes it: two hundred dossiers at most."""
    with town.database.reading() as session:
        session.connection()
        began = time.perf_counter()
        timers.due_dossiers(session, now=now)
        return time.perf_counter() - began


def _timed_fire(town: Town, dossier_id: UUID, now: datetime) -> float:
    began = time.perf_counter()
    fired = town.database.run_tx(
        lambda session, at: timers.fire(session, town.console, dossier_id, now=at), now=now
    )
    if not fired:
        raise AssertionError(f"{dossier_id} was due and did nothing")
    return time.perf_counter() - began


def _copy(session: Session, model: UUID, many: int) -> None:
    """So many dossiers like the model, each due some minutes, days or months after it."""
    name = session.get_bind().dialect.name
    if name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))
    numbers = _numbers(many)
    own: dict[str, ColumnElement[Any]] = {
        "id": literal_column(_FRESH[name]),
        "reference": null(),
        "title": literal(_COPIED),
    }
    dossiers = (
        select(*_columns(_DOSSIERS, own))
        .select_from(_DOSSIERS.join(numbers, literal(value=True)))
        .where(_DOSSIERS.c.id == model)
    )
    own = {"dossier_id": _DOSSIERS.c.id, "due_at": literal_column(_LATER[name])}
    processes = (
        select(*_columns(_PROCESSES, own))
        .select_from(_PROCESSES.join(_DOSSIERS, _DOSSIERS.c.title == _COPIED))
        .where(_PROCESSES.c.dossier_id == model)
    )
    for table, rows in ((_DOSSIERS, dossiers), (_PROCESSES, processes)):
        names = [column.name for column in table.c]
        session.execute(insert(table).from_select(names, rows, include_defaults=False))
    if name == "postgresql":  # what its own upkeep would have done by then
        session.execute(text("ANALYZE dossier_process"))


def _columns(table: Table, own: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """The columns of the model, but those each copy has of its own."""
    return [own.get(column.name, column) for column in table.c]


def _numbers(many: int) -> CTE:
    first = select(literal(1).label("number")).cte("numbers", recursive=True)
    following = select(first.c.number + 1).where(first.c.number < many)
    return first.union_all(following)
