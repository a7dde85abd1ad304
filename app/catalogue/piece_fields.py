"""How does an officer say which pieces are to be sent again, and why?"""

from collections.abc import Iterable, Sequence
from typing import Any

from app.catalogue import row_widgets
from app.catalogue.contract import DocumentKind
from app.catalogue.fields import UNSET, Posted, Question
from app.catalogue.row_fields import mappings
from app.engine.expressions import Value

_MAX_REASON = 500


class PiecesQuestion(Question):
    """Which pieces are to be sent again, and why."""

    kind = "pieces"
    missing = "Cochez au moins une pièce."
    widget = staticmethod(row_widgets.pieces_table)

    def __init__(self, *, kinds: Sequence[DocumentKind], **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.kinds = kinds

    def process(
        self,
        formdata: Posted | None,
        data: object = UNSET,
        extra_filters: object = None,  # noqa: ARG002 - WTForms calls it so
    ) -> None:
        """Read the pieces ticked and their reasons."""
        self.process_errors: list[str] = []
        stored = self.default if data is UNSET else data
        given = self._sent(formdata) if formdata is not None else self._stored(stored)
        self.data = [
            {"piece": kind.key, "reason": given[kind.key]}
            for kind in self.kinds
            if kind.key in given
        ]
        self.raw_data = list(given)

    def _sent(self, formdata: Posted) -> dict[str, str]:
        ticked = formdata.getlist(self.name)
        reasons = {key: formdata.getlist(f"{self.name}-{key}-reason") for key in ticked}
        return {
            key: " ".join((given[0] if given else "").split()) for key, given in reasons.items()
        }

    def _stored(self, stored: object) -> dict[str, str]:
        return {str(row.get("piece")): str(row.get("reason") or "") for row in mappings(stored)}

    def reason_of(self, key: str) -> str | None:
        """The reason of a piece ticked, None when it is not."""
        return next((row["reason"] for row in self.data if row["piece"] == key), None)

    @property
    def answered(self) -> bool:
        """At least one piece is ticked."""
        return bool(self.data)

    def check(self) -> None:
        """Refuse a piece without a reason, or a reason too long for a letter."""
        for row in self.data:
            title = next(str(kind.title) for kind in self.kinds if kind.key == row["piece"])
            if not row["reason"]:
                raise ValueError(
                    f"Dites pourquoi vous demandez la pièce «\u00a0{title}\u00a0»."
                )
            if len(row["reason"]) > _MAX_REASON:
                raise ValueError(f"Le motif de la pièce «\u00a0{title}\u00a0» est trop long.")

    def to_json(self) -> object:
        """The pieces and their reasons."""
        return list(self.data)

    def value(self) -> Value:
        """The keys of the pieces."""
        return [row["piece"] for row in self.data]

    def routing(self) -> Value:
        """The keys of the pieces."""
        return self.value()

    def fact_values(self) -> dict[str, object]:
        """The fact is the list of the keys."""
        return {self.spec.fact: self.value()} if self.spec.fact else {}

    def reading(self) -> str:
        """Each piece with its reason."""
        titles = {kind.key: str(kind.title) for kind in self.kinds}
        return "\n".join(f"{titles[row['piece']]}\u00a0: {row['reason']}" for row in self.data)

    @classmethod
    def encode(cls, name: str, stored: object) -> Iterable[tuple[str, str]]:
        """One box and one reason a piece."""
        for row in mappings(stored):
            yield name, str(row.get("piece"))
            yield f"{name}-{row.get('piece')}-reason", str(row.get("reason") or "")
