"""How does one dossier move? Hold it, run the engine, apply effects, project, write it down."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.clocks import observe
from app.actions.console import Console
from app.actions.hold import Taken
from app.actions.journal import Entry, recording
from app.actions.kin import tell_parent
from app.actions.listening import listen
from app.actions.movement import Before, JobEffect, Move
from app.actions.projection import project
from app.actions.work import plan_jobs, run_jobs
from app.catalogue.published import DossierType
from app.catalogue.values import calendar_functions, facts_as_values
from app.domain.actor import SYSTEM, Actor
from app.domain.civil import civil_day
from app.domain.working_days import FRANCE, WorkingCalendar
from app.engine.run import Context, Run, Snapshot
from app.engine.values import Value
from app.models.dossier import Dossier
from app.models.process import DossierProcess, ProcessStatus


def context_for(
    type_: DossierType,
    facts: Mapping[str, Value],
    now: datetime,
    calendar: WorkingCalendar = FRANCE,
) -> Context:
    """What expressions and decisions of a diagram may see at that instant, on that calendar."""
    return Context(
        now=now,
        facts=facts,
        functions=calendar_functions(civil_day(now), calendar),
        decide=type_.rules.decide,
    )


def begin(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    *,
    now: datetime,
    even_suspended: bool = False,
) -> Move:
    """Hold a filed dossier and wake its engine. Refuses NotFound, DossierSuspended."""
    taken = holds.take_whole(session, dossier_id)
    if not even_suspended:
        taken.hold.refuse_suspended()
    return wake(session, console, actor, taken, now=now)


def look(session: Session, console: Console, dossier_id: UUID, *, now: datetime) -> Move:
    """A filed dossier and its engine, only read: never `finish` it. Refuses as `begin`."""
    hold = holds.see(session, dossier_id)
    dossier = session.get_one(Dossier, dossier_id, populate_existing=True)
    return wake(session, console, SYSTEM, Taken(hold, [], dossier), now=now)


def wake(
    session: Session, console: Console, actor: Actor, taken: Taken, *, now: datetime
) -> Move:
    """Wake the engine of a dossier that is held."""
    hold, tasks, dossier = taken.hold, taken.tasks, taken.dossier
    type_ = console.types.get(session, hold.definition_id)
    facts = facts_as_values(type_.pack.known_facts, dossier.facts)
    run = Run.resume(
        type_.definition, hold.state, context_for(type_, facts, now, console.calendar)
    )
    before = Before(run.jobs(), run.awaited(), dossier.status)
    return Move(session, console, actor, now, dossier, type_, hold, run, tasks, before)


def begin_new(
    session: Session,
    console: Console,
    actor: Actor,
    dossier: Dossier,
    *,
    now: datetime,
) -> Move:
    """Start the process of a dossier that is being filed, and hold it."""
    type_ = console.types.get(session, dossier.definition_id)
    facts = facts_as_values(type_.pack.known_facts, dossier.facts)
    session.add(
        DossierProcess(
            dossier_id=dossier.id,
            definition_id=type_.definition_id,
            version=0,
            status=ProcessStatus.RUNNING,
            state=b"",
            marking="",
            due_at=None,
            next_seq=1,
            last_hash="0" * 64,
            updated_at=now,
        )
    )
    session.flush()
    hold = holds.take(session, dossier.id)
    run = Run.start(type_.definition, {}, context_for(type_, facts, now, console.calendar))
    return Move(session, console, actor, now, dossier, type_, hold, run, [])


def finish(
    move: Move, entry: Entry, job_effects: Mapping[str, JobEffect]
) -> tuple[int, Snapshot]:
    """Run the jobs that can be, project what is open, write the journal, let the dossier go.

    Answers the sequence number of the journal entry and the new state.
    """
    snapshot = run_jobs(move, job_effects)
    opened = project(move, snapshot)
    plan_jobs(move, snapshot)
    listen(move, snapshot)
    tell_parent(move, snapshot)
    passed = [one.node for one in snapshot.trace]
    observe(move, entry, passed, [str(step) for step, *_ in opened])
    body = {
        **entry.body,
        **move.notes,
        "passed": passed,
        "flows": [flow for one in snapshot.trace for flow in one.flow_ids],
        "opened": opened,
        "status": move.dossier.status.value,
    }
    written = Entry(entry.kind, entry.step, entry.task_id, body, entry.personal)
    move.flush()
    seq = move.hold.next_seq
    move.later(*recording(move.hold, move.actor, written, now=move.now))
    move.send(holds.letting_go(move.hold, now=move.now, snapshot=snapshot))
    move.hold.version += 1
    return seq, snapshot
