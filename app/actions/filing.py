"""What does a dossier get when it is filed? Its reference, its applicant's figures, what lists need."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.database import insert_once
from app.domain.civil import civil_day
from app.domain.folding import fold
from app.domain.money import Money
from app.models.base import table_of
from app.models.dossier import Dossier, ReferenceCounter
from app.models.people import Organisation


def organisation_facts(organisation: Organisation) -> dict[str, Any]:
    """The figures of the applicant the rules need, frozen at filing."""
    ratio = organisation.fiscal_potential_ratio
    return {
        "applicant_type": organisation.kind.value,
        "population": organisation.population,
        "fiscal_potential_ratio": None if ratio is None else format(ratio.normalize(), "f"),
        "network_agreement": organisation.network_agreement,
        "survey_answered": organisation.survey_answered,
        "library_network": organisation.library_network,
        "contract_or_label": organisation.contract_or_label,
        "republican_commitment": organisation.republican_commitment,
    }


def search_text(dossier: Dossier, organisation: Organisation) -> str:
    """Everything a search may be made of, folded."""
    parts = [dossier.reference, dossier.title, organisation.name, organisation.siret]
    return fold(" ".join(part for part in parts if part))


def next_reference(session: Session, pattern: str, now: datetime) -> str:
    """The next reference of the pattern `{year}-LPINV-{number:05d}`; numbers are never reused."""
    year = civil_day(now).year
    prefix = pattern.split("{number", 1)[0].format(year=year)
    counters = table_of(ReferenceCounter)
    insert_once(session, counters, {"prefix": prefix, "last": 0})
    number = session.execute(
        update(counters)
        .where(counters.c.prefix == prefix)
        .values(last=counters.c.last + 1)
        .returning(counters.c.last)
    ).scalar_one()
    return pattern.format(year=year, number=number)


def copy_facts(dossier: Dossier, title: object) -> None:
    """What lists and searches need stands in columns."""
    if isinstance(title, str) and title.strip():
        dossier.title = title.strip()[:200]
    dossier.total_cost = amount_fact(dossier, "total_cost")
    dossier.requested = amount_fact(dossier, "requested_amount")


def amount_fact(dossier: Dossier, name: str) -> Money | None:
    """A fact that is an amount, as money; None when it is unknown."""
    value = dossier.facts.get(name)
    return None if value in (None, "") else Money.parse(str(value))
