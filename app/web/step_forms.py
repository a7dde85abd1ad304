"""Which form does a step show, and with what in it? Built from the pack, the dossier and the draft."""

from collections.abc import Mapping
from uuid import UUID

from flask import redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.catalogue.forms import Posted, Setting, StepForm, form_class
from app.catalogue.published import DossierType
from app.catalogue.row_fields import RowsQuestion
from app.domain.civil import civil_day
from app.engine.run import Context, Run
from app.engine.values import Value
from app.models.dossier import Dossier, Draft
from app.models.process import DossierProcess
from app.queries.lookups import lookups
from app.web.database import now, reading
from app.web.installation import console

#: Fields of a form that are the door's, not the step's.
DOOR_FIELDS = frozenset({"csrf_token", "submission_key", "seen", "then"})
_ROW_BUTTONS = ("add-", "remove-")


def type_of(dossier: Dossier) -> DossierType:
    """The published version a dossier follows."""
    return console().types.get(reading(), dossier.definition_id)


def routing_variables(session: Session, dossier: Dossier) -> Mapping[str, Value]:
    """The variables of the dossier's process; none for a draft."""
    row = session.get(DossierProcess, dossier.id)
    if row is None:
        return {}
    definition = console().types.get(session, row.definition_id).definition
    return Run.resume(definition, row.state, Context(now=now())).snapshot().variables


def setting_of(dossier: Dossier) -> Setting:
    """What the forms of a dossier may read of it as it stands."""
    return Setting(
        today=civil_day(now()),
        facts=dossier.facts,
        variables=routing_variables(reading(), dossier),
    )


def step_form_class(
    dossier: Dossier,
    step: str,
    type_: DossierType | None = None,
    setting: Setting | None = None,
) -> type[StepForm]:
    """The form of a step for this dossier as it stands, as another version asks it when given.

    Who makes several forms of one dossier gives its `setting`, read once.
    """
    pack = (type_ or type_of(dossier)).pack
    return form_class(
        pack, step, lookups=lookups(reading()), setting=setting or setting_of(dossier)
    )


def shown_form(
    dossier: Dossier,
    step: str,
    draft: Draft | None,
    *,
    known: Mapping[str, object] | None = None,
) -> StepForm:
    """The form as first seen: with what was being typed, else with what is `known` already."""
    made = step_form_class(dossier, step)
    if draft is None:
        return made(data=known)
    return made(Posted({name: list(values) for name, values in draft.data.items()}))


def posted_form(dossier: Dossier, step: str) -> StepForm:
    """The form as it was just sent."""
    return step_form_class(dossier, step)(request.form)


def typed_fields(form: StepForm | None = None) -> dict[str, list[str]]:
    """What the browser sent of the step's own fields, for a draft; with the rows `form` edited."""
    typed = {
        name: request.form.getlist(name)
        for name in request.form
        if name not in DOOR_FIELDS and not name.startswith(_ROW_BUTTONS)
    }
    return with_rows(typed, form.edited if form else None)


def with_rows(
    typed: Mapping[str, list[str]], edited: RowsQuestion | None
) -> dict[str, list[str]]:
    """What was typed, its rows as they are once one is added or removed."""
    if edited is None:
        return dict(typed)
    others = {
        key: texts for key, texts in typed.items() if key.partition("-")[0] != edited.name
    }
    return others | edited.typed_rows()


def at_rows(page: str, form: StepForm) -> Response:
    """Show the form again, at the rows that were edited: loading it anew sends nothing twice."""
    return redirect(f"{page}#{form.edited.id}" if form.edited else page, 303)


def draft_of(session: Session, dossier_id: UUID, step: str, person_id: UUID) -> Draft | None:
    """What somebody was typing at a step."""
    return session.get(Draft, (dossier_id, step, person_id))
