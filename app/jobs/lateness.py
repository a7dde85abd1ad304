"""How late was each thing done? Counted in memory while a sweep runs, written once at its end."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from app.database import Database, insert_once
from app.models.lateness import Lateness

_LATENESS = cast(Table, Lateness.__table__)
#: Classes of lateness, in seconds; the last one has no bound.
BOUNDS = (1, 2, 5, 15, 60, 300, 3600, 86_400)
BEYOND = -1


@dataclass
class Delays:
    """What one clock has done and not written down yet."""

    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    totals: Counter[tuple[str, int]] = field(default_factory=Counter)

    def saw(self, kind: str, due: datetime, done: datetime) -> None:
        """Something due at that instant was done at this one; early counts as on time."""
        late = max(0.0, (done - due).total_seconds())
        bound = next((one for one in BOUNDS if late <= one), BEYOND)
        self.counts[kind, bound] += 1
        self.totals[kind, bound] += round(late * 1000)

    def write(self, database: Database, *, now: datetime) -> None:
        """Add what was seen to the counts of the installation."""
        if not self.counts:
            return
        seen = [
            (kind, bound, count, self.totals[kind, bound])
            for (kind, bound), count in sorted(self.counts.items())
        ]
        database.run_tx(lambda session, _: _add(session, seen, now))
        self.counts.clear()
        self.totals.clear()


def _add(session: Session, seen: list[tuple[str, int, int, int]], now: datetime) -> None:
    columns = _LATENESS.c
    for kind, bound, count, total in seen:
        row = {"kind": kind, "bound": bound, "count": count, "total_ms": total, "at": now}
        if not insert_once(session, _LATENESS, row):
            session.execute(
                update(_LATENESS)
                .where(columns.kind == kind, columns.bound == bound)
                .values(count=columns.count + count, total_ms=columns.total_ms + total, at=now)
            )
