"""What does each question look like in plain, accessible HTML, with no script needed?

The default drawing of the fields: templates may draw them otherwise, from the same attributes.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from markupsafe import Markup, escape

Attributes = Mapping[str, object]


class Drawn(Protocol):
    """What a question gives to be drawn."""

    id: str
    name: str
    typed: str
    input_type: str
    input_mode: str
    errors: Iterable[str]
    description: str
    data: Any
    spec: Any


class Offered(Drawn, Protocol):
    """A question with a closed list of answers."""

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """Value, label and help of each answer."""


def html_attributes(attributes: Attributes) -> Markup:
    """The attributes as HTML; those that are None or False are left out."""
    parts = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        name = key.rstrip("_").replace("_", "-")
        parts.append(escape(name) if value is True else Markup('{}="{}"').format(name, value))
    return Markup(" ").join(parts)


def tag(name: str, attributes: Attributes, content: str | None = None) -> Markup:
    """An HTML element; without content it is a void one."""
    opening = Markup("<{} {}>").format(name, html_attributes(attributes))
    return opening if content is None else Markup("{}{}</{}>").format(opening, content, name)


def described(field: Drawn, attributes: Attributes) -> dict[str, object]:
    """The attributes of an input, tied to its help and its errors."""
    ids = []
    if field.description:
        ids.append(f"{field.id}-help")
    if field.errors:
        ids.append(f"{field.id}-error")
    return {
        "id": field.id,
        "name": field.name,
        "required": bool(field.spec.required and not field.spec.show_if),
        "aria_describedby": " ".join(ids) or None,
        "aria_invalid": "true" if field.errors else None,
        **attributes,
    }


def text_input(field: Drawn, **attributes: object) -> Markup:
    """A line."""
    given = {
        "type": field.input_type,
        "value": field.typed,
        "inputmode": field.input_mode or None,
    }
    return tag("input", described(field, {**given, **attributes}))


def text_area(field: Drawn, **attributes: object) -> Markup:
    """Several lines."""
    return tag("textarea", described(field, {"rows": 5, **attributes}), escape(field.typed))


def amount_input(field: Drawn, **attributes: object) -> Markup:
    """An amount with its sign."""
    return _with_unit(field, "€", attributes)


def percent_input(field: Drawn, **attributes: object) -> Markup:
    """A percentage with its sign."""
    return _with_unit(field, "%", attributes)


def _with_unit(field: Drawn, unit: str, attributes: Attributes) -> Markup:
    field_html = text_input(field, autocomplete="off", **attributes)
    sign = tag("span", {"class": "unit", "aria_hidden": "true"}, unit)
    return tag("span", {"class": "with-unit"}, field_html + sign)


def radios(field: Offered, **attributes: object) -> Markup:
    """One answer to pick."""
    chosen = field.typed
    return _boxes(field, "radio", lambda value: value == chosen, attributes)


def checkboxes(field: Offered, **attributes: object) -> Markup:
    """Several answers to tick."""
    chosen = field.data or []
    return _boxes(field, "checkbox", lambda value: value in chosen, attributes)


def _boxes(field: Offered, kind: str, is_chosen: Any, attributes: Attributes) -> Markup:  # noqa: ANN401
    parts = []
    for rank, (value, label, help_text) in enumerate(field.options):
        box_id = field.id if rank == 0 else f"{field.id}-{rank}"
        box = tag(
            "input",
            {
                **described(field, attributes),
                "required": False,
                "id": box_id,
                "type": kind,
                "value": value,
                "checked": bool(is_chosen(value)),
            },
        )
        words = escape(label)
        if help_text:
            words += tag("span", {"class": "hint"}, escape(help_text))
        parts.append(
            tag("div", {"class": "choice"}, box + tag("label", {"for": box_id}, words))
        )
    return tag("div", {"class": "choices"}, Markup().join(parts))


def checkbox(field: Drawn, **attributes: object) -> Markup:
    """One box to tick."""
    given = {"type": "checkbox", "value": "oui", "checked": bool(field.data)}
    return tag("input", described(field, {**given, **attributes}))


def select(field: Offered, **attributes: object) -> Markup:
    """A list to unfold."""
    rows = [tag("option", {"value": ""}, "Choisir…")]
    for value, label, help_text in field.options:
        words = f"{label} – {help_text}" if help_text else label
        chosen = {"value": value, "selected": value == field.typed}
        rows.append(tag("option", chosen, escape(words)))
    return tag("select", described(field, attributes), Markup().join(rows))


def output(field: Drawn, **attributes: object) -> Markup:
    """A value shown, not typed."""
    return tag("output", {"id": field.id, **attributes}, escape(field.typed or "–"))
