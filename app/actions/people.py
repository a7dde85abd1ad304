"""How do people get in and out? Passwords, sessions, accounts and roles.

A password is checked outside any transaction (argon2 takes its time on purpose, and SQLite has
one writer); what follows from the check is written here.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from app.database import insert_once
from app.domain.actor import Actor
from app.domain.errors import NotAllowed, Refusal
from app.domain.permissions import Permission, Role
from app.models.people import Person, PersonRole, SignInFailure, WebSession
from app.queries.people import person_by_email, token_hash

SESSION_LASTS = timedelta(hours=12)
PASSWORD_LONGEST = 128
PASSWORD_SHORTEST = 12
#: Failures that cost nothing; each one after doubles the wait, up to the limit of its kind.
FREE_FAILURES = 5
_LIMITS = {"account": timedelta(minutes=15), "address": timedelta(minutes=1)}
_FORGOTTEN_AFTER = timedelta(hours=24)
_FAILURES = cast(Table, SignInFailure.__table__)
_HASHER = PasswordHasher()
#: Checked when nobody has the address, so that an unknown account takes as long as a known one.
_NOBODY = _HASHER.hash(secrets.token_hex(16))
#: Seen in every leak and in this house; compared without case, digits or signs.
_TOO_COMMON = frozenset(
    (
        "azerty",
        "azertyuiop",
        "qwerty",
        "qwertyuiop",
        "password",
        "motdepasse",
        "bonjour",
        "soleil",
        "admin",
        "administrateur",
        "liasse",
        "departement",
        "mairie",
        "commune",
        "subvention",
        "bibliotheque",
        "marseille",
        "chouchou",
        "loulou",
        "doudou",
        "iloveyou",
        "jetaime",
        "welcome",
        "letmein",
        "changeme",
        "secret",
        "azertyuiopqsdfghjklmwxcvbn",
        "abcdefghijkl",
    )
)


class BadAddress(Refusal):
    """The text is not an e-mail address."""

    sentence = "«\u00a0{email}\u00a0» n’est pas une adresse de courriel."


class AddressTaken(Refusal):
    """Somebody has that address already."""

    sentence = "Un compte existe déjà pour {email}."


class PersonUnknown(Refusal):
    """Nobody has that address."""

    sentence = "Aucun compte n’existe pour {email}."


class WeakPassword(Refusal):
    """The password is too short, too long or too easily guessed."""

    sentence = "{reason}"


class WrongPassword(Refusal):
    """The current password given to change it is not the right one."""

    sentence = "Le mot de passe actuel n’est pas le bon."


def hash_password(password: str) -> str:
    """Argon2id of the password."""
    return _HASHER.hash(password)


def is_password(known: str | None, password: str) -> bool:
    """Is this the password behind that hash? Takes as long when there is no hash at all."""
    if len(password) > PASSWORD_LONGEST:
        return False
    try:
        return _HASHER.verify(known or _NOBODY, password) and known is not None
    except (VerificationError, InvalidHashError):
        return False


def check_password(password: str, *, about: Iterable[str] = ()) -> None:
    """Refuse a password that is too short, too long, too common, or made of `about` (name, address)."""
    if len(password) < PASSWORD_SHORTEST:
        raise WeakPassword(
            reason=f"Choisissez un mot de passe d’au moins {PASSWORD_SHORTEST} caractères."
        )
    if len(password) > PASSWORD_LONGEST:
        raise WeakPassword(
            reason=f"Choisissez un mot de passe d’au plus {PASSWORD_LONGEST} caractères."
        )
    letters = _letters(password)
    own = {_letters(word) for text in about for word in text.replace("@", " ").split()}
    if len(set(password)) < 5 or letters in _TOO_COMMON | own:
        raise WeakPassword(
            reason="Ce mot de passe se devine facilement : choisissez par exemple quatre mots sans lien."
        )


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in plain if char.isalpha())


def record_failure(session: Session, keys: Iterable[str], *, now: datetime) -> None:
    """Count one failed sign-in for each key (`account:…`, `address:…`); slow down after five."""
    session.execute(delete(SignInFailure).where(SignInFailure.last_at < now - _FORGOTTEN_AFTER))
    for key in sorted(keys):
        insert_once(session, _FAILURES, {"key": key, "failures": 0, "last_at": now})
        row = session.get_one(SignInFailure, key, with_for_update=True)
        row.failures += 1
        row.last_at = now
        row.blocked_until = _blocked(key, row.failures, now)


def _blocked(key: str, failures: int, now: datetime) -> datetime | None:
    excess = failures - FREE_FAILURES
    if excess < 0:
        return None
    return now + min(timedelta(seconds=2 ** min(excess, 16)), _LIMITS[key.partition(":")[0]])


def sign_in(session: Session, person_id: UUID, *, account: str | None, now: datetime) -> str:
    """Open a session for somebody whose password was right; its token is the answer.

    `account` is the key whose failures are forgotten; an address keeps its own, else somebody
    with one good account would try others for ever. Sessions that are over are swept away.
    """
    person = session.get(Person, person_id)
    if person is None or not person.is_active:
        raise NotAllowed
    if account is not None:
        session.execute(delete(SignInFailure).where(SignInFailure.key == account))
    session.execute(delete(WebSession).where(WebSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=token_hash(token),
            person_id=person_id,
            csrf_secret=secrets.token_hex(32),
            created_at=now,
            last_write_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    return token


def sign_out(session: Session, token: str) -> None:
    """Delete the session: its cookie is worth nothing from now on."""
    session.execute(delete(WebSession).where(WebSession.token_hash == token_hash(token)))


def keep_alive(session: Session, token: str, *, now: datetime) -> None:
    """The person did something: the idle delay starts again."""
    row = session.get(WebSession, token_hash(token))
    if row is not None:
        row.last_write_at = now


def invite(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    roles: Iterable[Role],
    now: datetime,
) -> Person:
    """Make an account without a password; its owner chooses one by a link."""
    _may_administer(actor)
    address = _address(email)
    if person_by_email(session, address) is not None:
        raise AddressTaken(email=address)
    person = Person(
        id=uuid4(),
        email=address,
        name=" ".join(name.split()),
        job_title=None,
        password_hash=None,
        is_active=True,
        is_demo=False,
        language="fr",
        created_at=now,
    )
    person.roles = [PersonRole(role=role) for role in dict.fromkeys(roles)]
    session.add(person)
    session.flush()
    return person


def set_password(session: Session, person_id: UUID, *, password_hash: str) -> None:
    """Give the person this password (already hashed), and end every session they had."""
    person = session.get_one(Person, person_id, with_for_update=True)
    person.password_hash = password_hash
    _end_sessions(session, person_id)


def set_profile(session: Session, person_id: UUID, *, name: str, language: str) -> None:
    """Change the name shown and the language of the screens."""
    person = session.get_one(Person, person_id)
    person.name = " ".join(name.split())[:120] or person.name
    person.language = language if language in {"fr", "en"} else "fr"


def set_active(session: Session, actor: Actor, person_id: UUID, *, active: bool) -> None:
    """Open or close an account; closing it ends its sessions at once. Nobody closes their own."""
    _may_administer(actor)
    if person_id == actor.person_id:
        raise NotAllowed
    session.get_one(Person, person_id).is_active = active
    if not active:
        _end_sessions(session, person_id)


def set_roles(
    session: Session, actor: Actor, person_id: UUID, *, roles: Iterable[Role]
) -> None:
    """Give the person exactly these roles. An administrator cannot take away their own office."""
    _may_administer(actor)
    wanted = frozenset(roles)
    if person_id == actor.person_id and Role.ADMIN not in wanted:
        raise NotAllowed
    held = {
        row.role: row
        for row in session.scalars(select(PersonRole).where(PersonRole.person_id == person_id))
    }
    for role, row in held.items():
        if role not in wanted:
            session.delete(row)
    session.add_all(PersonRole(person_id=person_id, role=role) for role in wanted - held.keys())


def _end_sessions(session: Session, person_id: UUID) -> None:
    session.execute(delete(WebSession).where(WebSession.person_id == person_id))


def _may_administer(actor: Actor) -> None:
    if not (actor.is_system or actor.may(Permission.ADMINISTER)):
        raise NotAllowed


def _address(email: str) -> str:
    try:
        return validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise BadAddress(email=email) from error
