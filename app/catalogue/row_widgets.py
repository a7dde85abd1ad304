"""What do repeated rows look like in plain HTML? A table, one button to add, one a row to remove."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from app.catalogue.funding_rows import KINDS, STATUSES
from app.catalogue.widgets import tag

_HEADS = {"label": "Libellé", "amount": "Montant (€)", "kind": "Type", "status": "État"}
_CHOICES: dict[str, Mapping[str, str]] = {"kind": KINDS, "status": STATUSES}


def rows_table(field: Any, **attributes: object) -> Markup:  # noqa: ANN401 - a RowsQuestion
    """Every row with its inputs, the total, and the buttons."""
    heads = [tag("th", {"scope": "col"}, _head(field, column)) for column in field.columns]
    heads.append(
        tag("th", {"scope": "col"}, tag("span", {"class": "visually-hidden"}, "Retirer"))
    )
    body = [_row(field, rank, row) for rank, row in enumerate(field.rows)]
    caption = tag("caption", {"class": "visually-hidden"}, escape(field.label.text))
    table = tag(
        "table",
        {"class": "rows", "id": field.id, **attributes},
        caption
        + tag("thead", {}, tag("tr", {}, Markup().join(heads)))
        + tag("tbody", {}, Markup().join(body)),
    )
    total = tag(
        "p", {"class": "rows-total"}, Markup("Total\u00a0: {}").format(field.total.french())
    )
    return table + total + _button(f"add-{field.name}", "Ajouter une ligne")


def _head(field: Any, column: str) -> str:  # noqa: ANN401
    return "Financeur" if column == "label" and "kind" in field.columns else _HEADS[column]


def _row(field: Any, rank: int, row: Any) -> Markup:  # noqa: ANN401
    cells = [tag("td", {}, _cell(field, rank, row, column)) for column in field.columns]
    label = Markup('Retirer<span class="visually-hidden"> la ligne {}</span>').format(rank + 1)
    cells.append(tag("td", {}, _button(f"remove-{field.name}-{rank}", label)))
    return tag("tr", {}, Markup().join(cells))


def _cell(field: Any, rank: int, row: Any, column: str) -> Markup:  # noqa: ANN401
    name = f"{field.name}-{rank}-{column}"
    shown = {
        "id": name,
        "name": name,
        "aria_label": f"{_head(field, column)}, ligne {rank + 1}",
        "aria_invalid": "true" if column in row.errors else None,
    }
    if column in _CHOICES:
        return _select(shown, _CHOICES[column], row.typed[column])
    kind = {"inputmode": "decimal", "class": "amount"} if column == "amount" else {}
    return tag("input", {"type": "text", "value": row.typed[column], **shown, **kind})


def _select(shown: Mapping[str, object], choices: Mapping[str, str], chosen: str) -> Markup:
    rows = [tag("option", {"value": ""}, "Choisir…")]
    rows += [
        tag("option", {"value": value, "selected": value == chosen}, escape(label))
        for value, label in choices.items()
    ]
    return tag("select", shown, Markup().join(rows))


def _button(name: str, label: str) -> Markup:
    given = {"type": "submit", "name": name, "value": "1", "formnovalidate": True}
    return tag("button", {**given, "class": "quiet"}, escape(label))


def pieces_table(field: Any, **attributes: object) -> Markup:  # noqa: ANN401 - a PiecesQuestion
    """One box and one reason a piece."""
    rows = []
    for rank, kind in enumerate(field.kinds):
        box_id = field.id if rank == 0 else f"{field.id}-{kind.key}"
        reason = field.reason_of(kind.key)
        box = {"type": "checkbox", "id": box_id, "name": field.name, "value": kind.key}
        words = {
            "type": "text",
            "name": f"{field.name}-{kind.key}-reason",
            "value": reason or "",
            "aria_label": f"Motif pour {kind.title}",
            "placeholder": "Motif, tel qu’il sera écrit au demandeur",
        }
        rows.append(
            tag(
                "div",
                {"class": "choice"},
                tag("input", {**box, "checked": reason is not None})
                + tag("label", {"for": box_id}, escape(str(kind.title)))
                + tag("input", words),
            )
        )
    return tag("div", {"class": "choices pieces", **attributes}, Markup().join(rows))
