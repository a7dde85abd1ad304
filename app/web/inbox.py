"""What must I do today? The inbox « À traiter », its views, and taking or giving back tasks."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import tasks as actions
from app.catalogue.published import DossierType
from app.catalogue.renamed import every_name, present_names
from app.domain.actor import Actor
from app.domain.civil import civil_day
from app.domain.errors import Refusal
from app.domain.folding import fold
from app.domain.permissions import Permission, Role
from app.queries import tasks as queries
from app.queries.ages import ages_of
from app.queries.tasks import Filters, Sort, View
from app.web.access import actor, requires
from app.web.database import now, reading, write
from app.web.installation import console
from app.web.words import sentence_of
from notifications.failing import cases

pages = Blueprint("inbox", __name__)


@pages.get("/a-traiter")
@requires(Permission.WORK_TASKS)
def show() -> str:
    """The open tasks of one view, what breaches first on top."""
    view, sort = _view(), _sort()
    wanted = {
        name: request.args.get(name, "").strip()[:80] for name in ("etape", "dispositif", "q")
    }
    types = console().types.open_types(reading())
    renamed = present_names(reading(), console().types) if wanted["etape"] else {}
    filters = Filters(
        step=wanted["etape"],
        step_names=every_name(renamed, wanted["etape"]),
        scheme=wanted["dispositif"],
        words=fold(wanted["q"]),
    )
    names = {one.code: one.title.fr for type_ in types for one in type_.pack.schemes}
    page = queries.inbox(
        reading(),
        actor(),
        view=view,
        today=civil_day(now()),
        filters=filters,
        sort=sort,
        page=_page_number(),
    )
    return render_template(
        "inbox/show.html",
        page=page,
        ages=ages_of(
            reading(),
            {task.dossier_id for task in page.tasks},
            today=civil_day(now()),
            person_id=actor().person_id,
        ),
        steps=_steps(page.steps, types),
        view=view,
        views=View,
        failing=cases(reading(), actor()),
        wanted={**wanted, "tri": sort.value},
        schemes=[(code, names.get(code, code)) for code in page.schemes],
        page_url=lambda number: url_for("inbox.show", **{**request.args, "page": number}),
    )


def _steps(
    found: Sequence[tuple[str, str]], types: Sequence[DossierType]
) -> list[tuple[str, str]]:
    """The steps to choose from, each once and under its last name, whatever version has it."""
    known = {node for type_ in types for node in type_.definition.nodes}
    if all(step in known for step, _name in found):
        return list(found)
    renamed = present_names(reading(), console().types)
    now = {old: new for steps in renamed.values() for old, new in steps.items()}
    named = {step: name for step, name in found if step not in now}
    titles = {node: str(t.pack.step(node).title) for t in types for node in t.definition.nodes}
    for step, name in found:
        named.setdefault(now.get(step, step), titles.get(now.get(step, step)) or name)
    return sorted(named.items(), key=lambda one: fold(one[1]))


@pages.post("/a-traiter/suivante")
@requires(Permission.WORK_TASKS)
def next_one() -> Response:
    """Take the most urgent free task and open it."""
    today = civil_day(now())
    found = queries.next_task(reading(), actor(), view=View.FREE, today=today)
    if found is None:
        flash(_("Aucune tâche libre : tout est pris en charge."), "info")
        return redirect(url_for("inbox.show"), 303)
    who, task_id = actor(), found.id
    write(lambda session, at: actions.claim(session, who, task_id, now=at))
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@pages.post("/a-traiter/prendre")
@requires(Permission.WORK_TASKS)
def claim_many() -> Response:
    """Take several tasks; those that could not be taken are named."""
    who, failures, taken = actor(), [], 0
    for task_id in _picked():
        try:
            write(partial(_claim, who, task_id))
            taken += 1
        except Refusal as refusal:
            failures.append(sentence_of(refusal))
    if taken:
        flash(
            ngettext("Une tâche prise en charge.", "%(num)s tâches prises en charge.", taken),
            "ok",
        )
    for message in dict.fromkeys(failures):
        flash(message, "danger")
    return redirect(_back(), 303)


@pages.post("/taches/<uuid:task_id>/prendre")
@requires(Permission.WORK_TASKS)
def claim(task_id: UUID) -> Response:
    """Take one task, and open it."""
    who = actor()
    write(lambda session, at: actions.claim(session, who, task_id, now=at))
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@pages.post("/taches/<uuid:task_id>/rendre")
@requires(Permission.WORK_TASKS, Permission.ASSIGN_TASKS)
def release(task_id: UUID) -> Response:
    """Give one task back to its group."""
    who = actor()
    write(lambda session, at: actions.release(session, who, task_id, now=at))
    flash(_("La tâche est de nouveau libre."), "ok")
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@pages.post("/taches/<uuid:task_id>/attribuer")
@requires(Permission.ASSIGN_TASKS)
def assign(task_id: UUID) -> Response:
    """Give one task to somebody of its role."""
    who, chosen = actor(), request.form.get("person", type=UUID)
    if chosen is None:
        flash(_("Choisissez une personne."), "danger")
        return redirect(url_for("tasks.show", task_id=task_id), 303)
    write(lambda session, at: actions.assign(session, who, task_id, chosen, now=at))
    flash(_("La tâche est attribuée."), "ok")
    return redirect(url_for("tasks.show", task_id=task_id), 303)


def _claim(who: Actor, task_id: UUID, session: Session, at: datetime) -> None:
    actions.claim(session, who, task_id, now=at)


def may_assign(role: Role) -> bool:
    """May the person give tasks of this role to somebody?"""
    return role is not Role.APPLICANT and actor().may(Permission.ASSIGN_TASKS)


def _view() -> View:
    given = request.args.get("vue", View.ALL.value)
    return View(given) if given in set(View) else View.ALL


def _sort() -> Sort:
    given = request.args.get("tri", Sort.DUE.value)
    return Sort(given) if given in set(Sort) else Sort.DUE


def _page_number() -> int:
    return request.args.get("page", 1, type=int)


def _picked() -> list[UUID]:
    return request.form.getlist("pick", type=UUID)[:100]


def _back() -> str:
    view = request.form.get("vue", "")
    return url_for("inbox.show", vue=view if view in set(View) else None)
