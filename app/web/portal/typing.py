"""What did the applicant type, and what is it worth so far? Drafts of forms, facts, what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import request

from app.actions.filing import organisation_facts
from app.catalogue.forms import Posted, StepForm
from app.catalogue.pack import Pack
from app.models.dossier import Dossier
from app.queries import portal as queries
from app.queries.documents import Piece, pieces_of
from app.web.database import reading
from app.web.step_forms import step_form_class, type_of, with_rows


@dataclass(frozen=True)
class DraftState:
    """A request being written: its form as typed, its pieces, what is still missing."""

    dossier: Dossier
    pack: Pack
    form: StepForm
    pieces: list[Piece]
    saved_at: datetime | None

    @property
    def is_begun(self) -> bool:
        """Somebody typed something; what was proposed at the start does not count."""
        return self.saved_at is not None and self.saved_at > self.dossier.created_at

    @property
    def missing_pieces(self) -> list[Piece]:
        """The required pieces that are not there."""
        return [one for one in self.pieces if one.is_awaited]

    @property
    def problems(self) -> int:
        """How many questions are still to be answered or corrected."""
        return len(self.form.errors)

    @property
    def is_ready(self) -> bool:
        """It can be filed as it is."""
        return not self.form.errors and not self.missing_pieces


def draft_state(dossier: Dossier) -> DraftState:
    """The request as it stands, checked."""
    session = reading()
    pack = type_of(dossier).pack
    typed = queries.typed_so_far(session, dossier, pack.filing_step)
    form = typed_form(dossier, pack.filing_step, typed.data if typed else {})
    form.validate()
    known = {**organisation_facts(dossier.organisation), **dossier.facts, **facts_of(form)}
    lines = pieces_of(session, pack, dossier, facts=known)
    return DraftState(dossier, pack, form, lines, typed.saved_at if typed else None)


def typed_form(dossier: Dossier, step: str, typed: Mapping[str, object]) -> StepForm:
    """The form of a step filled with what was typed; blank, with its defaults, when nothing was."""
    made = step_form_class(dossier, step)
    items = {name: list(values) for name, values in typed.items() if isinstance(values, list)}
    return made(Posted(items)) if items else made()


def facts_of(form: StepForm) -> dict[str, object]:
    """The facts the answers give so far; what cannot be read gives none."""
    found: dict[str, object] = {}
    for question in form.asked():
        if question.answered and not question.process_errors:
            found |= question.fact_values()
    return found


def typed_answers(form: StepForm) -> dict[str, list[str]]:
    """What the browser sent of this form's questions, its rows as they are now."""
    names = {question.name for question in form.questions()}
    sent = {
        key: [text[:20_000] for text in request.form.getlist(key)]
        for key in request.form
        if key.partition("-")[0] in names
    }
    return with_rows(sent, form.edited)
