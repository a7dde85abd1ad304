"""What would become of every dossier in flight if it followed another version? Proved, nothing written.

Dossiers that stand alike share a proof: a thousand of them cost a few dozen proofs. The other version
may be published or not yet: it is given as a dossier type, not as a row.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.migrations.amounts import Amounts, moving_amounts
from app.actions.move import context_for
from app.catalogue.migratable import migratable
from app.catalogue.published import DossierType
from app.catalogue.values import facts_as_values
from app.domain.errors import Refusal
from app.domain.migrations import VerdictKind
from app.domain.status import DossierStatus
from app.engine.context import Context
from app.engine.migration import Change, Proposal, Reason, Verdict, prove, signature_of
from app.engine.values import Value
from app.models.dossier import Dossier
from app.models.process import DossierProcess, ProcessStatus

_CHUNK = 500


class ValueUnreadable(Refusal):
    """What was typed for a variable is neither a number, nor a date, nor a word."""

    sentence = (
        "La valeur de « {name} » est vide : indiquez un nombre, une date, oui, non ou un mot."
    )


@dataclass(frozen=True)
class Asked:
    """From which version to which, and what a person said to make it possible."""

    source: DossierType
    target: DossierType
    #: Old step → new step.
    mapping: Mapping[str, str] = field(default_factory=dict)
    #: Values of variables, as typed.
    given: Mapping[str, str] = field(default_factory=dict)

    def change(self) -> Change:
        """The same, as the proof reads it. Refuses ValueUnreadable."""
        values = {name: read_value(name, text) for name, text in self.given.items()}
        return Change(migratable(self.source), migratable(self.target), self.mapping, values)


@dataclass(frozen=True)
class Seen:
    """One dossier in flight, and its verdict."""

    dossier_id: UUID
    position: str
    digest: str
    kind: VerdictKind
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]


@dataclass
class DryRun:
    """The verdict of every dossier, and what a person must say so that more can go."""

    dossiers: list[Seen] = field(default_factory=list)
    #: Step that is gone → steps that may stand for it.
    steps: dict[str, tuple[Proposal, ...]] = field(default_factory=dict)
    #: Variables that need a value.
    names: set[str] = field(default_factory=set)
    #: How many proofs were made.
    proofs: int = 0
    #: What other aid rules do to amounts; None when the rules are the same.
    amounts: Amounts | None = None

    def counts(self) -> Counter[VerdictKind]:
        """How many dossiers have each verdict."""
        return Counter(one.kind for one in self.dossiers)


def dry_run(session: Session, console: Console, asked: Asked, *, now: datetime) -> DryRun:
    """The verdict of every dossier in flight under the source version. Only reads."""
    change, found = asked.change(), DryRun()
    proved: dict[tuple[object, ...], Verdict] = {}
    for row in _in_flight(session, asked.source.definition_id):
        verdict = _stopped(row, asked)
        if verdict is None:
            contexts = Worlds(console, asked.target, row.facts)
            signed = signature_of(change, row.state, contexts, now=now)
            if signed not in proved:
                proved[signed] = prove(change, row.state, contexts, now=now)
            verdict = proved[signed]
            found.steps.update(verdict.proposals)
            found.names.update(verdict.unset)
        found.dossiers.append(
            Seen(
                dossier_id=row.dossier_id,
                position=row.marking,
                digest=sha256(row.state).hexdigest(),
                kind=verdict.kind,
                reasons=verdict.reasons,
                notes=verdict.notes,
            )
        )
    found.proofs = len(proved)
    found.amounts = moving_amounts(session, asked.source, asked.target)
    return found


@dataclass(frozen=True)
class Worlds:
    """What expressions see of one dossier at an instant, under the target version."""

    console: Console
    target: DossierType
    facts: Mapping[str, Any]

    def __call__(self, at: datetime) -> Context:
        """The context of the engine at that instant."""
        facts = facts_as_values(self.target.pack.known_facts, self.facts)
        return context_for(self.target, facts, at, self.console.calendar)


def _in_flight(session: Session, definition_id: UUID) -> Iterator[Any]:
    rows = session.execute(
        select(
            DossierProcess.dossier_id,
            DossierProcess.state,
            DossierProcess.marking,
            DossierProcess.status,
            Dossier.status.label("dossier_status"),
            Dossier.facts,
        )
        .join(Dossier, Dossier.id == DossierProcess.dossier_id)
        .where(
            DossierProcess.definition_id == definition_id,
            DossierProcess.status != ProcessStatus.COMPLETED,
        )
        .order_by(DossierProcess.dossier_id)
        .execution_options(yield_per=_CHUNK)
    )
    yield from rows


def _stopped(row: Any, asked: Asked) -> Verdict | None:  # noqa: ANN401 - a row
    if row.status is ProcessStatus.INCIDENT:
        return Verdict(VerdictKind.STAYS, (Reason("", STOPPED),))
    reason = without_words(asked.target, row.dossier_status)
    return Verdict(VerdictKind.STAYS, (Reason("", reason),)) if reason else None


STOPPED = "Un incident arrête ce dossier\u00a0: réglez-le d’abord."


def without_words(target: DossierType, status: DossierStatus) -> str:
    """Why a dossier of that status could not be shown under the target version; empty when it can."""
    if status in target.pack.statuses:
        return ""
    return f"La nouvelle version n’a pas de mot pour l’état du dossier ({status.value})."


def read_value(name: str, text: str) -> Value:
    """What was typed for a variable: a number, oui or non, else the text. Refuses ValueUnreadable."""
    plain = text.strip()
    if not plain:
        raise ValueUnreadable(name=name)
    words: dict[str, Value] = {"oui": True, "vrai": True, "non": False, "faux": False}
    if plain.casefold() in words:
        return words[plain.casefold()]
    try:
        number = Fraction(plain.replace("\u202f", "").replace("\u00a0", "").replace(",", "."))
    except (ValueError, ZeroDivisionError):
        return plain[:200]
    return number.numerator if number.denominator == 1 else number
