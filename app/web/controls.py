"""Which control does a form field want, and which rows were asked to be added or removed?"""

from collections.abc import Iterable, Mapping
from uuid import uuid4

from werkzeug.datastructures import MultiDict
from wtforms import Field

BY_CLASS = {
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
    "FieldList": "lines",
    "SubmitField": "submit",
}
CHECKBOXES = frozenset({"multichoice", "pieces", "persons"})
RADIOS = frozenset({"radio", "yesno"})
FEW = 6  #: up to so many answers a single choice is shown as buttons, above as a list


def kind_of(field: Field) -> str:
    """The kind of control: the manifest's type when the field tells it, else what its class says."""
    told = getattr(field, "kind", None)
    return str(told) if told else BY_CLASS.get(field.type, "text")


def choices_of(field: Field) -> list[object]:
    """The answers offered; nothing when the field offers none."""
    offered = getattr(field, "iter_choices", None)
    return list(offered()) if offered else []


def box_type(field: Field) -> str:
    """`checkbox` or `radio` when the field is shown as a group of boxes, else empty."""
    kind, answers = kind_of(field), choices_of(field)
    if not answers:
        return ""
    if kind in CHECKBOXES:
        return "checkbox"
    few = kind == "choice" and len(answers) <= FEW
    return "radio" if kind in RADIOS or few else ""


def anchor_of(field: Field) -> str:
    """The id to which an error summary links: the first box of a group, else the control."""
    return f"{field.id}-0" if box_type(field) else str(field.id)


def first_error(errors: object) -> str:
    """The first sentence of a field's errors, however deep a list of rows nests them."""
    if isinstance(errors, Mapping):
        return first_error(list(errors.values()))
    if isinstance(errors, Iterable) and not isinstance(errors, str):
        found = (first_error(item) for item in errors)
        return next((sentence for sentence in found if sentence), "")
    return str(errors)


def submission_key() -> str:
    """A key that makes the second sending of one form harmless."""
    return uuid4().hex


def edited_rows(form: MultiDict[str, str]) -> MultiDict[str, str] | None:
    """The form with the row its « row » button asked to add or remove; None when none was pressed.

    Buttons say `add:lines` or `remove:lines-2`; rows are fields named `lines-0-label`.
    """
    asked, _, name = form.get("row", "").partition(":")
    if asked not in {"add", "remove"} or not name:
        return None
    kept = [(key, value) for key, value in form.items(multi=True) if key != "row"]
    if asked == "remove":
        return MultiDict([pair for pair in kept if not _belongs(pair[0], name)])
    numbers = [_row_number(key, name) for key, _ in kept]
    return MultiDict([*kept, (f"{name}-{max(numbers, default=-1) + 1}-new", "")])


def _belongs(key: str, row: str) -> bool:
    return key == row or key.startswith(f"{row}-")


def _row_number(key: str, name: str) -> int:
    number = key.removeprefix(f"{name}-").split("-", 1)[0]
    return int(number) if key.startswith(f"{name}-") and number.isdigit() else -1


GLOBALS = {
    "kind_of": kind_of,
    "choices_of": choices_of,
    "box_type": box_type,
    "anchor_of": anchor_of,
    "first_error": first_error,
    "submission_key": submission_key,
}
