"""How is a kept form read again? Under the questions of its page rather than the names of its fields."""

import re
from datetime import date

from flask import g
from flask_babel import gettext as _

from app.catalogue.contract import Field
from app.web.database import reading
from app.web.installation import console
from app.web.kept import KeptForm
from app.web.present import long_date

_ROW = re.compile(r"(?P<field>\w+)-(?P<row>\d+)-\w+")


def shown_answers(form: KeptForm) -> list[tuple[str, str]]:
    """Each answer under its question; what no published form asks stands under « Réponse »."""
    questions = {} if g.get("liasse_degraded") else _questions()
    found = (_shown(name, text, questions) for name, text in form.shown)
    return [one for one in found if one is not None]


def _shown(name: str, text: str, questions: dict[str, Field]) -> tuple[str, str] | None:
    own = {
        "name": _("Nom affiché"),
        "language": _("Langue"),
        "motif": _("Motif"),
        "note": _("Note"),
    }
    row = _ROW.fullmatch(name)
    question = questions.get(row["field"] if row else name)
    if question is None:
        # A word alone under a name nobody reads is a key of the page, not what somebody wrote.
        return (own.get(name) or _("Réponse"), text) if name in own or " " in text else None
    label = str(question.label)
    if row:
        return _("%(column)s, ligne %(n)s", column=label, n=int(row["row"]) + 1), text
    words = {choice.value: str(choice.label) for choice in question.choices}
    return label, _day(text) if question.type == "date" else words.get(text, text)


def _day(typed: str) -> str:
    """The day as it is read; as it was typed when it is none."""
    try:
        return long_date(date.fromisoformat(typed))
    except ValueError:
        return typed


def _questions() -> dict[str, Field]:
    """Every question of the published types, by the name its form gives it."""
    return {
        question.name: question
        for one in console().types.open_types(reading())
        for step in one.pack.steps.values()
        for question in step.fields
    }
