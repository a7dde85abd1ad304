"""How does this reader want this mail: at once, in the digest, not at all? Asked, and written."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowed
from app.domain.mailing import Choice
from app.models.mailing import MailPreference
from notifications.kinds import kind, kind_of

_CHOSEN = select(MailPreference.choice).where(
    MailPreference.person_id == bindparam("person_id"), MailPreference.kind == bindparam("kind")
)


def choice_for(
    session: Session, person_id: UUID | None, template: str, *, digest: bool = False
) -> Choice:
    """What the reader chose, when the kind allows it; else the digest for a rung that says so."""
    found = kind_of(template)
    usual = Choice.DIGEST if digest and Choice.DIGEST in found.choices else Choice.NOW
    if person_id is None or len(found.choices) == 1:
        return usual
    chosen = session.scalar(_CHOSEN, {"person_id": person_id, "kind": found.key})
    return chosen if chosen in found.choices else usual


def choices_of(session: Session, person_id: UUID) -> Mapping[str, Choice]:
    """Everything one reader chose, by kind."""
    rows = session.execute(
        select(MailPreference.kind, MailPreference.choice).where(
            MailPreference.person_id == person_id
        )
    )
    return {row.kind: row.choice for row in rows}


def choose(session: Session, person_id: UUID, choices: Mapping[str, Choice]) -> None:
    """Write what one reader wants. Refuses NotAllowed for what a kind does not allow."""
    for key, choice in choices.items():
        found = kind(key)
        if found is None or choice not in found.choices:
            raise NotAllowed
        row = session.get(MailPreference, (person_id, key))
        if row is None:
            session.add(MailPreference(person_id=person_id, kind=key, choice=choice))
        else:
            row.choice = choice
