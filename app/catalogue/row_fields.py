"""How are repeated rows asked for? Expense lines and the funding plan.

Each row is a group of inputs named `<field>-<row>-<column>`. Rows are added and removed by submit
buttons, `add-<field>` and `remove-<field>-<row>`, so that no script is needed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from app.catalogue import row_widgets
from app.catalogue.fields import UNSET, Posted, Question, parse_euros
from app.catalogue.funding_rows import KINDS, STATUSES
from app.domain.money import Money, total
from app.engine.expressions import Value

MAX_ROWS = 60
_USUAL_ROWS = 3
_MAX_LABEL = 200


@dataclass
class Row:
    """One row as typed, what it means, and what is wrong in it by column."""

    typed: dict[str, str]
    data: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Nobody wrote anything in it."""
        return not any(self.typed.values())


class RowsQuestion(Question):
    """Rows of a label and an amount, and what a subclass adds."""

    columns: ClassVar[tuple[str, ...]] = ("label", "amount")
    names: ClassVar[Mapping[str, str]] = {"label": "libellé", "amount": "montant"}
    defaults: ClassVar[Mapping[str, str]] = {}
    widget = staticmethod(row_widgets.rows_table)

    def process(
        self,
        formdata: Posted | None,
        data: object = UNSET,
        extra_filters: object = None,  # noqa: ARG002 - WTForms calls it so
    ) -> None:
        """Read the rows sent, or those stored."""
        self.process_errors: list[str] = []
        self.edited = False
        self.rows: list[Row] = []
        if formdata is not None:
            self._read_form(formdata)
        else:
            stored = self.default if data is UNSET else data
            self.rows = [self._row(self.typed_row(one)) for one in mappings(stored)]
            self._pad(max(self.spec.rows or _USUAL_ROWS, len(self.rows)))
        self._gather()

    def _read_form(self, formdata: Posted) -> None:
        pattern = re.compile(rf"{re.escape(self.name)}-(\d{{1,3}})-\w+")
        keys = list(formdata)
        ranks = sorted({int(found[1]) for key in keys if (found := pattern.fullmatch(key))})
        for rank in ranks[:MAX_ROWS]:
            if f"remove-{self.name}-{rank}" in keys:
                self.edited = True
            else:
                self.rows.append(self._row(self._typed_in(formdata, rank)))
        if f"add-{self.name}" in keys:
            self.edited = True
            self._pad(min(len(self.rows) + 1, MAX_ROWS))
        # A draft without a single row was never touched: show what a new form shows.
        self._pad(1 if ranks else self.spec.rows or _USUAL_ROWS)

    def _typed_in(self, formdata: Posted, rank: int) -> dict[str, str]:
        typed = {}
        for column in self.columns:
            given = formdata.getlist(f"{self.name}-{rank}-{column}")
            typed[column] = " ".join(given[0].replace("\x00", "").split()) if given else ""
        return typed

    def _pad(self, count: int) -> None:
        while len(self.rows) < count:
            self.rows.append(Row(dict.fromkeys(self.columns, "")))

    def _row(self, typed: dict[str, str]) -> Row:
        row = Row(typed)
        if not self.is_empty(row):
            self.read_row(row)
        return row

    def is_empty(self, row: Row) -> bool:
        """The row holds nothing but its proposed answers."""
        return not (row.typed["label"] or row.typed["amount"])

    def read_row(self, row: Row) -> None:
        """Understand a row, noting what is wrong in it."""
        label = row.typed["label"]
        row.data["label"] = label
        if not label:
            row.errors["label"] = f"indiquez le {self.names['label']}"
        elif len(label) > _MAX_LABEL:
            row.errors["label"] = f"le {self.names['label']} est trop long"
        try:
            row.data["amount"] = parse_euros(row.typed["amount"])
        except ValueError as error:
            given = row.typed["amount"]
            row.errors["amount"] = str(error).rstrip(".") if given else "indiquez le montant"

    def _gather(self) -> None:
        self.data = [row.data for row in self.rows if row.data]
        self.raw_data = [row.typed["amount"] for row in self.rows]
        for rank, row in enumerate(self.rows, start=1):
            for sentence in row.errors.values():
                self.process_errors.append(f"Ligne {rank}\u00a0: {_lower(sentence)}.")

    def typed_rows(self) -> dict[str, list[str]]:
        """The rows as a browser would send them, blank ones too, numbered from 0."""
        return {
            f"{self.name}-{rank}-{column}": [text]
            for rank, row in enumerate(self.rows)
            for column, text in row.typed.items()
        }

    @property
    def answered(self) -> bool:
        """At least one row is filled."""
        return bool(self.data)

    @property
    def total(self) -> Money:
        """The sum of the rows that can be read."""
        return total([row["amount"] for row in self.data if "amount" in row])

    def to_json(self) -> object:
        """The rows, amounts as `"12600.50"`."""
        return [self.stored_row(row) for row in self.data]

    def stored_row(self, row: Mapping[str, Any]) -> dict[str, str]:
        """One row as it is stored."""
        return {"label": row.get("label", ""), "amount": _plain(row.get("amount"))}

    def typed_row(self, stored: Mapping[str, object]) -> dict[str, str]:
        """One stored row as a person would type it."""
        return {column: str(stored.get(column) or "") for column in self.columns}

    def parts(self) -> dict[str, Money]:
        """The sums that facts may be made of."""
        return {"total": self.total}

    def value(self) -> Value:
        """The sums, in euros, and the number of rows."""
        sums: dict[str, Value] = {name: part.exact for name, part in self.parts().items()}
        return {**sums, "count": len(self.data)}

    def routing(self) -> Value:
        """The total, in cents."""
        return self.total.cents

    def fact_values(self) -> dict[str, object]:
        """The facts made of the sums; the main fact is the total."""
        sums = self.parts()
        found: dict[str, object] = {
            fact: sums[part].plain() for part, fact in self.spec.facts.items()
        }
        if self.spec.fact:
            found[self.spec.fact] = self.total.plain()
        return found

    def reading(self) -> str:
        """Every row, then the total."""
        rows = [f"{row['label']}\u00a0: {row['amount'].french()}" for row in self.data]
        return "\n".join([*rows, f"Total\u00a0: {self.total.french()}"]) if rows else ""

    @classmethod
    def encode(cls, name: str, stored: object) -> Iterable[tuple[str, str]]:
        """One item a column of a row."""
        for rank, row in enumerate(mappings(stored)):
            for column in cls.columns:
                yield f"{name}-{rank}-{column}", str(row.get(column) or "")


