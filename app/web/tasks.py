"""How is one task done? Its form beside what must be known of the dossier."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.actions import completion
from app.actions import tasks as actions
from app.actions.completion import Sent
from app.actions.effects.money import NothingVoted
from app.catalogue.forms import StepForm
from app.domain.civil import civil_day
from app.domain.errors import EnvelopeExhausted, PiecesNotAccepted
from app.domain.permissions import Permission
from app.domain.status import TaskStatus
from app.models.task import Task
from app.queries import dossiers as dossier_queries
from app.queries import tasks as queries
from app.queries.ages import ages_of
from app.queries.tasks import View
from app.web.access import actor, me, requires
from app.web.database import now, reading, write
from app.web.inbox import may_assign
from app.web.installation import console
from app.web.moving import moving
from app.web.present import clock_time
from app.web.step_forms import (
    at_rows,
    draft_of,
    posted_form,
    shown_form,
    type_of,
    typed_fields,
)
from app.web.task_context import (
    checks_pieces,
    known_answers,
    money_left,
    request_and_earlier,
    task_pieces,
)
from app.web.words import sentence_of
from notifications.upcoming import upcoming
from notifications.why import rung_words

pages = Blueprint("tasks", __name__)


@pages.get("/taches/<uuid:task_id>")
@requires(Permission.WORK_TASKS, Permission.READ_ALL_DOSSIERS)
def show(task_id: UUID) -> str:
    """One task: its form when it is mine to do, what became of it otherwise."""
    task = queries.task(reading(), actor(), task_id)
    draft = draft_of(reading(), task.dossier_id, task.step, me().id)
    form = shown_form(task.dossier, task.step, draft, known=known_answers(task))
    return _page(task, form, saved=draft and draft.saved_at)


@pages.post("/taches/<uuid:task_id>")
@requires(Permission.WORK_TASKS)
def complete(task_id: UUID) -> Response | tuple[str, int]:
    """Complete a task, or show its form again with what is wrong."""
    task = queries.task(reading(), actor(), task_id)
    form = posted_form(task.dossier, task.step)
    if form.edited or request.form.get("then") == "stay":
        _keep(task_id, form)
        return at_rows(url_for("tasks.show", task_id=task_id), form)
    if not form.validate():
        actions.check_open(reading(), task)
        return _page(task, form), 422
    submission, who = form.submission(), actor()
    sent = Sent(
        request.form.get("submission_key", ""),
        request.form.get("seen", type=int),
        task.dossier.definition_id,
    )
    title = task.name
    try:
        moving(
            task.dossier_id,
            lambda session, at: completion.complete(
                session, console(), who, task_id, submission, sent=sent, now=at
            ),
        )
    except (PiecesNotAccepted, EnvelopeExhausted, NothingVoted) as refusal:
        next(form.questions()).errors = [sentence_of(refusal)]
        return _page(task, form), 422
    flash(_("C’est enregistré : « %(task)s ».", task=title), "ok")
    return _onwards(task)


@pages.post("/taches/<uuid:task_id>/brouillon")
@requires(Permission.WORK_TASKS)
def save(task_id: UUID) -> Response:
    """Keep what is being typed."""
    return jsonify(saved_at=clock_time(_keep(task_id)))


def _keep(task_id: UUID, form: StepForm | None = None) -> datetime:
    who, typed = actor(), typed_fields(form)
    return write(lambda session, at: actions.save_draft(session, who, task_id, typed, now=at))


def _onwards(task: Task) -> Response:
    """The next task of the same dossier when it is mine, else the next of my inbox."""
    session, who = reading(), actor()
    mine = [
        one
        for one in queries.open_tasks_of(session, task.dossier_id)
        if actions.may_work(who, one, task.dossier) and not actions.is_held_by_other(who, one)
    ]
    if mine:
        return redirect(url_for("tasks.show", task_id=mine[0].id), 303)
    if request.form.get("then") == "next":
        following = queries.next_task(session, who, view=View.ALL, today=civil_day(now()))
        if following is not None:
            return redirect(url_for("tasks.show", task_id=following.id), 303)
    if who.may(Permission.READ_ALL_DOSSIERS):
        return redirect(url_for("dossiers.show", reference=task.dossier.reference), 303)
    return redirect(url_for("inbox.show"), 303)


def _page(task: Task, form: StepForm, *, saved: object = None) -> str:
    session, who = reading(), actor()
    type_ = type_of(task.dossier)
    is_mine = (
        task.status is TaskStatus.OPEN
        and actions.may_work(who, task, task.dossier)
        and not actions.is_held_by_other(who, task)
    )
    request_section, earlier = request_and_earlier(task)
    return render_template(
        "tasks/show.html",
        task=task,
        dossier=task.dossier,
        step=type_.pack.step(task.step),
        pack=type_.pack,
        form=form,
        is_mine=is_mine,
        has_inbox=who.may(Permission.WORK_TASKS),
        reviews_pieces=who.may(Permission.REVIEW_DOCUMENTS) and checks_pieces(type_.pack, task),
        saved=saved,
        reminders=upcoming(session, console(), type_.pack, task, now=now()),
        rung_words=rung_words,
        pieces=task_pieces(task),
        request_section=request_section,
        earlier=earlier,
        balances=money_left(task),
        opinions=dossier_queries.opinions_of(session, task.dossier_id),
        claims=dossier_queries.claims_of(session, task.dossier_id),
        ages=ages_of(
            session, [task.dossier_id], today=civil_day(now()), person_id=who.person_id
        )[task.dossier_id],
        colleagues=queries.colleagues(session, task.role) if may_assign(task.role) else [],
    )
