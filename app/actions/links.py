"""How does somebody without a password choose one? By a signed link, good once and not for long."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.models.people import Person

INVITATION_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(minutes=30)
_SALT = "liasse-password-link"


class LinkDead(Refusal):
    """The link was used, is too old, or was never ours."""

    sentence = (
        "Ce lien ne sert plus : il a déjà servi ou il est trop ancien. Demandez-en un autre."
    )


@dataclass(frozen=True)
class Links:
    """Makes and reads the links that let a person choose a password."""

    secret_key: str

    def make(self, person: Person, *, now: datetime) -> str:
        """The token of a link: seven days for a first password, thirty minutes for another one."""
        lasts = RESET_LASTS if person.password_hash else INVITATION_LASTS
        expires = int((now + lasts).timestamp())
        return self._signer().dumps([person.id.hex, _state(person), expires])

    def person(self, session: Session, token: str, *, now: datetime) -> Person:
        """Whose link this is. Refuses LinkDead; a password chosen since makes the link dead."""
        try:
            person_id, state, expires = self._signer().loads(token)
        except (BadData, ValueError) as error:
            raise LinkDead from error
        person = session.get(Person, UUID(person_id))
        if person is None or not person.is_active or _state(person) != state:
            raise LinkDead
        if datetime.fromtimestamp(expires, UTC) <= now:
            raise LinkDead
        return person

    def _signer(self) -> URLSafeSerializer:
        # sha256: itsdangerous would sign with SHA-1.
        return URLSafeSerializer(
            self.secret_key, salt=_SALT, signer_kwargs={"digest_method": sha256}
        )


def _state(person: Person) -> str:
    """Changes whenever the password does, and tells nothing of it."""
    known = f"{person.email}\n{person.password_hash or ''}"
    return sha256(known.encode("utf-8")).hexdigest()[:24]
