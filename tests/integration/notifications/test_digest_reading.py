"""Does a digest read the tasks of its person only, however many others are open?"""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.working_days import at_hour
from app.queries.digest import morning
from tests.integration.notifications.conftest import Town

TUESDAY = date(2026, 3, 3)


@pytest.fixture
def kind() -> str:
    """How SQLite goes about it; PostgreSQL knows how many rows it has, and chooses by that."""
    return "sqlite"


def test_a_morning_looks_into_the_indexes(town: Town) -> None:
    said: list[tuple[str, Any]] = []
    engine = town.service.database.reader
    event.listen(engine, "before_cursor_execute", lambda *told: said.append((told[2], told[3])))

    with town.service.database.reading() as session:
        found = morning(
            session,
            town.officer,
            today=TUESDAY,
            until=TUESDAY + timedelta(days=3),
            since=at_hour(TUESDAY - timedelta(days=1), 0),
        )
        asked = [one for one in said if " task " in one[0].replace("\n", " ")]
        plans = [
            row[3]
            for statement, values in asked
            for row in session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", values
            )
        ]

    assert found.new.total == 1
    assert len(asked) >= 4
    assert any("ix_task_mine (assignee_id=? AND due_on<?)" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN task")] == []
