"""How is a committee held? Sessions, their agenda, the votes line by line, the decisions at once."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _later
from werkzeug.wrappers import Response
from wtforms import Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from app.actions import committee as actions
from app.catalogue.days import parse_day
from app.domain.civil import civil_day
from app.domain.errors import Refusal
from app.domain.money import total
from app.domain.permissions import Permission
from app.domain.status import SessionStatus, Vote
from app.queries import committee as queries
from app.web.access import actor, requires
from app.web.ballots import read_ballots
from app.web.database import now, reading, write
from app.web.installation import console
from app.web.once import accept
from app.web.words import _, ngettext, sentence_of

pages = Blueprint("committee", __name__)
BODIES = (
    ("standing_committee", "Commission permanente"),
    ("assembly", "Assemblée départementale"),
    ("advisory_committee", "Commission thématique (avis)"),
)


class SessionForm(Form):  # type: ignore[misc]  # WTForms carries no types
    """When does which body sit?"""

    body = SelectField(_later("Assemblée"), choices=[SelectChoice(*body) for body in BODIES])
    held_on = StringField(
        _later("Date de la séance"),
        [InputRequired(_later("Indiquez la date de la séance."))],
        render_kw={"type": "date"},
    )
    agenda_closes_on = StringField(
        _later("Clôture de l’ordre du jour"),
        [InputRequired(_later("Indiquez jusqu’à quand un dossier peut être inscrit."))],
        description=_later("Dernier jour pour inscrire un dossier."),
        render_kw={"type": "date"},
    )
    place = StringField(
        _later("Lieu"), [Length(max=200, message=_later("200 caractères au plus."))]
    )

    def validate_held_on(self, field: StringField) -> None:
        """A readable day, today or later."""
        if read_day(field.data) < civil_day(now()):
            raise ValidationError(_("Cette date est passée."))

    def validate_agenda_closes_on(self, field: StringField) -> None:
        """Not after the session."""
        closes = read_day(field.data)
        try:
            held = read_day(self.held_on.data)
        except ValidationError:
            return
        if closes > held:
            raise ValidationError(_("L’ordre du jour doit être clos avant la séance."))


def read_day(text: str | None) -> date:
    """A civil day as typed; a sentence under the field otherwise."""
    try:
        return parse_day(text or "")
    except ValueError as error:
        raise ValidationError(str(error)) from error


@pages.get("/commissions")
@requires(Permission.READ_SESSIONS)
def listing() -> str:
    """Every session, and the dossiers that wait for one."""
    return _listing(SessionForm())


@pages.post("/commissions")
@requires(Permission.HOLD_SESSIONS)
def create() -> Response | tuple[str, int]:
    """Plan a session."""
    form = SessionForm(request.form)
    if not form.validate():
        return _listing(form), 422
    who = actor()
    held_on, closes_on = read_day(form.held_on.data), read_day(form.agenda_closes_on.data)
    try:
        answer = accept(
            lambda session, at: {
                "id": str(
                    actions.create_session(
                        session,
                        who,
                        body=form.body.data,
                        held_on=held_on,
                        agenda_closes_on=closes_on,
                        place=form.place.data or "",
                        now=at,
                    ).id
                )
            }
        )
    except Refusal as refusal:
        form.held_on.errors = [sentence_of(refusal)]
        return _listing(form), 422
    return redirect(url_for("committee.show", session_id=answer["id"]), 303)


@pages.get("/commissions/<uuid:session_id>")
@requires(Permission.READ_SESSIONS)
def show(session_id: UUID) -> str:
    """The agenda of a session, its votes, and the dossiers that may still join it."""
    return _sitting(session_id, {})


@pages.post("/commissions/<uuid:session_id>/supprimer")
@requires(Permission.HOLD_SESSIONS)
def drop(session_id: UUID) -> Response:
    """Give up a session nobody is on the agenda of."""
    who = actor()
    write(lambda session, _at: actions.drop_session(session, who, session_id))
    flash(_("La séance est supprimée."), "ok")
    return redirect(url_for("committee.listing"), 303)


@pages.post("/commissions/<uuid:session_id>/inscrire")
@requires(Permission.HOLD_SESSIONS)
def put_on_agenda(session_id: UUID) -> Response:
    """Put the dossiers ticked on the agenda."""
    who, picked = actor(), request.form.getlist("pick", type=UUID)
    if not picked:
        flash(_("Cochez au moins un dossier."), "danger")
        return _back(session_id)
    answer = accept(
        lambda session, at: {
            "added": actions.put_on_agenda(session, who, session_id, picked, now=at)
        }
    )
    added = int(answer["added"])
    flash(ngettext("Un dossier inscrit.", "%(num)s dossiers inscrits.", added), "ok")
    return _back(session_id)


@pages.post("/commissions/lignes/<uuid:item_id>/retirer")
@requires(Permission.HOLD_SESSIONS)
def take_off(item_id: UUID) -> Response:
    """Take one dossier off the agenda."""
    who = actor()
    session_id = queries.item(reading(), item_id).session_id
    write(lambda session, at: actions.take_off_agenda(session, who, item_id, now=at))
    flash(_("Le dossier est retiré de l’ordre du jour ; il attend une autre séance."), "ok")
    return _back(session_id)


@pages.post("/commissions/<uuid:session_id>/votes")
@requires(Permission.HOLD_SESSIONS)
def vote(session_id: UUID) -> Response | tuple[str, int]:
    """Write the votes down; « appliquer » also pushes every dossier with its decision."""
    ballots, errors = read_ballots(queries.agenda(reading(), session_id), request.form)
    if errors:
        return _sitting(session_id, errors), 422
    who, is_final = actor(), request.form.get("then") == "apply"
    try:
        answer = accept(
            lambda session, at: {
                "done": actions.record_and_apply(
                    session,
                    console(),
                    who,
                    session_id,
                    ballots=ballots,
                    is_final=is_final,
                    now=at,
                )
            }
        )
    except Refusal as refusal:
        return _sitting(session_id, {"": sentence_of(refusal)}), 422
    flash(_said(int(answer["done"]), is_final=is_final), "ok")
    return _back(session_id)


def _said(done: int, *, is_final: bool) -> str:
    if is_final:
        return ngettext(
            "La décision est appliquée.", "Les %(num)s décisions sont appliquées.", done
        )
    return _("Les votes sont notés. Ils seront appliqués tous ensemble.")


def _back(session_id: UUID) -> Response:
    return redirect(url_for("committee.show", session_id=session_id), 303)


def _listing(form: SessionForm) -> str:
    session = reading()
    return render_template(
        "committee/list.html",
        sessions=queries.sessions(session),
        ready=queries.ready(session),
        form=form,
        bodies=dict(BODIES),
        may_hold=actor().may(Permission.HOLD_SESSIONS),
    )


def _sitting(session_id: UUID, errors: dict[str, str]) -> str:
    session = reading()
    sitting = queries.sitting(session, session_id)
    items = queries.agenda(session, session_id)
    is_held = sitting.status is SessionStatus.HELD
    may_hold = actor().may(Permission.HOLD_SESSIONS) and not is_held
    return render_template(
        "committee/show.html",
        sitting=sitting,
        items=items,
        bodies=dict(BODIES),
        ready=queries.ready(session) if may_hold else [],
        proposed=total([item.proposed for item in items if item.proposed]),
        voted=total([item.voted for item in items if item.voted]),
        may_hold=may_hold,
        aside=queries.votes_set_aside(session, session_id) if is_held else (),
        votes=Vote,
        typed=request.form,
        errors=errors,
    )
