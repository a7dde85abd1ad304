"""Where do the delays of a dossier stand after what happened? Rewritten in its own transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.actions.clock_signals import Happened, facts_heard, signals_of
from app.actions.console import Console
from app.actions.deadlines import due_columns
from app.actions.journal import Entry
from app.actions.movement import Move
from app.actions.open_tasks import OpenTask, open_tasks
from app.catalogue.contract import ClockSpec
from app.catalogue.published import DossierType
from app.domain.legal_clock.duration import Duration, Unit
from app.domain.legal_clock.facts import ClockFact, FactKind
from app.domain.legal_clock.pauses import paused_days
from app.domain.legal_clock.reckoning import Reckoning, reckon
from app.domain.legal_clock.rule import ClockRule
from app.domain.legal_clock.wording import explain
from app.domain.working_days import WorkingCalendar
from app.models.base import table_of
from app.models.clock import DossierClock, RecordedFact
from app.models.people import Person
from app.models.task import Task

_FACTS = table_of(RecordedFact)
_CLOCKS = table_of(DossierClock)
_TASKS = table_of(Task)
_PEOPLE = table_of(Person)
_KNOWN = (
    select(_FACTS, _PEOPLE.c.name.label("by_name"))
    .outerjoin(_PEOPLE, _PEOPLE.c.id == _FACTS.c.by_id)
    .where(_FACTS.c.dossier_id == bindparam("dossier_id"))
    .order_by(_FACTS.c.clock, _FACTS.c.rank)
)
_RUNNING = select(_CLOCKS.c.clock).where(
    _CLOCKS.c.dossier_id == bindparam("dossier_id"), _CLOCKS.c.ended_on.is_(None)
)
_FORGET = delete(_CLOCKS).where(
    _CLOCKS.c.dossier_id == bindparam("of"), _CLOCKS.c.clock == bindparam("key")
)
#: What makes a delay run, or ends it.
_TURNS = frozenset({FactKind.START, FactKind.RESET, FactKind.STOP, FactKind.VOID})
_DUE = update(_TASKS).where(_TASKS.c.id == bindparam("task_id"))


@dataclass(frozen=True)
class Desk:
    """Whose delays are kept: one dossier, its type, and what one needs besides."""

    session: Session
    console: Console
    type: DossierType
    dossier_id: UUID
    dossier_facts: Mapping[str, Any]
    now: datetime

    @property
    def calendar(self) -> WorkingCalendar:
        """The working days of the installation."""
        return self.console.calendar


def observe(move: Move, entry: Entry, passed: Sequence[str], opened: Sequence[str]) -> None:
    """Tell the delays what just happened; most steps concern none and cost nothing."""
    pack, dossier = move.type.pack, move.dossier
    signals = signals_of(entry.kind, entry.step, passed, opened)
    heard = [one for one in signals if one in pack.clock_watch]
    ends = dossier.status.is_final and dossier.status_since == move.now
    deadlines = [pack.step(step).deadline for step in opened]
    waits = {one.clock for one in deadlines if one is not None and one.clock is not None}
    if not heard and not ends and not waits:
        return
    desk = Desk(move.session, move.console, move.type, dossier.id, dossier.facts, move.now)
    happened = Happened(tuple(heard), move.now, move.answers, dossier.facts)
    new = list(facts_heard(pack, move.console.calendar, happened))
    if ends:
        cause = f"fin du dossier ({str(pack.status(dossier.status).label).lower()})"
        new += [
            (clock, ClockFact(FactKind.VOID, move.today, move.now, 0, cause))
            for clock in move.session.scalars(_RUNNING, {"dossier_id": dossier.id})
        ]
    due = keep(desk, new, seq=move.hold.next_seq, by_id=None)
    follow(desk, due, also=waits)


def known_facts(session: Session, dossier_id: UUID) -> dict[str, list[ClockFact]]:
    """The facts of every delay of a dossier, in the order they were recorded."""
    found: dict[str, list[ClockFact]] = {}
    for row in session.execute(_KNOWN, {"dossier_id": dossier_id}):
        found.setdefault(row.clock, []).append(_fact_of(row))
    return found


def keep(
    desk: Desk, new: Iterable[tuple[str, ClockFact]], *, seq: int, by_id: UUID | None
) -> dict[str, date | None]:
    """Write new facts and what comes of them; the due day of each delay they touch."""
    touched: dict[str, list[ClockFact]] = {}
    for key, fact in new:
        touched.setdefault(key, []).append(fact)
    if not touched:
        return {}
    known = known_facts(desk.session, desk.dossier_id)
    rows = []
    for key, facts in touched.items():
        held = known.setdefault(key, [])
        for fact in numbered(held, facts):
            held.append(fact)
            rows.append(fact_row(desk.dossier_id, key, fact, seq, by_id))
    if rows:
        desk.session.execute(insert(_FACTS), rows)
    return {key: write(desk, key, known[key]) for key in touched if known[key]}


def numbered(held: Sequence[ClockFact], new: Sequence[ClockFact]) -> list[ClockFact]:
    """The new facts that matter, with their ranks; they happened at one instant.

    Nothing concerns a delay that never began. One that begins is not begun again in the same
    breath, and one that runs does not begin twice.
    """
    turns = [one.kind for one in held if one.kind in _TURNS]
    runs = bool(turns) and turns[-1] in (FactKind.START, FactKind.RESET)
    starts = not runs and any(one.kind is FactKind.START for one in new)
    if not held and not starts:
        return []
    useless = {FactKind.START} if runs else {FactKind.RESET} if starts else set()
    kept = [one for one in new if one.kind not in useless or one.replaces is not None]
    return [replace(fact, rank=len(held) + place) for place, fact in enumerate(kept)]


def write(desk: Desk, key: str, facts: Sequence[ClockFact]) -> date | None:
    """Rewrite where one delay stands; its due day."""
    spec = desk.type.pack.clock(key)
    rule = rule_of(spec, desk.type, desk.dossier_facts)
    desk.session.execute(_FORGET, {"of": desk.dossier_id, "key": key})
    found = reckon(rule, facts, desk.calendar) if rule else None
    if found is None or found.run is None:
        return None
    desk.session.execute(insert(_CLOCKS), [_standing(desk, spec, found)])
    return found.due


def rule_of(spec: ClockSpec, type_: DossierType, facts: Mapping[str, Any]) -> ClockRule | None:
    """The rule of a delay for that dossier; None when the aid rules give its scheme none."""
    if spec.from_rules is None:
        return spec.rule
    months = type_.rules.deadlines(facts)
    count = months.start if spec.from_rules == "start" else months.completion
    return replace(spec.rule, duration=Duration(count, Unit.MONTHS)) if count else None


def _standing(desk: Desk, spec: ClockSpec, found: Reckoning) -> dict[str, Any]:
    assert found.run is not None  # noqa: S101 - the caller looked
    last = found.pauses[-1] if found.pauses else None
    until = found.due or (found.ended.on if found.ended else found.run.origin)
    return {
        "dossier_id": desk.dossier_id,
        "clock": spec.key,
        "title": spec.title.fr,
        "basis": spec.basis,
        "started_on": found.run.origin,
        "plain_on": found.plain,
        "due_on": found.due,
        "paused_from": last.first if last else None,
        "paused_until": last.last if last else None,
        "stopped_days": paused_days(found.pauses, found.run.origin, until),
        "ended_on": found.ended.on if found.ended else None,
        "outcome": found.state(found.ended.on) if found.ended else None,
        "explanation": {
            "sentences": explain(found, desk.calendar),
            "pauses": [
                [first.isoformat(), last.isoformat() if last else None]
                for first, last in found.spans
            ],
        },
        "updated_at": desk.now,
    }


def follow(
    desk: Desk,
    due: Mapping[str, date | None],
    *,
    also: Iterable[str] = (),
    tasks: Sequence[OpenTask] | None = None,
) -> None:
    """Open tasks due the day a delay ends follow it, and their reminders with them."""
    pack = desk.type.pack
    wanted = set(due) | set(also)
    bound = {
        key
        for key, step in pack.steps.items()
        if step.deadline and step.deadline.clock in wanted
    }
    if not bound:
        return
    days = {**_due_days(desk, wanted - set(due)), **due}
    for task in tasks if tasks is not None else open_tasks(desk.session, desk.dossier_id):
        if task.step in bound:
            deadline = pack.step(task.step).deadline
            day = days.get(deadline.clock or "") if deadline else None
            if day != task.due_on:
                desk.session.execute(_DUE, _moved(desk, task, day))


def _due_days(desk: Desk, keys: Iterable[str]) -> dict[str, date | None]:
    rows = desk.session.execute(
        select(_CLOCKS.c.clock, _CLOCKS.c.due_on).where(
            _CLOCKS.c.dossier_id == desk.dossier_id, _CLOCKS.c.clock.in_(list(keys))
        )
    )
    return {row.clock: row.due_on for row in rows}


def _moved(desk: Desk, task: OpenTask, day: date | None) -> dict[str, Any]:
    pack, scheme = desk.type.pack, desk.dossier_facts.get("scheme")
    columns = due_columns(desk.console, pack, task.step, scheme, day, desk.now)
    return {"task_id": task.id, **columns}


def fact_row(
    dossier_id: UUID, key: str, fact: ClockFact, seq: int, by_id: UUID | None
) -> dict[str, Any]:
    """A fact as a row of its table."""
    return {
        "dossier_id": dossier_id,
        "clock": key,
        "rank": fact.rank,
        "kind": fact.kind,
        "effect_on": fact.on,
        "recorded_at": fact.recorded_at,
        "seq": seq,
        "cause": fact.cause,
        "by_id": by_id,
        "key": fact.key,
        "until": fact.until,
        "extra_count": fact.extra.count if fact.extra else None,
        "extra_unit": fact.extra.unit if fact.extra else None,
        "replaces": fact.replaces,
    }


def _fact_of(row: Row[Any]) -> ClockFact:
    extra = Duration(row.extra_count, row.extra_unit) if row.extra_unit else None
    return ClockFact(
        kind=row.kind,
        on=row.effect_on,
        recorded_at=row.recorded_at,
        rank=row.rank,
        cause=row.cause,
        by=row.by_name or "",
        key=row.key,
        until=row.until,
        extra=extra,
        replaces=row.replaces,
    )
