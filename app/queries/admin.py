"""Who has an account? The list of the administrator, searched and read fifty at a time.

Types, incidents and mails have their own pages of queries.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.folding import alphabetical, fold
from app.models.people import Membership, Organisation, Person

#: How many accounts a page shows.
PAGE = 50


@dataclass(frozen=True)
class Accounts:
    """A page of the list of accounts."""

    people: Sequence[Person]
    total: int
    page: int
    pages: int


def accounts(session: Session, *, words: str = "", page: int = 1) -> Accounts:
    """The accounts whose name, address or organisation says these words, by name.

    The words are compared here and not by the database: it knows nothing of our accents.
    """
    found = session.execute(select(Person.id, Person.name, Person.email)).all()
    if sought := fold(words).split():
        served = _organisations(session)
        told = {one.id: fold(" ".join([one.name, one.email, *served[one.id]])) for one in found}
        found = [one for one in found if all(word in told[one.id] for word in sought)]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, page), pages)
    shown = alphabetical(found, lambda one: one.name)[(page - 1) * PAGE : page * PAGE]
    people = session.scalars(select(Person).where(Person.id.in_(one.id for one in shown)))
    return Accounts(alphabetical(people, lambda one: one.name), len(found), page, pages)


def _organisations(session: Session) -> dict[UUID, list[str]]:
    """The names of the organisations each person acts for."""
    names: dict[UUID, list[str]] = defaultdict(list)
    for person_id, name in session.execute(
        select(Membership.person_id, Organisation.name).join(Membership.organisation)
    ):
        names[person_id].append(name)
    return names
