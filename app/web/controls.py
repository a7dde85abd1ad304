"""Which control does a form field want, and what does it offer? For questions of packs and for plain WTForms fields."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from wtforms import Field
from wtforms.form import BaseForm

from app.catalogue.fields import Question
from app.catalogue.forms import StepForm
from app.catalogue.funding_rows import KINDS, STATUSES
from app.web.words import _

BY_CLASS = {
    "AttestQuestion": "check",
    "TextAreaField": "longtext",
    "IntegerField": "integer",
    "DateField": "date",
    "RadioField": "radio",
    "SelectField": "select",
    "SelectMultipleField": "multichoice",
    "BooleanField": "check",
    "FileField": "file",
    "MultipleFileField": "file",
    "HiddenField": "hidden",
    "CSRFTokenField": "hidden",
    "SubmitField": "submit",
}
CHECKBOXES = frozenset({"multichoice", "persons"})
RADIOS = frozenset({"radio", "yesno"})
LISTS = frozenset({"select", "choice", "person"})
#: Answers on one line, and how wide the line is.
LINE_WIDTHS = {
    "text": "",
    **dict.fromkeys(("integer", "date", "siret", "rna", "phone"), "short"),
    **dict.fromkeys(("iban", "email", "commune", "epci"), "medium"),
}
FEW = 6  #: up to so many answers a single choice is shown as buttons, above as a list
ROW_CHOICES: Mapping[str, Mapping[str, str]] = {"kind": KINDS, "status": STATUSES}


class Option(NamedTuple):
    """One answer offered."""

    value: str
    label: str
    hint: str
    chosen: bool


def kind_of(field: Field) -> str:
    """The kind of control: what its class says, else the manifest's type, else a line of text."""
    return BY_CLASS.get(field.type) or str(getattr(field, "kind", "text"))


def options_of(field: Field) -> list[Option]:
    """The answers offered; nothing when the field offers none."""
    if isinstance(field, Question):
        offered: Iterable[tuple[str, str, str]] = getattr(field, "options", [])
        chosen = field.data if isinstance(field.data, list) else [field.typed]
        return [Option(value, label, hint, value in chosen) for value, label, hint in offered]
    if not hasattr(field, "iter_choices"):
        return []
    return [
        Option(one.value, one.label, (one.render_kw or {}).get("hint", ""), one.selected)
        for one in field.iter_choices()
    ]


def box_type(field: Field) -> str:
    """`checkbox` or `radio` when the field is shown as a group of boxes, else empty."""
    kind = kind_of(field)
    if kind in CHECKBOXES:
        return "checkbox"
    few = kind == "choice" and len(options_of(field)) <= FEW
    return "radio" if kind in RADIOS or few else ""


def is_list(field: Field) -> bool:
    """The field is a list to unfold."""
    return kind_of(field) in LISTS and not box_type(field)


def shown_if(field: Field) -> str:
    """The expression that must hold for the question to be asked; empty when it always is."""
    spec = getattr(field, "spec", None)
    return str(spec.show_if or "") if spec else ""


def section_of(field: Field) -> str:
    """The title of the section the question opens, if it opens one."""
    spec = getattr(field, "spec", None)
    return str(spec.section or "") if spec else ""


def written_value(field: Field) -> str:
    """What stands in the control."""
    return str(field.typed) if isinstance(field, Question) else str(field._value())


def drawn_fields(form: BaseForm) -> Iterator[Field]:
    """The fields to draw: all but the questions that no answer of this form can bring in."""
    asked = set(form.asked()) if isinstance(form, StepForm) else set(form)
    names = {field.short_name for field in form}
    for field in form:
        if field in asked or names & set(re.findall(r"\w+", shown_if(field))):
            yield field


def first_error(errors: object) -> str:
    """The first sentence of a field's errors, however deep a list of rows nests them."""
    if isinstance(errors, Mapping):
        return first_error(list(errors.values()))
    if isinstance(errors, Iterable) and not isinstance(errors, str):
        found = (first_error(item) for item in errors)
        return next((sentence for sentence in found if sentence), "")
    return _(str(errors)) if errors else ""


GLOBALS = {
    "kind_of": kind_of,
    "options_of": options_of,
    "box_type": box_type,
    "is_list": is_list,
    "shown_if": shown_if,
    "section_of": section_of,
    "written_value": written_value,
    "drawn_fields": drawn_fields,
    "first_error": first_error,
    "LINE_WIDTHS": LINE_WIDTHS,
    "ROW_CHOICES": ROW_CHOICES,
}
