"""How do associations and other bodies get in? From a list with SIRET numbers; again updates them."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.reference import Imported
from app.catalogue.identifiers import clean_siret
from app.domain.errors import Refusal
from app.models.people import Organisation, OrganisationKind

#: What a list of organisations must name, and what it may.
REQUIRED = ("siret", "nom", "type")
OPTIONAL = ("rna", "code_postal", "ville", "courriel")


class BadLine(Refusal):
    """A line of a list cannot be used."""

    sentence = "Ligne {line} : {reason}."


def import_organisations(session: Session, text: str) -> Imported:
    """Bring in organisations by SIRET, from a CSV text. Refuses BadLine; then nothing is kept."""
    added = updated = 0
    for line, row in _rows(text):
        number = _siret(row["siret"], line)
        found = session.scalar(select(Organisation).where(Organisation.siret == number))
        if found is None:
            found = Organisation(id=uuid4(), siret=number, siren=number[:9], name="")
            session.add(found)
            added += 1
        else:
            updated += 1
        _fill(found, row, line)
        session.flush()
    return Imported(added=added, updated=updated)


def _siret(text: str, line: int) -> str:
    try:
        return clean_siret(text)
    except ValueError as error:
        raise BadLine(line=line, reason=str(error).rstrip(".")) from None


def _fill(organisation: Organisation, row: Mapping[str, str], line: int) -> None:
    try:
        organisation.kind = OrganisationKind(row["type"])
    except ValueError:
        known = ", ".join(kind.value for kind in OrganisationKind)
        raise BadLine(line=line, reason=f"le type est l’un de : {known}") from None
    organisation.name = row["nom"][:200]
    organisation.rna = row.get("rna") or organisation.rna
    organisation.postal_code = row.get("code_postal") or organisation.postal_code
    organisation.city = row.get("ville") or organisation.city
    organisation.email = row.get("courriel") or organisation.email


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line with its number; columns that are missing are told once, at line 1."""
    reader = csv.DictReader(StringIO(text))
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
    if missing:
        raise BadLine(line=1, reason=f"il manque la colonne « {missing[0]} »")
    for row in reader:
        yield reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}
