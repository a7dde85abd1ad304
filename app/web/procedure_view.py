"""How is the procedure of one dossier shown? The way it took, who has what since when, and what comes.

The drawing and its twin in words say the same facts: each is made of the same notes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy.orm import Session

from app.actions.tasks import may_work
from app.catalogue.published import DossierType
from app.domain.civil import civil_day
from app.domain.events import EventKind
from app.domain.permissions import Permission, Role
from app.domain.status import TaskStatus
from app.engine.context import Context
from app.engine.diagram import Drawing, NodeState, OutlineItem, render_diagram
from app.engine.errors import EngineFault
from app.engine.places import ArmedTimer, timers
from app.engine.run import Run
from app.models.dossier import Dossier
from app.models.process import DossierProcess, ProcessStatus
from app.models.task import Task
from app.queries import dossiers as queries
from app.queries.past_versions import Past
from app.queries.procedure import Path, Round
from app.queries.repairs import dates_by_hand
from app.web.access import actor
from app.web.database import now
from app.web.installation import console
from app.web.labels import label_of
from app.web.present import long_date
from app.web.repair_words import repair_sentence
from app.web.step_forms import type_of
from app.web.timer_words import effect_sentence, timer_sentence, why_of
from app.web.way_taken import Way, told, way_of
from app.web.words import _, ngettext


@dataclass(frozen=True)
class Diagram:
    """The drawing of the procedure and its twin in words."""

    svg: Drawing
    outline: Sequence[OutlineItem]


@dataclass(frozen=True)
class Procedure:
    """Where one dossier is in its procedure."""

    diagram: Diagram
    timers: Sequence[ArmedTimer]
    #: (Timer, what will come in a sentence, why that day).
    dates: Sequence[tuple[ArmedTimer, str, str]]
    type: DossierType
    #: (What a repair did, who did it and when), the first one first.
    repairs: Sequence[tuple[str, str]]


def procedure_of(session: Session, dossier: Dossier, *, is_whole: bool) -> Procedure:
    """The diagram with the live position, whole or around it; each step is a link."""
    type_ = type_of(dossier)
    process = queries.process_of(session, dossier.id)
    way = way_of(session, dossier)
    rounds = way.rounds
    armed = armed_timers(type_, process) if process is not None else []
    waiting = process.marking.split() if process is not None else []
    states = _states(way.path, rounds, waiting)
    is_stopped = process is not None and process.status is ProcessStatus.INCIDENT
    notes = _notes(type_, way, waiting, armed, is_stopped=is_stopped)
    links = _links(session, dossier, way.past)
    here = [one.step for one in rounds if one.status is TaskStatus.OPEN] or waiting
    drawing = render_diagram(
        type_.pack.shown_diagram,
        states=states,
        links=links,
        labels=notes,
        badges=_badges(rounds),
        taken=way.flows,
        around=() if is_whole else here,
        say=_,
    )
    steps = told(session, way, type_, states=states, links=links, notes=notes)
    chosen = dates_by_hand(session, [dossier.id])
    dates = [
        (
            timer,
            timer_sentence(timer, type_),
            why_of(timer, type_, chosen.get((dossier.id, timer.token, timer.part))),
        )
        for timer in sorted(armed, key=_due_at)
    ]
    return Procedure(Diagram(drawing, steps), armed, dates, type_, _repairs(session, dossier))


def _repairs(session: Session, dossier: Dossier) -> list[tuple[str, str]]:
    """What repairs did: the steps they skipped or moved have no other trace here."""
    return [
        (
            repair_sentence(entry.body),
            _("%(who)s, le %(day)s", who=name or _("Liasse"), day=_day(entry.at)),
        )
        for entry, name in reversed(queries.timeline_of(session, dossier.id))
        if entry.kind == EventKind.REPAIRED
    ]


def _due_at(timer: ArmedTimer) -> datetime:
    return timer.due_at


def armed_timers(type_: DossierType, process: DossierProcess) -> list[ArmedTimer]:
    """The dates a dossier waits for; none when its state cannot be read."""
    try:
        run = Run.resume(type_.definition, process.state, Context(now=now()))
    except EngineFault:
        return []
    return run.peek(timers)


def _states(
    path: Path, rounds: Sequence[Round], waiting: Sequence[str]
) -> dict[str, NodeState]:
    today = civil_day(now())
    states = dict.fromkeys(path.nodes, NodeState.DONE)
    states |= dict.fromkeys(waiting, NodeState.WAITING)
    for one in rounds:
        if one.status is not TaskStatus.OPEN:
            continue
        is_late = one.due_on is not None and one.due_on < today
        if states.get(one.step) is not NodeState.LATE:
            states[one.step] = NodeState.LATE if is_late else NodeState.CURRENT
    return states


def _badges(rounds: Sequence[Round]) -> dict[str, str]:
    """How many times a step was done, when it was more than once."""
    times: dict[str, set[datetime]] = {}
    for one in rounds:
        if one.status is not TaskStatus.CANCELLED:
            times.setdefault(one.step, set()).add(one.opened_at)
    return {step: f"{len(opened)} ×" for step, opened in times.items() if len(opened) > 1}


# ---------------------------------------------------------------- notes


def _notes(
    type_: DossierType,
    way: Way,
    waiting: Sequence[str],
    armed: Sequence[ArmedTimer],
    *,
    is_stopped: bool,
) -> dict[str, str]:
    """What is said of each node, besides its name and its state."""
    notes = {node: _("le %(day)s", day=_day(at)) for node, at in way.path.at.items()}
    arrived = {
        flow.target: way.flows[flow.id]
        for flow in type_.definition.flows
        if flow.id in way.flows and flow.target in waiting
    }
    notes |= {node: _("depuis le %(day)s", day=_day(at)) for node, at in arrived.items()}
    by_step: dict[str, list[Round]] = {}
    for one in way.rounds:
        if one.status is not TaskStatus.CANCELLED:
            by_step.setdefault(one.step, []).append(one)
    notes |= {step: _of_step(found) for step, found in by_step.items()}
    if is_stopped:
        current = {step for step, found in by_step.items() if _is_open(found)} | set(waiting)
        notes |= dict.fromkeys(current, _("arrêtée par un incident"))
    for timer in armed:
        said = _(
            "le %(day)s, %(what)s", day=_day(timer.due_at), what=effect_sentence(timer, type_)
        )
        notes[timer.node] = said
    return notes


def _is_open(rounds: Sequence[Round]) -> bool:
    return any(one.status is TaskStatus.OPEN for one in rounds)


def _of_step(rounds: Sequence[Round]) -> str:
    running = [one for one in rounds if one.status is TaskStatus.OPEN]
    done = [one for one in rounds if one.status is TaskStatus.DONE]
    parts = [_running(one) for one in running]
    if done and not running:
        parts += [_done(one) for one in done if one.opened_at == done[-1].opened_at]
    times = len({one.opened_at for one in rounds})
    if times > 1:
        total = sum(_worked(one) for one in rounds)
        parts.append(
            _(
                "%(times)s fois, %(days)s en tout",
                times=times,
                days=_worked_days(total),
            )
        )
    return _("\N{NO-BREAK SPACE}; ").join(parts)


def _running(one: Round) -> str:
    if one.role is Role.APPLICANT:
        who = _("le demandeur")
    else:
        who = one.who or _("à prendre (%(role)s)", role=label_of(one.role))
    since = _(
        "%(who)s, depuis le %(day)s (%(days)s)",
        who=who,
        day=_day(one.opened_at),
        days=_worked_days(_worked(one)),
    )
    if one.due_on is None:
        return since
    late = (civil_day(now()) - one.due_on).days
    if late > 0:
        said = ngettext("en retard d’un jour", "en retard de %(num)s jours", late)
    else:
        said = _("échéance le %(day)s", day=long_date(one.due_on))
    return f"{since}, {said}"


def _done(one: Round) -> str:
    return _(
        "%(who)s, le %(day)s (%(days)s)",
        who=one.who or _("Liasse"),
        day=_day(one.ended_at or one.opened_at),
        days=_worked_days(_worked(one)),
    )


def _worked(one: Round) -> int:
    """The working days a step was open, the day it opened not counted."""
    return console().calendar.between(
        civil_day(one.opened_at), civil_day(one.ended_at or now())
    )


def _worked_days(days: int) -> str:
    if days == 0:
        return _("dans la journée")
    return ngettext("%(num)s jour ouvré", "%(num)s jours ouvrés", days)


def _day(moment: datetime | date) -> str:
    return long_date(civil_day(moment) if isinstance(moment, datetime) else moment)


# ---------------------------------------------------------------- links


def _links(session: Session, dossier: Dossier, past: Past) -> dict[str, str]:
    """The steps this person may open, and those that are behind, by their present name."""
    who = actor()
    reads_all = who.may(Permission.READ_ALL_DOSSIERS)
    return {
        past.task_now(task.step, task.done_at): _link(task, dossier)
        for task in queries.tasks_of(session, dossier.id)
        if reads_all or task.status is not TaskStatus.OPEN or may_work(who, task, dossier)
    }


def _link(task: Task, dossier: Dossier) -> str:
    if task.status is TaskStatus.OPEN:
        return url_for("tasks.show", task_id=task.id)
    return url_for("dossiers.request_tab", reference=dossier.reference) + f"#{task.step}"
