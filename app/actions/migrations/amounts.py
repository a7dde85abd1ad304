"""Which amounts would move if dossiers in flight followed other aid rules? Only read, never written.

What is true of a dossier that changes version: an aid computed and not yet voted is computed again, by
the rules it follows then, when its examination is sent; a proposal that is written stays until it is
sent back to be examined; what was voted is never computed again, but the payments to come follow the
payment tables of the version.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalogue.published import DossierType
from app.domain.errors import Refusal
from app.domain.money import Money
from app.engine.decisions.sheet import Sheet, read_sheets
from app.models.base import Json
from app.models.dossier import Dossier
from app.models.process import DossierProcess, ProcessStatus

#: Computed dossiers looked at, a few thousandths of a second each: beyond, the page says so.
MOST = 1_000
SHOWN = 10
#: The tables that payments read.
_OF_PAYMENTS = ("instalments", "settlement", "rounding", "public_cap")


@dataclass(frozen=True)
class Moved:
    """A dossier whose aid would be another; amounts in euros, "" when nothing may be given."""

    reference: str
    before: str
    after: str
    is_proposed: bool


@dataclass
class Amounts:
    """What another version's aid rules would do to the dossiers in flight of one version."""

    #: Computed, not voted: those that move, and those that stay as they are.
    moved: int = 0
    proposed: int = 0
    same: int = 0
    #: The rules refuse their facts: nobody can say.
    unknown: int = 0
    #: Not computed yet: the rules they follow then will do it.
    to_come: int = 0
    voted: int = 0
    #: Computed dossiers that were not looked at.
    left_out: int = 0
    payments_change: bool = False
    samples: list[Moved] = field(default_factory=list)

    @property
    def is_told(self) -> bool:
        """Somebody has something to read."""
        touched = self.moved or self.same or self.unknown or self.left_out or self.to_come
        return bool(touched or (self.voted and self.payments_change))

    def to_json(self) -> Json:
        """As a dry run keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Amounts":
        """As `to_json` wrote it."""
        return cls(**{**kept, "samples": [Moved(**one) for one in kept["samples"]]})


def moving_amounts(
    session: Session, source: DossierType, target: DossierType, *, most: int = MOST
) -> Amounts | None:
    """What would become of the amounts of the source's dossiers in flight; None for the same rules."""
    before, after = read_sheets(source.pack.tables), read_sheets(target.pack.tables)
    if before == after:
        return None
    found = Amounts(payments_change=_differ(before, after))
    looked = 0
    for row in session.execute(_in_flight(source.definition_id)):
        if row.voted is not None:
            found.voted += 1
        elif not row.calculation:
            found.to_come += 1
        elif looked == most:
            found.left_out += 1
        else:
            looked += 1
            _compare(found, row, source, target)
    found.samples.sort(key=lambda one: (-_gap(one), one.reference))
    del found.samples[SHOWN:]
    return found


def _in_flight(definition_id: UUID | None) -> Any:  # noqa: ANN401 - a statement
    return (
        select(
            Dossier.reference,
            Dossier.facts,
            Dossier.calculation,
            Dossier.proposed,
            Dossier.voted,
        )
        .join(DossierProcess, DossierProcess.dossier_id == Dossier.id)
        .where(
            DossierProcess.definition_id == definition_id,
            DossierProcess.status != ProcessStatus.COMPLETED,
        )
        .order_by(Dossier.reference)
        .execution_options(yield_per=500)
    )


def _compare(found: Amounts, row: Any, source: DossierType, target: DossierType) -> None:  # noqa: ANN401
    try:
        was, now = source.rules.explain(row.facts), target.rules.explain(row.facts)
    except Refusal:
        found.unknown += 1
        return
    if was["aid"] == now["aid"]:
        found.same += 1
        return
    is_proposed = row.proposed is not None
    found.moved += 1
    found.proposed += is_proposed
    before = str(row.calculation.get("aid") or "")
    moved = Moved(row.reference or "", before, str(now["aid"] or ""), is_proposed)
    found.samples.append(moved)


def _differ(before: Mapping[str, Sheet], after: Mapping[str, Sheet]) -> bool:
    return any(before.get(name) != after.get(name) for name in _OF_PAYMENTS)


def _gap(one: Moved) -> int:
    was, now = (Money.parse(text or "0").cents for text in (one.before, one.after))
    return abs(now - was)
