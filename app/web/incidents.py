"""What is broken, why, and what may be done about it? The incidents, one cause at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import by_hand, jobs
from app.actions import incident_desk as desk
from app.actions.move import look
from app.catalogue.published import DossierType
from app.domain.actor import Actor
from app.domain.errors import DossierSuspended, NotFound, Refusal
from app.domain.permissions import Permission
from app.domain.status import JobStatus
from app.engine.errors import EngineFault
from app.engine.run import OpenJob
from app.engine.values import Value
from app.queries import incidents as queries
from app.queries.incidents import Group, Line
from app.web.access import actor, requires
from app.web.database import now, reading, write
from app.web.incident_cause import cause_of
from app.web.incident_words import doing, kind_in_words, stops
from app.web.installation import console
from app.web.moving import moving
from app.web.procedure_view import Diagram, procedure_of
from app.web.words import _, ngettext

pages = Blueprint("incidents", __name__)
#: How many incidents one click tries again; the next click takes the following ones.
MOST = 500


@pages.get("/administration/incidents")
@requires(Permission.ADMINISTER)
def show() -> str:
    """The open incidents, those of one cause together."""
    session = reading()
    kind, type_key = request.args.get("sorte", ""), request.args.get("type", "")
    found = queries.groups(session, kind=kind, type_key=type_key)
    return render_template(
        "admin/incidents.html",
        groups=[
            (one, queries.lines(session, one, type_key=type_key, size=queries.SHOWN))
            for one in found
        ],
        total=sum(one.number for one in found),
        kinds=[(key, kind_in_words(key)) for key, _number in queries.kinds(session)],
        types=[(one.pack.key, str(one.pack.title)) for one in _types(session)],
        kind=kind,
        type_key=type_key,
        kind_in_words=kind_in_words,
        doing=lambda line: doing(session, line),
        cause_of=lambda line: cause_of(session, line.dossier, line.incident.cause),
        stops=stops,
        shown=queries.SHOWN,
    )


@pages.get("/administration/incidents/causes/<mark>")
@requires(Permission.ADMINISTER)
def cause(mark: str) -> str:
    """Every incident of one cause."""
    session = reading()
    group = _group(session, mark)
    page = request.args.get("page", 1, type=int)
    lines = queries.lines(session, group, page=page)
    return render_template(
        "admin/incident_cause.html",
        group=group,
        cause=cause_of(session, lines[0].dossier if lines else None, group.cause),
        lines=lines,
        page=page,
        pages=-(-group.number // queries.PAGE),
        page_url=lambda number: url_for("incidents.cause", mark=mark, page=number),
        kind_in_words=kind_in_words,
        doing=lambda line: doing(session, line),
    )


@pages.get("/administration/incidents/<uuid:incident_id>")
@requires(Permission.ADMINISTER)
def detail(incident_id: UUID) -> str:
    """One incident: what happened, what the dossier was doing, what may be done."""
    session = reading()
    line = queries.line(session, incident_id)
    job = _open_job(session, line)
    return render_template(
        "admin/incident.html",
        line=line,
        incident=line.incident,
        cause=cause_of(session, line.dossier, line.incident.cause),
        kind_in_words=kind_in_words,
        stops=stops(line.incident),
        step=doing(session, line),
        written=sorted(by_hand.written_by(job)) if job else [],
        may_pass=job is not None and not by_hand.touches_money(job),
        money=job is not None and by_hand.touches_money(job),
        diagram=_diagram(session, line),
        repairs=actor().may(Permission.REPAIR_DOSSIERS),
        mine=line.incident.owner_id == actor().person_id,
        mark=queries.mark_of(line.incident.kind, line.incident.cause),
    )


@pages.post("/administration/incidents/<uuid:incident_id>/reessayer")
@requires(Permission.ADMINISTER)
def retry(incident_id: UUID) -> Response:
    """Try one again."""
    _retry([incident_id])
    return redirect(url_for("incidents.show"), 303)


@pages.post("/administration/incidents/reessayer")
@requires(Permission.ADMINISTER)
def retry_many() -> Response:
    """Try again those that were ticked, or all of one cause."""
    mark = request.form.get("cause", "")
    if mark:
        chosen = queries.ids_of(reading(), _group(reading(), mark), limit=MOST)
    else:
        chosen = [one for one in map(_uuid, request.form.getlist("pick")) if one is not None]
    if not chosen:
        flash(_("Cochez au moins un incident."), "warn")
    else:
        _retry(chosen[:MOST])
    return redirect(url_for("incidents.show"), 303)


@pages.post("/administration/incidents/<uuid:incident_id>/charge")
@requires(Permission.ADMINISTER)
def own(incident_id: UUID) -> Response:
    """Take care of it, or leave it to the others."""
    who, leaves = actor(), request.form.get("laisser") == "1"
    act = desk.leave if leaves else desk.take
    write(lambda session, _at: act(session, who, incident_id))
    return redirect(url_for("incidents.detail", incident_id=incident_id), 303)


@pages.post("/administration/incidents/<uuid:incident_id>/passer")
@requires(Permission.ADMINISTER)
def pass_by_hand(incident_id: UUID) -> Response:
    """Say what the automatic step would have given, and why."""
    line = queries.line(reading(), incident_id)
    if line.job is None or line.dossier is None:
        raise NotFound
    who, job_id = actor(), line.job.id
    reason = request.form.get("reason", "")
    given: dict[str, Value] = {
        name.removeprefix("v-"): text.strip()
        for name, text in request.form.items()
        if name.startswith("v-") and text.strip()
    }
    moving(
        line.dossier.id,
        lambda session, at: by_hand.pass_by_hand(
            session, console(), who, job_id, reason=reason, variables=given, now=at
        ),
    )
    flash(_("L’étape automatique est passée : le dossier continue."), "ok")
    return redirect(url_for("dossiers.show", reference=line.dossier.reference), 303)


def _retry(incident_ids: Sequence[UUID]) -> None:
    """Each in a transaction of its own: one that cannot be does not stop the others."""
    who, done, kept = actor(), 0, 0
    for incident_id in incident_ids:
        try:
            done += write(partial(_retry_one, who, incident_id))
        except Refusal:
            kept += 1
    flash(
        ngettext(
            "%(num)s incident sera réessayé dans quelques secondes ; s’il échoue encore, il revient ici.",
            "%(num)s incidents seront réessayés dans quelques secondes ; ceux qui échouent encore reviennent ici.",
            done,
        ),
        "ok",
    )
    if kept:
        flash(
            ngettext(
                "%(num)s incident n’a pas pu l’être.",
                "%(num)s incidents n’ont pas pu l’être.",
                kept,
            ),
            "warn",
        )


def _retry_one(who: Actor, incident_id: UUID, session: Session, at: datetime) -> int:
    return int(desk.retry(session, who, incident_id, now=at))


def _group(session: Session, mark: str) -> Group:
    for one in queries.groups(session):
        if one.mark == mark:
            return one
    raise NotFound


def _types(session: Session) -> Iterable[DossierType]:
    return console().types.open_types(session)


def _open_job(session: Session, line: Line) -> OpenJob | None:
    """The job as the diagram sees it, while it still waits."""
    if line.job is None or line.job.token is None or line.job.status is not JobStatus.WAITING:
        return None
    try:
        move = look(session, console(), line.job.dossier_id, now=now())
        return jobs.open_job(move, line.job.token)
    except (DossierSuspended, jobs.JobOver, EngineFault):
        return None


def _diagram(session: Session, line: Line) -> Diagram | None:
    return procedure_of(session, line.dossier, is_whole=False).diagram if line.dossier else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
