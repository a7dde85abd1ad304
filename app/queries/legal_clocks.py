"""Which delays has a dossier, and which are about to be missed? Always as of one day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.legal_clock.duration import Duration
from app.domain.legal_clock.reckoning import ClockState
from app.models.clock import DossierClock, RecordedFact
from app.models.people import Person

_CLOCKS = select(DossierClock).where(DossierClock.dossier_id == bindparam("dossier_id"))


def state_of(clock: DossierClock, today: date) -> ClockState:
    """Where a delay stands on that day, from its dates alone."""
    if clock.outcome is not None:
        return clock.outcome
    if clock.due_on is not None and today > clock.due_on:
        return ClockState.EXPIRED
    begun = clock.paused_from is not None and clock.paused_from <= today
    if begun and (clock.paused_until is None or today < clock.paused_until):
        return ClockState.SUSPENDED
    return ClockState.RUNNING


def clocks_of(session: Session, dossier_id: UUID) -> Sequence[DossierClock]:
    """The delays of a dossier: those that run first, the most pressing on top."""
    found = session.scalars(_CLOCKS, {"dossier_id": dossier_id}).all()
    return sorted(
        found,
        key=lambda one: (
            one.ended_on is not None,
            one.ended_on is None and (one.due_on or date.max),
            one.started_on,
            one.clock,
        ),
    )


def due_day_of(session: Session, dossier_id: UUID, keys: Iterable[str]) -> date | None:
    """The day the first of these delays ends; were it suspended, the day it would have ended."""
    row = session.execute(
        select(DossierClock.due_on, DossierClock.plain_on)
        .where(DossierClock.dossier_id == dossier_id, DossierClock.clock.in_(list(keys)))
        .order_by(DossierClock.clock)
    ).first()
    return (row.due_on or row.plain_on) if row is not None else None


@dataclass(frozen=True)
class Recorded:
    """A fact as the page lists it: what, when, by whom, and whether it still holds."""

    fact: RecordedFact
    by: str
    #: The instant a correction took its place; None while it holds.
    replaced_at: datetime | None

    @property
    def is_replaced(self) -> bool:
        """A correction took its place."""
        return self.replaced_at is not None

    @property
    def extra(self) -> Duration | None:
        """How much an extension adds."""
        fact = self.fact
        if fact.extra_count is None or fact.extra_unit is None:
            return None
        return Duration(fact.extra_count, fact.extra_unit)


def facts_of(session: Session, dossier_id: UUID) -> dict[str, list[Recorded]]:
    """The facts of every delay of a dossier, in order of effect, replaced ones included."""
    rows = session.execute(
        select(RecordedFact, Person.name)
        .outerjoin(Person, Person.id == RecordedFact.by_id)
        .where(RecordedFact.dossier_id == dossier_id)
        .order_by(RecordedFact.clock, RecordedFact.effect_on, RecordedFact.rank)
    ).all()
    replaced = {(fact.clock, fact.replaces): fact.recorded_at for fact, _ in rows}
    found: dict[str, list[Recorded]] = {}
    for fact, name in rows:
        gone = replaced.get((fact.clock, fact.rank))
        found.setdefault(fact.clock, []).append(Recorded(fact, name or "", gone))
    return found
