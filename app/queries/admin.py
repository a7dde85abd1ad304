"""What must an administrator know? Incidents and accounts; types have their own page of queries."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.folding import alphabetical
from app.models.people import Person


def people(session: Session) -> Sequence[Person]:
    """Every account, by name."""
    return alphabetical(session.scalars(select(Person)), lambda one: one.name)
