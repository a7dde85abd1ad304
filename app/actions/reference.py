"""How do the communes and the EPCI get in? From the official lists; running it again updates them."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.folding import fold
from app.models.people import Organisation, OrganisationKind

_HEADQUARTERS = "0001"
_TEN = 10


@dataclass(frozen=True)
class Imported:
    """How many organisations were new, and how many were brought up to date."""

    added: int
    updated: int


def import_places(session: Session, *, epcis: str, communes: str, year: int) -> Imported:
    """Bring in EPCI and communes from two CSV texts (official geographic code), by SIREN.

    Columns: `siren,nom,type,population_municipale` and
    `code_insee,nom,siren,population_municipale,codes_postaux,epci_siren`.
    """
    known = {
        one.siren: one
        for one in session.scalars(select(Organisation).where(Organisation.siren.is_not(None)))
    }
    before = len(known)
    rows = 0
    for row in _rows(epcis):
        _bring_in(session, known, OrganisationKind.EPCI, row, year)
        rows += 1
    session.flush()
    for row in _rows(communes):
        commune = _bring_in(session, known, OrganisationKind.COMMUNE, row, year)
        commune.insee_code = row["code_insee"]
        commune.postal_code = row["codes_postaux"].split("|")[0][:5] or None
        commune.epci_id = _id(known.get(row["epci_siren"]))
        rows += 1
    session.flush()
    added = len(known) - before
    return Imported(added=added, updated=rows - added)


def siret_of(siren: str) -> str:
    """The SIRET of the first establishment of a SIREN, with its check digit (Luhn over 14)."""
    stem = siren + _HEADQUARTERS
    total = 0
    for place, digit in enumerate(reversed(stem)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled >= _TEN else doubled
    return stem + str(-total % _TEN)


def _bring_in(
    session: Session,
    known: dict[str | None, Organisation],
    kind: OrganisationKind,
    row: dict[str, str],
    year: int,
) -> Organisation:
    found = known.get(row["siren"])
    if found is None:
        found = Organisation(
            id=uuid4(), kind=kind, siren=row["siren"], siret=siret_of(row["siren"]), name=""
        )
        session.add(found)
        known[row["siren"]] = found
    found.name = _name(kind, row["nom"])
    found.city = row["nom"] if kind is OrganisationKind.COMMUNE else found.city
    found.population = int(row["population_municipale"] or 0)
    found.figures_year = year
    return found


def _name(kind: OrganisationKind, name: str) -> str:
    if kind is OrganisationKind.COMMUNE:
        vowels = "aeiouyh"
        starts = fold(name)[:1]
        return f"Commune d’{name}" if starts in vowels else f"Commune de {name}"
    return name


def _id(organisation: Organisation | None) -> UUID | None:
    return organisation.id if organisation else None


def _rows(text: str) -> Iterable[dict[str, Any]]:
    return csv.DictReader(StringIO(text))
