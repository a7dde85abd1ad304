"""How is a request written? Its questions, its pieces, its check, and the filing."""

from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.actions import dossiers as actions
from app.catalogue.forms import StepForm
from app.domain.errors import AlreadyFiled, DossierChanged
from app.domain.permissions import Permission
from app.domain.status import DossierStatus
from app.models.dossier import Dossier
from app.queries import portal as queries
from app.web.access import actor, requires
from app.web.answer_words import reading_of
from app.web.database import reading, write
from app.web.installation import console
from app.web.once import accept
from app.web.portal.blueprint import may_write, mine, pages
from app.web.portal.home import scheme_of
from app.web.portal.typing import DraftState, draft_state, typed_answers
from app.web.present import clock_time
from app.web.step_forms import at_rows, posted_form, type_of


@pages.get("/portail/demandes/<uuid:dossier_id>/questions")
@requires(Permission.FILE_REQUEST)
def questions(dossier_id: UUID) -> str:
    """The questions, with what was typed so far."""
    state = draft_state(_draft(dossier_id))
    form = state.form
    if request.args.get("verifier") is None:
        form = _unchecked(state)
    return _questions_page(state.dossier, form, state)


@pages.post("/portail/demandes/<uuid:dossier_id>/questions")
@requires(Permission.FILE_REQUEST)
def answer(dossier_id: UUID) -> Response | tuple[str, int]:
    """Keep the answers whatever they are worth, then check them."""
    dossier = _draft(dossier_id)
    form = posted_form(dossier, type_of(dossier).pack.filing_step)
    _keep(dossier, form)
    if request.form.get("then") == "later":
        flash(_("Votre demande est enregistrée : vous pourrez la reprendre ici."), "ok")
        return redirect(url_for("portal.show", dossier_id=dossier_id), 303)
    if form.edited or request.form.get("then") == "stay":
        return at_rows(url_for("portal.questions", dossier_id=dossier_id), form)
    if not form.validate():
        return _questions_page(dossier, form, draft_state(mine(dossier_id))), 422
    return redirect(url_for("portal.pieces", dossier_id=dossier_id), 303)


@pages.post("/portail/demandes/<uuid:dossier_id>/brouillon")
@requires(Permission.FILE_REQUEST)
def save(dossier_id: UUID) -> Response:
    """Keep what is being typed, in the background."""
    dossier = _draft(dossier_id)
    at = _keep(dossier, posted_form(dossier, type_of(dossier).pack.filing_step))
    return jsonify(saved_at=at)


@pages.get("/portail/demandes/<uuid:dossier_id>/pieces")
@requires(Permission.FILE_REQUEST)
def pieces(dossier_id: UUID) -> str:
    """The checklist of the request's pieces."""
    dossier = _draft(dossier_id)
    return render_template(
        "portal/pieces.html",
        dossier=dossier,
        state=draft_state(dossier),
        failed=request.args.get("piece", ""),
        may_write=may_write(dossier),
    )


@pages.get("/portail/demandes/<uuid:dossier_id>/verification")
@requires(Permission.FILE_REQUEST)
def check(dossier_id: UUID) -> str:
    """Everything on one page, before the filing."""
    return _check_page(draft_state(_draft(dossier_id)))


@pages.post("/portail/demandes/<uuid:dossier_id>/depot")
@requires(Permission.FILE_REQUEST)
def file(dossier_id: UUID) -> Response | tuple[str, int]:
    """File the request; sent twice, it is filed once."""
    dossier = mine(dossier_id)
    if dossier.status is not DossierStatus.DRAFT:
        return redirect(url_for("portal.receipt", dossier_id=dossier_id), 303)
    state = draft_state(dossier)
    if not state.is_ready:
        return _check_page(state), 422
    if request.form.get("seen", "") != seen_mark(state):
        raise DossierChanged
    submission, who = state.form.submission(), actor()
    accept(
        lambda session, at: {
            "reference": actions.file_request(
                session, console(), who, dossier_id, submission, now=at
            ).reference
        }
    )
    return redirect(url_for("portal.receipt", dossier_id=dossier_id), 303)


@pages.get("/portail/demandes/<uuid:dossier_id>/recepisse")
@requires(Permission.FILE_REQUEST)
def receipt(dossier_id: UUID) -> Response | str:
    """The request is filed: its number, its date, and what comes next."""
    dossier = mine(dossier_id)
    if dossier.filed_at is None:
        return redirect(url_for("portal.show", dossier_id=dossier_id))
    return render_template("portal/receipt.html", dossier=dossier, scheme=scheme_of(dossier))


@pages.post("/portail/demandes/<uuid:dossier_id>/abandon")
@requires(Permission.FILE_REQUEST)
def drop(dossier_id: UUID) -> Response:
    """Throw the draft away, with its pieces."""
    who = actor()
    write(lambda session, _at: actions.drop_draft(session, who, dossier_id))
    flash(_("Le brouillon est supprimé, avec ses pièces."), "ok")
    return redirect(url_for("portal.home"), 303)


def draft_page(dossier: Dossier) -> str:
    """Where the request stands: three parts to do, in order."""
    return render_template(
        "portal/draft.html",
        dossier=dossier,
        state=draft_state(dossier),
        scheme=scheme_of(dossier),
        may_write=may_write(dossier),
        is_shared=queries.members_of(reading(), dossier.organisation_id) > 1,
    )


def seen_mark(state: DraftState) -> str:
    """What the person checked: the moment the answers were last kept, and the pieces."""
    saved = state.saved_at.isoformat() if state.saved_at else ""
    return f"{saved}/{sum(len(one.documents) for one in state.pieces)}"


def _draft(dossier_id: UUID) -> Dossier:
    dossier = mine(dossier_id)
    if dossier.status is not DossierStatus.DRAFT:
        raise AlreadyFiled(reference=dossier.reference)
    return dossier


def _unchecked(state: DraftState) -> StepForm:
    """The form without its reproaches, for who opens the page to go on writing."""
    for question in state.form.questions():
        question.errors = []
    return state.form


def _keep(dossier: Dossier, form: StepForm) -> str:
    who, typed, dossier_id = actor(), typed_answers(form), dossier.id
    at = write(
        lambda session, at: actions.save_draft(
            session, console(), who, dossier_id, typed, now=at
        )
    )
    return clock_time(at)


def _questions_page(dossier: Dossier, form: StepForm, state: DraftState) -> str:
    return render_template(
        "portal/questions.html",
        dossier=dossier,
        form=form,
        step=state.pack.filing,
        saved=state.saved_at,
        may_write=may_write(dossier),
    )


def _check_page(state: DraftState) -> str:
    return render_template(
        "portal/check.html",
        dossier=state.dossier,
        state=state,
        reading_of=reading_of,
        step=state.pack.filing,
        scheme=scheme_of(state.dossier),
        mark=seen_mark(state),
        may_write=may_write(state.dossier),
    )
