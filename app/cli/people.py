"""How are accounts made from a terminal? The first administrator has no screen yet."""

from collections.abc import Sequence
from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.actions import people as actions
from app.actions.links import Links
from app.actions.people import PersonUnknown
from app.cli.start import ready_database, settings
from app.cli.words import say
from app.domain.actor import SYSTEM
from app.domain.permissions import Role
from app.models.people import MemberRole, Membership, Organisation, Person
from app.queries.people import organisation_by_siren, person_by_email
from app.settings import Settings

_ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Créer, fermer ou dépanner un compte."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="Prénom et nom.")
@click.option("--role", "roles", multiple=True, required=True, type=_ROLES)
@click.option("--siren", help="Organisme pour lequel la personne dépose (SIREN ou SIRET).")
def add(email: str, name: str, roles: Sequence[str], siren: str | None) -> None:
    """Créer un compte, et donner le lien par lequel la personne choisit son mot de passe."""
    chosen = settings()
    links = Links(chosen.key)

    def make(session: Session, now: datetime) -> str:
        person = actions.invite(
            session, SYSTEM, email=email, name=name, roles=[Role(one) for one in roles], now=now
        )
        if siren:
            _join(session, person, organisation_by_siren(session, siren))
        return links.make(person, now=now)

    with ready_database(chosen) as database:
        token = database.run_tx(make)
    say(f"Le compte de {name} est créé. Lien à lui transmettre, valable sept jours :")
    say(_link(chosen, token))


@user.command()
@click.argument("email")
def reset(email: str) -> None:
    """Donner le lien par lequel une personne choisit un nouveau mot de passe."""
    chosen = settings()
    links = Links(chosen.key)
    with ready_database(chosen) as database:
        token = database.run_tx(
            lambda session, now: links.make(_known(session, email), now=now)
        )
    say("Lien à transmettre à la personne ; il ne sert qu’une fois :")
    say(_link(chosen, token))


@user.command()
@click.argument("email")
def disable(email: str) -> None:
    """Fermer un compte : ses connexions cessent aussitôt."""
    _set_active(email, active=False)
    say(f"Le compte {email} est fermé.")


@user.command()
@click.argument("email")
def enable(email: str) -> None:
    """Rouvrir un compte."""
    _set_active(email, active=True)
    say(f"Le compte {email} est rouvert.")


def _set_active(email: str, *, active: bool) -> None:
    with ready_database(settings()) as database:
        database.run_tx(
            lambda session, _now: actions.set_active(
                session, SYSTEM, _known(session, email).id, active=active
            )
        )


def _known(session: Session, email: str) -> Person:
    person = person_by_email(session, email)
    if person is None:
        raise PersonUnknown(email=email)
    return person


def _join(session: Session, person: Person, organisation: Organisation) -> None:
    session.add(
        Membership(
            person_id=person.id, organisation_id=organisation.id, role=MemberRole.MANAGER
        )
    )


def _link(chosen: Settings, token: str) -> str:
    return f"{chosen.base_url}/mot-de-passe/{token}"
