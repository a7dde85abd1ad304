"""Are two thousand dossiers looked at in seconds, moved in batches, and brought back as they were?

The dossiers are copies of some that were played: what is measured is the migration, not the play.
"""

import os
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from app.actions.migrations import plan
from app.domain.migrations import PassageStatus, VerdictKind
from app.domain.status import TaskStatus
from app.models.base import table_of
from app.models.dossier import Dossier
from app.models.journal import JournalEntry
from app.models.process import DossierProcess
from app.models.task import Task
from tests.integration.migrating import (
    Change,
    all_turned,
    became,
    edited,
    inserted,
    rename,
    start,
    undone,
)
from tests.stories import Department, Play

Row = dict[str, Any]
LONG = os.environ.get("LIASSE_LONG") == "1"
DOSSIERS = 2_000
#: How many move and come back; all of them in the long tests.
MOVED = DOSSIERS if LONG else 60
STEPS = ("CheckCompleteness", "GiveOpinion", "HeadVisa", "FinanceVisa", "CommitFunds")


def copies(department: Department, plays: list[Play], number: int) -> None:
    """As many dossiers in flight, at the same places."""
    tables = [table_of(one) for one in (Dossier, DossierProcess, Task, JournalEntry)]
    originals = [[_rows(department, play, table) for table in tables] for play in plays]
    rows: list[list[Row]] = [[] for _ in tables]
    for one in range(number):
        new = uuid4()
        for place, found in enumerate(originals[one % len(plays)]):
            rows[place] += [_copied(row, new, one) for row in found]

    def write(session: Session) -> None:
        for table, made in zip(tables, rows, strict=True):
            for first in range(0, len(made), 500):
                session.execute(insert(table), made[first : first + 500])

    department.run(write)


def _rows(department: Department, play: Play, table: Table) -> list[Row]:
    key = table.c.id if table.name == "dossier" else table.c.dossier_id
    query = select(table).where(key == play.dossier_id)
    if table.name == "task":
        query = query.where(table.c.status == TaskStatus.OPEN)
    return department.read(
        lambda session: [dict(row._mapping) for row in session.execute(query)]
    )


def _copied(row: Row, new: UUID, number: int) -> Row:
    if "reference" in row:
        return {**row, "id": new, "reference": f"COPIE-{number:05}"}
    return {**row, "dossier_id": new, **({"id": uuid4()} if "id" in row else {})}


@pytest.fixture
def plays(department: Department) -> list[Play]:
    """One dossier at each of some steps."""
    return [department.dossier(until=step) for step in STEPS]


def test_two_thousand_dossiers(department: Department, plays: list[Play]) -> None:
    copies(department, plays, DOSSIERS)
    target = edited(
        department,
        rename("FinanceVisa", "MoneyVisa"),
        inserted("SecondReading", "DirectionVisa", "DirectionVisa"),
    )
    change = Change(department, target)
    began = time.monotonic()
    found = change.look()
    seconds = time.monotonic() - began
    assert seconds < 60
    assert len(found.dossiers) >= DOSSIERS
    assert found.proofs < 50, "dossiers that stand alike share their proof"
    counts = found.counts()
    assert counts[VerdictKind.MAPPING] >= DOSSIERS // len(STEPS)
    assert counts[VerdictKind.STAYS] == 0

    change.mapping = {"FinanceVisa": "MoneyVisa"}
    migration_id = change.kept()
    chosen = [one.dossier_id for one in change.look().dossiers][:MOVED]
    states = _states(department, chosen)
    start(department, migration_id, plan.Chosen(chosen))
    began = time.monotonic()
    all_turned(department, migration_id)
    moving = time.monotonic() - began
    there = became(department, migration_id)
    assert {there[one][0] for one in chosen} == {PassageStatus.MOVED}
    assert _states(department, chosen) != states
    began = time.monotonic()
    undone(department, migration_id)
    returning = time.monotonic() - began
    assert _states(department, chosen) == states
    print(f"{len(found.dossiers)} dossiers, {found.proofs} proofs: {seconds:.2f} s")  # noqa: T201 - the figure
    print(f"{MOVED} moved: {moving:.2f} s, back: {returning:.2f} s")  # noqa: T201 - the same


def _states(department: Department, dossiers: list[UUID]) -> dict[UUID, tuple[object, ...]]:
    columns = table_of(DossierProcess).c
    query = select(
        columns.dossier_id,
        columns.state,
        columns.definition_id,
        columns.marking,
        columns.due_at,
    ).where(columns.dossier_id.in_(dossiers))
    return department.read(
        lambda session: {row.dossier_id: tuple(row[1:]) for row in session.execute(query)}
    )
