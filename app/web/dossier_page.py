"""What does every page of a dossier show around its own subject? Its header, its delays, what to do next."""

from collections.abc import Sequence

from flask import render_template

from app.actions.tasks import may_work
from app.domain.civil import civil_day
from app.domain.permissions import Permission
from app.models.dossier import Dossier
from app.models.task import Task
from app.queries import dossiers as queries
from app.queries import tasks as task_queries
from app.queries.ages import ages_of
from app.queries.dossiers import Listing
from app.queries.kin import kin_of
from app.web.access import actor
from app.web.asking import offered
from app.web.clock_view import pressing
from app.web.database import now, reading
from app.web.dossier_view import phases_of
from app.web.step_forms import type_of
from notifications.failing import cases


def dossier_page(template: str, dossier: Dossier, **values: object) -> str:
    """One page of a dossier, in the frame they all share."""
    session, who, today = reading(), actor(), civil_day(now())
    tasks = task_queries.open_tasks_of(session, dossier.id)
    pack = type_of(dossier).pack
    ages = ages_of(session, [dossier.id], today=today, person_id=who.person_id)
    return render_template(
        template,
        dossier=dossier,
        pack=pack,
        phases=phases_of(dossier, pack),
        open_tasks=tasks,
        my_task=_mine(tasks, dossier),
        reads_all=who.may(Permission.READ_ALL_DOSSIERS),
        who=who,
        incident=queries.open_incident(session, dossier.id),
        failing=cases(session, who, dossier_id=dossier.id),
        around=queries.neighbours(session, who, dossier, Listing(), today=today),
        pressing=pressing(session, dossier, pack, today),
        ages=ages[dossier.id],
        asks=offered(dossier),
        kin=kin_of(session, dossier.id),
        administers=who.may(Permission.ADMINISTER),
        **values,
    )


def _mine(tasks: Sequence[Task], dossier: Dossier) -> Task | None:
    who = actor()
    mine = [one for one in tasks if may_work(who, one, dossier)]
    return next(
        (one for one in mine if one.assignee_id == who.person_id), mine[0] if mine else None
    )
