"""How does somebody follow their deadlines elsewhere? A private address, renewed or closed at will."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.models.calendar import CalendarFeed
from app.models.people import Person

_SALT = "liasse-calendar-feed"


def open_feed(session: Session, person_id: UUID, *, now: datetime) -> None:
    """Open the feed of a person; the address it had before is dead."""
    key = secrets.token_urlsafe(16)
    feed = session.get(CalendarFeed, person_id)
    if feed is None:
        session.add(CalendarFeed(person_id=person_id, key=key, opened_at=now))
    else:
        feed.key, feed.opened_at = key, now


def close_feed(session: Session, person_id: UUID) -> None:
    """Close the feed of a person, for good: opening it again gives another address."""
    feed = session.get(CalendarFeed, person_id)
    if feed is not None:
        session.delete(feed)


@dataclass(frozen=True)
class Feeds:
    """Makes and reads the addresses of feeds.

    They are signed: who reads the database alone can open none of them.
    """

    secret_key: str

    def token(self, session: Session, person_id: UUID) -> str | None:
        """The end of the address of a person's feed; None when it is closed."""
        feed = session.get(CalendarFeed, person_id)
        return self._signer().dumps([person_id.hex, feed.key]) if feed else None

    def person(self, session: Session, token: str) -> Person:
        """Whose feed this is. Refuses NotFound: never ours, renewed, closed, account disabled."""
        try:
            person_id, key = self._signer().loads(token)
            feed = session.get(CalendarFeed, UUID(person_id))
        except (BadData, ValueError, TypeError) as error:
            raise NotFound from error
        if feed is None or not secrets.compare_digest(feed.key, str(key)):
            raise NotFound
        person = session.get_one(Person, feed.person_id)
        if not person.is_active:
            raise NotFound
        return person

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(
            self.secret_key, salt=_SALT, signer_kwargs={"digest_method": sha256}
        )
