"""What must a task's row say when it is due on a day? The day, since when it is so, the next reminder."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.actions.console import Console
from app.catalogue.pack import Pack
from app.domain.ladder import next_rung


def due_columns(
    console: Console,
    pack: Pack,
    step: str,
    scheme: str | None,
    due_on: date | None,
    now: datetime,
) -> Mapping[str, Any]:
    """The columns of a task of that step that is due that day, as decided now."""
    ladder = pack.ladder(step, scheme, console.ladders) if due_on is not None else None
    rung = None
    if ladder is not None and due_on is not None:
        rung = next_rung(ladder, deadline=due_on, after=now, calendar=console.calendar)
    return {
        "due_on": due_on,
        "due_since": now,
        "next_rung": rung[0].key if rung else None,
        "next_reminder_at": rung[1] if rung else None,
    }
