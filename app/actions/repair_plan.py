"""What would a repair change? The whole of it, found by doing it, as plain data that can be kept.

Days stand for instants: a plan made this morning and carried out this afternoon is the same plan.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.actions import incidents, repair_money
from app.actions.effects.registry import JOBS
from app.actions.journal import Entry
from app.actions.move import finish
from app.actions.movement import Move
from app.actions.repair_clocks import clocks_of, not_told
from app.actions.repair_jumps import jumped_over, money_not_written, unheard
from app.catalogue.naming import node_name
from app.catalogue.phases import upstream
from app.catalogue.service_tasks import SERVICES
from app.domain.civil import civil_day
from app.domain.events import EventKind
from app.domain.status import TaskStatus
from app.engine.places import ArmedTimer, Place, PlaceKind, places, timers
from app.engine.repair import Repair, RepairKind, carry_out
from app.jsontext import canonical
from app.models.base import Json
from app.models.journal import JournalEntry
from app.models.people import Person
from app.models.task import Task
from app.queries.repairs import seen_of


@dataclass(frozen=True)
class Plan:
    """What a repair changes, and of which state; two plans of one digest are the same plan."""

    #: SHA-256 of the engine's state it was made on, hex.
    seen: str
    facts: Json

    @property
    def digest(self) -> str:
        """SHA-256 of all it says, hex."""
        return hashlib.sha256(canonical(self.facts)).hexdigest()

    @property
    def touches_money(self) -> bool:
        """A second person must agree."""
        return bool(self.facts["touches_money"])


@dataclass(frozen=True)
class _Sight:
    """What is compared before and after."""

    tasks: Mapping[str, Json]
    places: tuple[Place, ...]
    timers: Mapping[tuple[int, int], Json]
    messages: frozenset[str]
    status: str
    phase: str
    money: list[dict[str, Any]]
    #: Automatic steps that engage or free money, by token.
    money_jobs: Mapping[int, str]
    #: Where each delay stands.
    clocks: Mapping[str, Json]


def carried_out(move: Move, repair: Repair, personal: Mapping[str, str]) -> tuple[Plan, int]:
    """Do the repair, write it down, and say what changed; with the number of its journal entry.

    Refuses RepairRefused. The incidents that stopped the dossier are settled by it.
    """
    seen, before = seen_of(move.hold.state), _look(move)
    names = _names(move, repair, before)
    settled = [(one, one.cause) for one in incidents.stopping(move.session, move.dossier.id)]
    again = _done_since(move, repair.target)
    joins = carry_out(move.run, repair)
    if repair.target:
        _stand_before(move, repair.target)
    for incident, _cause in settled:
        incident.resolved_at, incident.resolved_by = move.now, move.actor.name
    body = {
        "repair": _told(repair),
        "names": names,
        "cause": "repair",
        "outcome": repair.to_json()["variables"],
        "incidents": len(settled),
    }
    entry = Entry(EventKind.REPAIRED, step=_step(repair, before), body=body, personal=personal)
    seq, snapshot = finish(move, entry, JOBS)
    if not snapshot.completed:
        move.dossier.closed_on = None
    move.session.flush()
    after = _look(move)
    written = move.session.get_one(JournalEntry, (move.dossier.id, seq)).body
    lost = unheard(move, repair, _left(repair, before), _nodes(after))
    money = _money(move, repair, before, after, again)
    money["jumped"] = money_not_written(move, lost)
    facts: Json = {
        "repair": _told(repair),
        "names": names,
        "cancelled": _gone(before.tasks, after.tasks),
        "opened": _gone(after.tasks, before.tasks),
        "moved": _changed(before.tasks, after.tasks),
        "timers_off": _gone(before.timers, after.timers),
        "timers_on": _gone(after.timers, before.timers),
        "timers_moved": _changed(before.timers, after.timers),
        "jumped": jumped_over(move, lost),
        "clocks_off": _gone(before.clocks, after.clocks),
        "clocks_on": _gone(after.clocks, before.clocks),
        "clocks_moved": _changed(before.clocks, after.clocks),
        "clocks_untold": not_told(move, lost, after.clocks),
        "waits_off": sorted(before.messages - after.messages),
        "waits_on": sorted(after.messages - before.messages),
        "jobs": [_name(move, one.node) for one in after.places if one.kind is PlaceKind.JOB],
        "joins": [_name(move, one) for one in joins],
        "passed": written["passed"],
        "mails": {
            "passed": written["passed"],
            "opened": [[step] for step, _task in written["opened"]],
        },
        "status": [before.status, after.status],
        "phase": [before.phase, after.phase],
        "ends": snapshot.completed,
        "again": again,
        "incidents": [cause for _incident, cause in settled],
        "places": [_nodes(before), _nodes(after)],
        "money": money,
        "touches_money": any(money.values()),
    }
    return Plan(seen, facts), seq


def _stand_before(move: Move, target: str) -> None:
    """Status and phase are those of the target, else of the nearest step before it that says one.

    What runs from there on may change them again, as always.
    """
    pack, dossier = move.type.pack, move.dossier
    nodes = upstream(move.type, target)
    status = next((pack.step(one).status for one in nodes if pack.step(one).status), None)
    phase = next((pack.step(one).phase for one in nodes if pack.step(one).phase), None)
    if status is not None and status is not dossier.status:
        dossier.status, dossier.status_since = status, move.now
    if phase is not None:
        dossier.phase = phase


def _told(repair: Repair) -> Json:
    """The repair as the journal keeps it: the new date as a day."""
    on = civil_day(repair.due_at).isoformat() if repair.due_at else None
    return {**repair.to_json(), "due_on": on}


def _names(move: Move, repair: Repair, before: _Sight) -> Json:
    nodes = {place.token: place.node for place in before.places}
    nodes |= {token: str(line["node"]) for (token, _part), line in before.timers.items()}
    left = [_name(move, nodes[token]) for token in repair.tokens if token in nodes]
    beside = [_name(move, nodes[token]) for token in repair.beside if token in nodes]
    target = _name(move, repair.target) if repair.target else ""
    return {"from": left, "beside": beside, "to": target}


def _left(repair: Repair, before: _Sight) -> list[str]:
    """The nodes where the dossier stands no more."""
    left = {*repair.tokens, *repair.beside}
    return [place.node for place in before.places if place.token in left]


def _step(repair: Repair, before: _Sight) -> str | None:
    found = next((one.node for one in before.places if one.token in repair.tokens), None)
    return repair.target or found


def _name(move: Move, node: str) -> str:
    return node_name(move.type, node)


def _nodes(sight: _Sight) -> list[str]:
    return sorted({place.node for place in sight.places})


def _gone(before: Mapping[Any, Json], after: Mapping[Any, Json]) -> list[Json]:
    return [line for key, line in before.items() if key not in after]


def _changed(before: Mapping[Any, Json], after: Mapping[Any, Json]) -> list[list[Json]]:
    """What is the same thing with another date: as it was, as it is."""
    return [[line, after[key]] for key, line in before.items() if after.get(key, line) != line]


# ---------------------------------------------------------------- before and after


def _look(move: Move) -> _Sight:
    standing = tuple(move.run.peek(places))
    rows = move.session.execute(
        select(
            Task.token,
            Task.step,
            Task.name,
            Task.role,
            Task.due_on,
            Task.next_reminder_at,
            Person.name.label("who"),
        )
        .outerjoin(Person, Person.id == Task.assignee_id)
        .where(Task.dossier_id == move.dossier.id, Task.status == TaskStatus.OPEN)
        .order_by(Task.token)
    )
    return _Sight(
        tasks={
            str(row.token): {
                "step": row.step,
                "name": row.name,
                "role": row.role.value,
                "who": row.who,
                "due_on": row.due_on.isoformat() if row.due_on else None,
                "reminder": _day(row.next_reminder_at) if row.next_reminder_at else None,
            }
            for row in rows
        },
        places=standing,
        timers={(one.token, one.part): timer_line(move, one) for one in move.run.peek(timers)},
        messages=frozenset(move.run.snapshot().messages),
        status=move.dossier.status.value,
        phase=move.dossier.phase,
        money=repair_money.written(move.session, move.dossier),
        money_jobs={
            job.token: _name(move, job.step)
            for job in move.run.snapshot().jobs
            if (service := SERVICES.get(job.topic)) is not None and service.touches_money
        },
        clocks=clocks_of(move),
    )


def timer_line(move: Move, timer: ArmedTimer) -> Json:
    """One date waited for, in words and days."""
    return {
        "node": timer.node,
        "name": _name(move, timer.node),
        "host": _name(move, timer.host) if timer.host else "",
        "day": civil_day(timer.due_at).isoformat(),
        "interrupts": timer.interrupts,
        "leads_to": [_name(move, node) for node in timer.leads_to],
    }


def _done_since(move: Move, target: str) -> list[Json]:
    """The steps done since the target was last done: they stay written, and come again."""
    if not target:
        return []
    done = (
        select(Task.step, Task.name, Task.done_at, Person.name.label("who"))
        .outerjoin(Person, Person.id == Task.done_by_id)
        .where(Task.dossier_id == move.dossier.id, Task.status == TaskStatus.DONE)
        .order_by(Task.done_at, Task.id)
    )
    rows = move.session.execute(done).all()
    last = max((row.done_at for row in rows if row.step == target), default=None)
    if last is None:
        return []
    return [
        {"step": row.step, "name": row.name, "who": row.who, "day": _day(row.done_at)}
        for row in rows
        if row.done_at >= last
    ]


def _day(at: Any) -> str:  # noqa: ANN401 - an instant of a row
    return civil_day(at).isoformat()


# ---------------------------------------------------------------- money


def _money(
    move: Move, repair: Repair, before: _Sight, after: _Sight, again: list[Json]
) -> dict[str, Any]:
    """What is written and stays, what the repair writes itself, what may be written twice."""

    def writes(lines: list[Json]) -> list[Any]:
        effects = {
            str(line["step"]): move.type.pack.step(line["step"]).effect for line in lines
        }
        return [one["name"] for one in lines if effects[one["step"]] in repair_money.EFFECTS]

    stopped = writes(_gone(before.tasks, after.tasks))
    stopped += [
        name for token, name in before.money_jobs.items() if token not in after.money_jobs
    ]
    opened = writes(_gone(after.tasks, before.tasks))
    opened += [
        name for token, name in after.money_jobs.items() if token not in before.money_jobs
    ]
    skipped = repair.kind is RepairKind.SKIP
    return {
        "stays": before.money,
        "written": [line for line in after.money if line not in before.money],
        "again": writes(again),
        "opened": opened,
        "is_voted": move.dossier.voted is not None,
        "unwritten": stopped if skipped else [],
        "stopped": [] if skipped else stopped,
    }