class LinesQuestion(RowsQuestion):
    """Expense lines."""

    kind = "lines"
    missing = "Ajoutez au moins une ligne."


class FundingPlanQuestion(RowsQuestion):
    """Who pays what; with the aid asked for, it must equal the cost to the cent."""

    kind = "funding_plan"
    missing = "Indiquez au moins un financement, à commencer par votre part."
    columns = ("label", "kind", "amount", "status")
    names: ClassVar[Mapping[str, str]] = {"label": "financeur"}

    def read_row(self, row: Row) -> None:
        """A row also says which kind of money it is, and how sure."""
        super().read_row(row)
        row.data["kind"] = row.typed["kind"]
        row.data["status"] = row.typed["status"] or "planned"
        if row.typed["kind"] not in KINDS:
            row.errors["kind"] = "choisissez le type de financement"
        if row.data["status"] not in STATUSES:
            row.errors["status"] = "choisissez l’état du financement"

    def stored_row(self, row: Mapping[str, Any]) -> dict[str, str]:
        """One row as it is stored."""
        more = {"kind": row.get("kind", ""), "status": row.get("status", "")}
        return {**super().stored_row(row), **more}

    def parts(self) -> dict[str, Money]:
        """The sums by kind of money."""
        sums = {kind: self._sum(kind) for kind in KINDS}
        return {"total": self.total, **sums}

    def _sum(self, kind: str) -> Money:
        return total([row["amount"] for row in self.data if row.get("kind") == kind])

    @property
    def asked(self) -> Money:
        """The aid asked for, which the plan counts beside its rows."""
        question = self._form[self.spec.request] if self.spec.request else None
        found = question.data if question is not None else None
        return found if isinstance(found, Money) else Money.zero()

    @property
    def cost(self) -> Money | None:
        """What the plan must reach, when it is known."""
        question = self._form[self.spec.balance] if self.spec.balance else None
        if isinstance(question, RowsQuestion):
            return question.total if question.answered else None
        return question.data if question is not None and question.data else None

    def check(self) -> None:
        """Refuse a plan that does not balance to the cent."""
        cost, brought = self.cost, self.total + self.asked
        if cost is None or cost == brought:
            return
        gap = cost - brought
        tail = (
            f"il manque {gap.french()}"
            if gap.cents > 0
            else f"il y a {(-gap).french()} de trop"
        )
        aid = ", aide demandée comprise," if self.spec.request else ""
        raise ValueError(
            f"Le plan de financement n’est pas équilibré\u00a0: les financements{aid} font "
            f"{brought.french()} pour un coût de {cost.french()}\u00a0; {tail}."
        )


def mappings(stored: object) -> list[Mapping[str, object]]:
    """The rows of a stored answer, nothing else."""
    if not isinstance(stored, list | tuple):
        return []
    return [row for row in stored if isinstance(row, Mapping)][:MAX_ROWS]


def _plain(amount: Money | None) -> str:
    return "" if amount is None else amount.plain()


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
