"""What must an administrator know? Incidents and accounts; types have their own page of queries."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import Person


def people(session: Session) -> Sequence[Person]:
    """Every account, by name."""
    return session.scalars(select(Person).order_by(Person.name)).all()
