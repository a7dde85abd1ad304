"""How long do things usually take here? Measured once a day from what happened, and kept as curves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Subquery, delete, func, insert, select
from sqlalchemy.orm import Session

from app.domain.civil import civil_day
from app.domain.legal_clock.reckoning import ClockState
from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.domain.usual_delays import ENOUGH, counted_survival
from app.models.base import table_of
from app.models.clock import DelayCurve, DossierClock
from app.models.dossier import Dossier
from app.models.task import Task
from app.queries.ages import days_covered
from app.queries.usual_delays import ANSWER, COMPLETE, NO_NAMES, end_of, step_of

#: What happened longer ago is no habit any more, and nobody's habit needs more dossiers.
PAST = timedelta(days=3 * 365)
MOST_DOSSIERS = 20_000
#: Dossiers whose following steps are noted, of each type: shares need no more.
_FOLLOWED = 2_000

_DOSSIERS = table_of(Dossier)
_TASKS = table_of(Task)
_CLOCKS = table_of(DossierClock)
_CURVES = table_of(DelayCurve)

Key = tuple[str, str, str]
T = TypeVar("T")


class Stay(NamedTuple):
    """One task: its step, who had it, from which day to which, and whether it was done."""

    step: str
    role: Role
    first: date
    last: date | None
    is_done: bool


class Life(NamedTuple):
    """One delay of a dossier: its key, its first and last days, and whether its end is one."""

    clock: str
    first: date
    last: date | None
    is_end: bool


@dataclass
class Measures:
    """What was counted so far, by type, scheme and subject."""

    today: date
    lives: dict[Key, Counter[tuple[int, bool]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    following: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    followed: Counter[Key] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    def note(
        self, type_key: str, scheme: str, subject: str, days: int, *, is_end: bool
    ) -> None:
        """One life, for its scheme and for all of them."""
        for code in {scheme, ""}:
            self.lives[type_key, code, subject][days, is_end] += 1


def measure(
    session: Session, *, today: date, names: Mapping[str, Mapping[str, str]] = NO_NAMES
) -> Measures:
    """Read what happened; nothing is written.

    `names`: type of dossier -> step of an earlier version -> its identifier in the latest one.
    """
    found = Measures(today)
    recent = _recent(today)
    tasks = _grouped(_stays(session, recent))
    clocks = _grouped(_lives(session, recent))
    for row in session.execute(select(recent)):
        renamed = names.get(row.type_key, {})
        named = [
            one._replace(step=renamed.get(one.step, one.step)) for one in tasks.get(row.id, ())
        ]
        stays = sorted(named, key=lambda stay: stay.first)
        _whole(found, row, stays)
        _steps(found, row, stays)
        _ends(found, row, stays, clocks.get(row.id, []))
        found.seen[row.type_key] += 1
    return found


def rewrite(session: Session, measures: Measures, *, now: datetime) -> int:
    """Write every curve anew; how many. Those of too few dossiers are not kept."""
    rows = []
    for (type_key, scheme, subject), lives in measures.lives.items():
        curve = counted_survival(lives)
        if curve.observed < ENOUGH:
            continue
        key = (type_key, scheme, subject)
        rows.append(
            {
                "type_key": type_key,
                "scheme": scheme,
                "subject": subject,
                "observed": curve.observed,
                "waiting": curve.waiting,
                "curve": {
                    "points": [
                        [day, round(left, 6), round(terms, 9)]
                        for day, left, terms in curve.points
                    ],
                    "next": _shares(measures, key),
                },
                "computed_at": now,
            }
        )
    session.execute(delete(_CURVES))
    if rows:
        session.execute(insert(_CURVES), rows)
    return len(rows)


def last_measured(session: Session) -> datetime | None:
    """When the curves were last written; None when there are none."""
    return session.scalar(select(func.max(DelayCurve.computed_at)))


def _recent(today: date) -> Subquery:
    since = datetime.combine(today - PAST, datetime.min.time()).astimezone()
    return (
        select(
            _DOSSIERS.c.id,
            _DOSSIERS.c.type_key,
            _DOSSIERS.c.scheme,
            _DOSSIERS.c.filed_at,
            _DOSSIERS.c.complete_on,
            _DOSSIERS.c.voted_on,
            _DOSSIERS.c.closed_on,
        )
        .where(_DOSSIERS.c.filed_at >= since)
        .order_by(_DOSSIERS.c.filed_at.desc())
        .limit(MOST_DOSSIERS)
        .subquery()
    )


def _stays(session: Session, recent: Subquery) -> Iterator[tuple[UUID, Stay]]:
    rows = session.execute(
        select(
            _TASKS.c.dossier_id,
            _TASKS.c.step,
            _TASKS.c.role,
            _TASKS.c.created_at,
            _TASKS.c.done_at,
            _TASKS.c.status,
        ).join(recent, recent.c.id == _TASKS.c.dossier_id)
    )
    for dossier_id, step, role, created_at, done_at, status in rows:
        last = civil_day(done_at) if done_at else None
        yield (
            dossier_id,
            Stay(step, role, civil_day(created_at), last, status is TaskStatus.DONE),
        )


def _lives(session: Session, recent: Subquery) -> Iterator[tuple[UUID, Life]]:
    rows = session.execute(
        select(
            _CLOCKS.c.dossier_id,
            _CLOCKS.c.clock,
            _CLOCKS.c.started_on,
            _CLOCKS.c.ended_on,
            _CLOCKS.c.outcome,
        ).join(recent, recent.c.id == _CLOCKS.c.dossier_id)
    )
    for dossier_id, clock, started_on, ended_on, outcome in rows:
        is_end = outcome in (ClockState.MET, ClockState.LATE)
        yield dossier_id, Life(clock, started_on, ended_on, is_end)


def _grouped(pairs: Iterable[tuple[UUID, T]]) -> dict[UUID, list[T]]:
    found: dict[UUID, list[T]] = {}
    for dossier_id, one in pairs:
        found.setdefault(dossier_id, []).append(one)
    return found


def _whole(found: Measures, row: Any, stays: list[Stay]) -> None:  # noqa: ANN401 - a row
    """From the filing to a complete file, and from there to the vote."""
    filed = civil_day(row.filed_at)
    waits = [
        (one.first, one.last or found.today) for one in stays if one.role is Role.APPLICANT
    ]
    complete = row.complete_on
    spans = [(COMPLETE, filed, complete)]
    if complete is not None:
        spans.append((ANSWER, complete, row.voted_on))
    for subject, first, last in spans:
        end = last or row.closed_on or found.today
        held = days_covered((max(a, first), min(b, end)) for a, b in waits)
        days = (end - first).days - held
        found.note(row.type_key, row.scheme or "", subject, days, is_end=last is not None)


def _steps(found: Measures, row: Any, stays: list[Stay]) -> None:  # noqa: ANN401 - a row
    for one in stays:
        days = ((one.last or found.today) - one.first).days
        found.note(row.type_key, row.scheme or "", step_of(one.step), days, is_end=one.is_done)


def _ends(
    found: Measures,
    row: Any,  # noqa: ANN401 - a row
    stays: list[Stay],
    lives: list[Life],
) -> None:
    """From each step opened while a delay ran to the end of that delay, all schemes together."""
    follows = found.seen[row.type_key] < _FOLLOWED
    for life in lives:
        end = life.last or found.today
        inside = [one for one in stays if life.first <= one.first and _before(one, end)]
        for rank, one in enumerate(inside):
            key = (row.type_key, "", end_of(life.clock, one.step))
            found.lives[key][(end - one.first).days, life.is_end] += 1
            if follows and life.is_end:
                found.followed[key] += 1
                found.following[key].update({later.step for later in inside[rank + 1 :]})


def _before(stay: Stay, end: date) -> bool:
    """Was the step opened before that end, rather than by it?"""
    return stay.first < end or (stay.last is not None and stay.last <= end)


def _shares(measures: Measures, key: Key) -> dict[str, float]:
    """How often each other step still came before the end."""
    of = measures.followed[key]
    mine = key[2].rpartition(":")[2]
    return {
        step: round(count / of, 3)
        for step, count in measures.following[key].most_common()
        if of and step != mine
    }
