"""What may be told of usual delays, and which dossiers will likely be late? From the curves kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from app.domain.civil import civil_day
from app.domain.status import SessionStatus, TaskStatus
from app.domain.usual_delays import Chance, Curve, Forecast, Usual, forecast, usual
from app.models.base import table_of
from app.models.clock import DelayCurve, DossierClock
from app.models.committee import AgendaItem, CommitteeSession
from app.models.dossier import Dossier
from app.models.people import Organisation
from app.models.task import Task

#: From a complete file to the vote; from the filing to a complete file.
ANSWER, COMPLETE = "answer", "complete"
#: Deadlines farther than this are nobody's worry yet.
AHEAD = timedelta(days=120)
#: A step that comes at least that often is told among those that remain.
_OFTEN = 0.5

#: No step of this type ever changed its identifier.
NO_NAMES: Mapping[str, Mapping[str, str]] = {}
#: Identifiers in one query, at most.
_A_QUERY = 500
_CLOCKS = table_of(DossierClock)
_TASKS = table_of(Task)
_DOSSIERS = table_of(Dossier)


def step_of(step: str) -> str:
    """The subject « how long does that step last »."""
    return f"step:{step}"


def end_of(clock: str, step: str) -> str:
    """The subject « from that step to the end of that delay »."""
    return f"end:{clock}:{step}"


@dataclass(frozen=True)
class Told:
    """A usual delay as it is published: of the scheme, or of the whole type when it is too rare."""

    usual: Usual
    is_of_scheme: bool


@dataclass(frozen=True)
class Kept:
    """A curve with the steps that usually follow."""

    curve: Curve
    following: Mapping[str, float]


def told(session: Session, type_key: str, scheme: str | None, subject: str) -> Told | None:
    """What may be told of a scheme; None when too few ended to tell anything."""
    kept = curves(session, type_key, subjects=[subject], schemes=[scheme or "", ""])
    for code in (scheme or "", ""):
        found = kept.get((code, subject))
        said = usual(found.curve) if found else None
        if said is not None:
            return Told(said, is_of_scheme=bool(code))
    return None


def curves(
    session: Session,
    type_key: str,
    *,
    subjects: Sequence[str] = (),
    schemes: Sequence[str] = (),
    prefix: str = "",
    renamed: Mapping[str, str] | None = None,
) -> dict[tuple[str, str], Kept]:
    """The curves of a type, by scheme and subject.

    `renamed`: step of an earlier version -> its identifier in the latest one, under which what was
    measured before the change is found as well.
    """
    query = select(DelayCurve).where(DelayCurve.type_key == type_key)
    if subjects:
        query = query.where(DelayCurve.subject.in_(subjects))
    if schemes:
        query = query.where(DelayCurve.scheme.in_(schemes))
    if prefix:
        query = query.where(DelayCurve.subject.startswith(prefix, autoescape=True))
    found: dict[tuple[str, str], Kept] = {}
    for row in session.scalars(query):
        place, kept = (row.scheme, _now(row.subject, renamed or {})), _kept(row, renamed or {})
        if place not in found or found[place].curve.observed < kept.curve.observed:
            found[place] = kept
    return found


def _now(subject: str, renamed: Mapping[str, str]) -> str:
    head, colon, step = subject.rpartition(":")
    return f"{head}:{renamed.get(step, step)}" if colon else subject


def _kept(row: DelayCurve, renamed: Mapping[str, str]) -> Kept:
    points = tuple((day, left, terms) for day, left, terms in row.curve["points"])
    following: dict[str, float] = {}
    for step, share in row.curve.get("next", {}).items():
        name = renamed.get(step, step)
        following[name] = max(share, following.get(name, 0.0))
    return Kept(Curve(points, row.observed, row.waiting), following)


@dataclass(frozen=True)
class Driver:
    """A step that usually remains: how often it comes, and its usual time."""

    step: str
    share: float
    days: int | None


@dataclass(frozen=True)
class Prospect:
    """What is to be expected of one delay of one dossier, and what makes it."""

    clock: str
    due_on: date
    #: The step it stands at; empty while it waits for a session.
    step: str
    forecast: Forecast
    drivers: tuple[Driver, ...] = ()
    #: The session it waits for, when that is what remains.
    session_on: date | None = None
    #: The session it may still reach.
    coming_on: date | None = None


class Oracle:
    """The curves of one type, read once, that forecast many dossiers."""

    def __init__(
        self, session: Session, type_key: str, names: Mapping[str, Mapping[str, str]]
    ) -> None:
        self.renamed = names.get(type_key, {})
        known = partial(curves, session, type_key, schemes=[""], renamed=self.renamed)
        self.ends, self.steps = known(prefix="end:"), known(prefix="step:")
        #: Many dossiers have the same age and the same day: each is reckoned once.
        self.known: dict[tuple[str, int, int], Forecast | None] = {}

    def prospect(
        self, clock: str, due_on: date, opened: Sequence[tuple[str, date]], today: date
    ) -> Prospect | None:
        """The forecast from the open step that says most; None when nothing may be said."""
        found = [
            Prospect(clock, due_on, step, said)
            for step, since in ((self.renamed.get(one, one), day) for one, day in opened)
            if (kept := self.ends.get(("", end_of(clock, step))))
            and (
                said := forecast(
                    kept.curve, age=(today - since).days, due=(due_on - today).days
                )
            )
        ]
        return max(found, key=_risk, default=None)

    def drivers(self, prospect: Prospect) -> tuple[Driver, ...]:
        """The steps that usually remain after the present one, with their usual time."""
        kept = self.ends.get(("", end_of(prospect.clock, prospect.step)))
        following = kept.following if kept else {}
        here = [(prospect.step, 1.0)] if prospect.step else []
        often = [(step, share) for step, share in following.items() if share >= _OFTEN]
        return tuple(
            Driver(step, share, self._usual_days(step)) for step, share in here + often
        )

    def _usual_days(self, step: str) -> int | None:
        kept = self.steps.get(("", step_of(step)))
        said = usual(kept.curve) if kept else None
        return said.half if said else None


def _risk(prospect: Prospect) -> float:
    late = prospect.forecast.late
    return float(prospect.forecast.is_likely_late) if late is None else late.share


@dataclass(frozen=True)
class AtRisk:
    """A dossier that will likely miss one of its delays."""

    reference: str
    title: str
    organisation: str
    clock_title: str
    prospect: Prospect


@dataclass(frozen=True)
class Risks:
    """How many delays will likely be missed, and the surest of them."""

    total: int
    shown: Sequence[AtRisk]


def at_risk(
    session: Session,
    clocks_of: Mapping[str, Mapping[str, str]],
    *,
    today: date,
    limit: int,
    voted: Collection[tuple[str, str]] = (),
    ahead: timedelta = AHEAD,
    names: Mapping[str, Mapping[str, str]] = NO_NAMES,
) -> Risks:
    """The open delays due within `ahead` that will likely be missed, the surest first.

    `clocks_of`: type of dossier -> the delays that are the administration's to keep, with
    their titles. `voted`: (type, delay) of those that only a vote ends. `names`: type -> step of
    an earlier version -> its identifier in the latest one.
    """
    oracles = {type_key: Oracle(session, type_key, names) for type_key in clocks_of}
    sittings = _sittings(session, today)
    found: dict[tuple[UUID, str], Prospect] = {}
    for row in session.execute(_open_delays(clocks_of, today, ahead)):
        if row.clock not in clocks_of.get(row.type_key, ()):
            continue
        if row.created_at is None:
            said = sittings.prospect(row.dossier_id, row.clock, row.due_on, today, waits=True)
        else:
            opened = [(row.step, civil_day(row.created_at))]
            said = oracles[row.type_key].prospect(row.clock, row.due_on, opened, today)
            if (row.type_key, row.clock) in voted:
                said = (
                    sittings.missed(row.dossier_id, row.clock, row.due_on, row.step, today)
                    or said
                )
        place = (row.dossier_id, row.clock)
        if said is not None and (place not in found or _risk(said) > _risk(found[place])):
            found[place] = said
    late = [
        (dossier_id, said)
        for (dossier_id, _), said in found.items()
        if said.forecast.is_likely_late
    ]
    late.sort(key=lambda one: (-_risk(one[1]), one[1].due_on))
    return Risks(len(late), _named(session, late[:limit], clocks_of))


def _open_delays(
    clocks_of: Mapping[str, Mapping[str, str]], today: date, ahead: timedelta
) -> Select[Any]:
    """Open delays due before long, each with the open steps of its dossier, if any."""
    keys = {clock for clocks in clocks_of.values() for clock in clocks}
    still = and_(
        _TASKS.c.dossier_id == _CLOCKS.c.dossier_id, _TASKS.c.status == TaskStatus.OPEN
    )
    return (
        select(
            _CLOCKS.c.dossier_id,
            _CLOCKS.c.clock,
            _CLOCKS.c.due_on,
            _DOSSIERS.c.type_key,
            _TASKS.c.step,
            _TASKS.c.created_at,
        )
        .join(_DOSSIERS, _DOSSIERS.c.id == _CLOCKS.c.dossier_id)
        .outerjoin(_TASKS, still)
        .where(
            _CLOCKS.c.ended_on.is_(None),
            _CLOCKS.c.due_on >= today,
            _CLOCKS.c.due_on <= today + ahead,
            _CLOCKS.c.clock.in_(keys),
        )
    )


def prospects_of(
    session: Session,
    dossier: Dossier,
    clocks: Sequence[DossierClock],
    *,
    voted: Collection[str] = (),
    today: date,
    names: Mapping[str, Mapping[str, str]] = NO_NAMES,
) -> dict[str, Prospect]:
    """What is to be expected of the running delays of one dossier, with what makes it.

    `voted`: the delays that only a vote ends. `names`: type -> step of an earlier version -> its
    identifier in the latest one, by which every step is told.
    """
    oracle = Oracle(session, dossier.type_key, names)
    rows = session.execute(
        select(_TASKS.c.step, _TASKS.c.created_at).where(
            _TASKS.c.dossier_id == dossier.id, _TASKS.c.status == TaskStatus.OPEN
        )
    )
    steps = [(row.step, civil_day(row.created_at)) for row in rows]
    sittings = _sittings(session, today)
    found = {}
    for clock in clocks:
        if clock.ended_on is not None or clock.due_on is None or clock.due_on < today:
            continue
        said = oracle.prospect(clock.clock, clock.due_on, steps, today)
        if steps and clock.clock in voted:
            at = said.step if said else steps[0][0]
            said = sittings.missed(dossier.id, clock.clock, clock.due_on, at, today) or said
        said = said or sittings.prospect(
            dossier.id, clock.clock, clock.due_on, today, waits=not steps
        )
        if said is not None:
            drivers = oracle.drivers(said)
            coming = said.session_on or sittings.of.get(dossier.id) or sittings.next
            found[clock.clock] = replace(said, drivers=drivers, coming_on=coming)
    return found


@dataclass(frozen=True)
class _Sittings:
    """When each dossier on an agenda is voted, and the next session an agenda is open for."""

    of: Mapping[UUID, date]
    next: date | None

    def prospect(
        self, dossier_id: UUID, clock: str, due_on: date, today: date, *, waits: bool
    ) -> Prospect | None:
        """A dossier with nothing to do but wait is voted at its session, or at the next one."""
        day = self.of.get(dossier_id) or self.next
        if not waits or day is None or day < today:
            return None
        ahead = (day - today).days
        late = float(day > due_on)
        due = (due_on - today).days
        said = Forecast(due, Chance(late, late, late), ahead, ahead, ahead, observed=0)
        return Prospect(clock, due_on, "", said, session_on=day)

    def missed(
        self, dossier_id: UUID, clock: str, due_on: date, step: str, today: date
    ) -> Prospect | None:
        """Certain to be late, whatever the step: no session sits before the due day."""
        day = self.of.get(dossier_id) or self.next
        if day is None or day <= due_on:
            return None
        said = Forecast(
            (due_on - today).days, Chance(1.0, 1.0, 1.0), None, None, None, observed=0
        )
        return Prospect(clock, due_on, step, said, coming_on=day)


def _sittings(session: Session, today: date) -> _Sittings:
    rows = session.execute(
        select(AgendaItem.dossier_id, CommitteeSession.held_on)
        .join(CommitteeSession)
        .where(CommitteeSession.status != SessionStatus.HELD)
    ).all()
    coming = session.scalar(
        select(CommitteeSession.held_on)
        .where(
            CommitteeSession.status == SessionStatus.PREPARATION,
            CommitteeSession.held_on >= today,
        )
        .order_by(CommitteeSession.held_on)
        .limit(1)
    )
    return _Sittings({row.dossier_id: row.held_on for row in rows}, coming)


def _named(
    session: Session,
    found: Sequence[tuple[UUID, Prospect]],
    clocks_of: Mapping[str, Mapping[str, str]],
) -> list[AtRisk]:
    ids = [dossier_id for dossier_id, _ in found]
    named: dict[UUID, Row[Any]] = {}
    for start in range(0, len(ids), _A_QUERY):
        rows = session.execute(
            select(
                _DOSSIERS.c.id,
                _DOSSIERS.c.reference,
                _DOSSIERS.c.title,
                _DOSSIERS.c.type_key,
                Organisation.name,
            )
            .join(Organisation, Organisation.id == _DOSSIERS.c.organisation_id)
            .where(_DOSSIERS.c.id.in_(ids[start : start + _A_QUERY]))
        )
        named |= {row.id: row for row in rows}
    return [
        AtRisk(row.reference, row.title, row.name, clocks_of[row.type_key][one.clock], one)
        for dossier_id, one in found
        if (row := named.get(dossier_id))
    ]
