"""How does an applicant do what is awaited: send pieces, declare the start, claim a payment?"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.actions import completion
from app.actions import tasks as actions
from app.actions.completion import Completed, Sent
from app.actions.pieces import is_claim_step
from app.catalogue.forms import StepForm
from app.domain.errors import AdvanceNotDue, MissingPieces, NotAllowed, TaskCancelled
from app.domain.permissions import Permission
from app.domain.status import TaskStatus
from app.models.dossier import Dossier
from app.models.task import Task
from app.queries import portal as queries
from app.queries.documents import Piece, requested_pieces, step_pieces
from app.web.access import actor, me, requires
from app.web.database import reading, write
from app.web.installation import console
from app.web.moving import moving
from app.web.portal.blueprint import may_write, mine, pages
from app.web.portal.typing import facts_of, typed_answers, typed_form
from app.web.present import clock_time
from app.web.step_forms import at_rows, draft_of, posted_form, type_of
from app.web.submission import submission_key
from app.web.words import sentence_of


@pages.get("/portail/demandes/<uuid:dossier_id>/etapes/<uuid:task_id>")
@requires(Permission.FILE_REQUEST)
def step(dossier_id: UUID, task_id: UUID) -> str | Response:
    """What is awaited: its questions and its pieces."""
    dossier = mine(dossier_id)
    task = queries.applicant_task(reading(), dossier_id, task_id)
    if task.status is not TaskStatus.OPEN:
        return redirect(url_for("portal.show", dossier_id=dossier_id))
    draft = draft_of(reading(), dossier_id, task.step, me().id)
    form = typed_form(dossier, task.step, draft.data if draft else {})
    return _page(dossier, task, form, saved=draft.saved_at if draft else None)


@pages.post("/portail/demandes/<uuid:dossier_id>/etapes/<uuid:task_id>")
@requires(Permission.FILE_REQUEST)
def send(dossier_id: UUID, task_id: UUID) -> Response | tuple[str, int]:
    """Send it, or show what is still missing; what was typed is kept either way."""
    dossier = mine(dossier_id)
    task = _open_task(dossier, task_id)
    form = posted_form(dossier, task.step)
    if not _is_repeat(task):
        _keep(task, form)
    then = request.form.get("then")
    place = url_for("portal.step", dossier_id=dossier_id, task_id=task_id)
    if form.edited or then == "stay":
        return at_rows(place, form)
    if then == "save":
        return redirect(f"{place}#pieces", 303)
    if not form.validate():
        return _page(dossier, task, form), 422
    try:
        _complete(task, form)
    except (MissingPieces, AdvanceNotDue) as missing:
        return _page(dossier, task, form, missing=sentence_of(missing)), 422
    flash(_("C’est envoyé. Nous vous tenons informé ici et par courriel."), "ok")
    return redirect(url_for("portal.show", dossier_id=dossier_id), 303)


@pages.post("/portail/demandes/<uuid:dossier_id>/etapes/<uuid:task_id>/brouillon")
@requires(Permission.FILE_REQUEST)
def save_step(dossier_id: UUID, task_id: UUID) -> Response:
    """Keep what is being typed, in the background."""
    dossier = mine(dossier_id)
    task = _open_task(dossier, task_id)
    return jsonify(saved_at=clock_time(_keep(task, posted_form(dossier, task.step))))


def _open_task(dossier: Dossier, task_id: UUID) -> Task:
    """The task, when it is still to be done or was done by this very form."""
    task = queries.applicant_task(reading(), dossier.id, task_id)
    if not may_write(dossier):
        raise NotAllowed
    if task.status is TaskStatus.CANCELLED:
        raise TaskCancelled
    return task


def _is_repeat(task: Task) -> bool:
    return task.status is TaskStatus.DONE


def _complete(task: Task, form: StepForm) -> Completed:
    submission, who, task_id = form.submission(), actor(), task.id
    key = request.form.get("submission_key", "")
    sent = Sent(key, version=task.dossier.definition_id)
    return moving(
        task.dossier_id,
        lambda session, at: completion.complete(
            session, console(), who, task_id, submission, sent=sent, now=at
        ),
    )


def _keep(task: Task, form: StepForm) -> datetime:
    who, typed, task_id = actor(), typed_answers(form), task.id
    return write(lambda session, at: actions.save_draft(session, who, task_id, typed, now=at))


def _page(
    dossier: Dossier,
    task: Task,
    form: StepForm,
    *,
    saved: datetime | None = None,
    missing: str = "",
) -> str:
    session = reading()
    pack = type_of(dossier).pack
    return render_template(
        "portal/step.html",
        dossier=dossier,
        task=task,
        step=pack.step(task.step),
        form=form,
        saved=saved,
        missing=missing,
        asked=requested_pieces(session, pack, dossier, since=task.created_at),
        pieces=_pieces(dossier, task, facts_of(form)),
        has_pieces=any(kind.step == task.step for kind in pack.documents),
        failed=request.args.get("piece", ""),
        key=request.form.get("submission_key") or submission_key(),
        may_write=may_write(dossier),
    )


def _pieces(dossier: Dossier, task: Task, facts: Mapping[str, object]) -> list[Piece]:
    pack = type_of(dossier).pack
    return step_pieces(
        reading(),
        pack,
        dossier,
        task.step,
        is_claim=is_claim_step(pack, task.step),
        facts={**dossier.facts, **facts},
    )
