"""« Mes demandes », and how a new one begins."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.actions import dossiers as actions
from app.actions.tasks import keep_draft
from app.catalogue.contract import Scheme
from app.catalogue.forms import StepForm
from app.catalogue.pack import Pack
from app.domain.permissions import Permission
from app.models.dossier import Dossier
from app.models.people import Organisation
from app.queries import portal as queries
from app.web.access import actor, me, requires
from app.web.database import reading, write
from app.web.installation import console
from app.web.once import accept
from app.web.portal.blueprint import pages
from app.web.public import OpenScheme, open_schemes
from app.web.step_forms import step_form_class, type_of

#: Questions asked again at each request, whose last answer is proposed.
_REMEMBERED_TYPES = frozenset({"iban", "siret", "rna", "commune"})
_REMEMBERED_START = "contact_"


@pages.get("/portail")
@requires(Permission.FILE_REQUEST)
def home() -> str:
    """The dossiers of my organisations: what awaits me first."""
    found = queries.my_dossiers(reading(), actor())
    return render_template(
        "portal/home.html",
        awaiting=[one for one in found if one.tasks],
        drafts=[one for one in found if one.dossier.filed_at is None],
        running=[
            one
            for one in found
            if one.dossier.filed_at and not one.tasks and not one.dossier.status.is_final
        ],
        ended=[one for one in found if one.dossier.status.is_final],
        pack_of=lambda dossier: type_of(dossier).pack,
        may_begin=bool(actor().writable_ids),
    )


@pages.get("/portail/demandes/nouvelle")
@pages.get("/portail/nouvelle", endpoint="choose_short")
@requires(Permission.FILE_REQUEST)
def choose() -> str:
    """Which aid, for which organisation?"""
    return _choice_page({})


@pages.post("/portail/demandes/nouvelle")
@requires(Permission.FILE_REQUEST)
def begin() -> Response | tuple[str, int]:
    """Open a draft, and go on with its questions."""
    wanted = {one.scheme.code: one for one in open_schemes()}.get(
        request.form.get("dispositif", "")
    )
    organisation_id = request.form.get("organisation", type=UUID)
    errors = {}
    if wanted is None:
        errors["dispositif"] = _("Choisissez l’aide que vous demandez.")
    if organisation_id not in actor().writable_ids:
        errors["organisation"] = _("Choisissez l’organisme pour lequel vous demandez l’aide.")
    if wanted is None or organisation_id is None or errors:
        return _choice_page(errors), 422
    dossier_id = _begun(wanted, organisation_id)
    return redirect(url_for("portal.show", dossier_id=dossier_id), 303)


def _begun(wanted: OpenScheme, organisation_id: UUID) -> str:
    who = actor()
    answer = accept(
        lambda session, at: {
            "dossier": str(
                actions.open_draft(
                    session,
                    console(),
                    who,
                    type_key=wanted.pack.key,
                    scheme=wanted.scheme.code,
                    organisation_id=organisation_id,
                    now=at,
                ).id
            )
        }
    )
    dossier_id = str(answer["dossier"])
    _propose_known_answers(UUID(dossier_id))
    return dossier_id


def _propose_known_answers(dossier_id: UUID) -> None:
    """Put into a new draft what the organisation said last time: never ask twice."""
    session, who = reading(), actor()
    dossier = queries.my_dossier(session, who, dossier_id)
    step = type_of(dossier).pack.filing_step
    if queries.typed_so_far(session, dossier, step) is not None:
        return
    made = step_form_class(dossier, step)
    known = {
        **_of_the_account(dossier.organisation),
        **_of_the_place(dossier.organisation, made()),
        **queries.last_request(session, dossier.organisation_id, step, dossier.type_key),
    }
    proposed = _typed(made, {name: known[name] for name in _remembered(made()) & known.keys()})
    if not proposed:
        return

    def keep(tx: Session, at: object) -> None:
        del at
        keep_draft(
            tx, dossier_id, step, dossier.created_by_id, proposed, now=dossier.created_at
        )

    write(keep)


def _of_the_account(organisation: Organisation) -> dict[str, object]:
    person = me()
    found: dict[str, object] = {"contact_name": person.name, "contact_email": person.email}
    if organisation.iban:
        found["iban"] = organisation.iban
    return found


def _of_the_place(organisation: Organisation, form: StepForm) -> dict[str, object]:
    """A commune most often asks for what stands on its own ground."""
    if not organisation.insee_code:
        return {}
    return {
        one.name: organisation.insee_code
        for one in form.questions()
        if one.spec.type == "commune"
    }


def _remembered(form: StepForm) -> set[str]:
    return {
        one.name
        for one in form.questions()
        if one.spec.type in _REMEMBERED_TYPES or one.name.startswith(_REMEMBERED_START)
    }


def _typed(made: type[StepForm], known: dict[str, object]) -> dict[str, list[str]]:
    """The known answers, with the defaults of every other question, as a browser would send them."""
    blank = made()
    stored = {one.name: one.to_json() for one in blank.questions() if one.answered}
    return dict(made.encode({**stored, **known})) if known else {}


def _choice_page(errors: dict[str, str]) -> str:
    given = request.form if request.method == "POST" else request.args
    organisations = queries.my_organisations(reading(), actor())
    return render_template(
        "portal/new.html",
        schemes=open_schemes(),
        organisations=organisations,
        chosen=given.get("dispositif", ""),
        chosen_organisation=given.get("organisation", ""),
        errors=errors,
    )


def scheme_of(dossier: Dossier) -> Scheme | None:
    """The scheme of a dossier, as its own version tells it."""
    pack: Pack = type_of(dossier).pack
    return next((one for one in pack.schemes if one.code == dossier.scheme), None)
