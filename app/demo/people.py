"""Who lives in the demonstration? Invented people on real organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.people import hash_password
from app.actions.reference import import_places
from app.domain.permissions import Role
from app.models.people import (
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    PersonRole,
)

PASSWORD = "demo-liasse-2026"  # noqa: S105 - printed by the demonstration itself
DOMAIN = "demo.example"
#: Vintage of the population figures.
FIGURES_YEAR = 2026


@dataclass(frozen=True)
class Persona:
    """One account of the demonstration."""

    login: str
    name: str
    job_title: str
    roles: tuple[Role, ...]
    #: Name of the organisation an applicant acts for.
    organisation: str = ""

    @property
    def email(self) -> str:
        """Its address."""
        return f"{self.login}@{DOMAIN}"


STAFF: Sequence[Persona] = (
    Persona("agent", "Lucie Marchand", "Instructrice, lecture publique", (Role.OFFICER,)),
    Persona("agent2", "Samuel Breton", "Instructeur, lecture publique", (Role.OFFICER,)),
    Persona("chef", "Paul Dervaux", "Chef du service culture", (Role.HEAD, Role.SUPERVISOR)),
    Persona("finances", "Nadia Berrahal", "Gestionnaire financière", (Role.FINANCE,)),
    Persona("direction", "Hélène Castaing", "Directrice de la culture", (Role.DIRECTION,)),
    Persona("assemblees", "Yves Lorrain", "Service des assemblées", (Role.COMMITTEE_OFFICE,)),
    Persona("signataire", "Claire Vautrin", "Vice-présidente déléguée", (Role.SIGNATORY,)),
    Persona("expert.drac", "Julien Aubry", "Conseiller livre et lecture, DRAC", (Role.EXPERT,)),
    Persona("expert.bd", "Anne Thévenot", "Bibliothèque départementale", (Role.EXPERT,)),
    Persona("elu", "Michel Rousselot", "Conseiller départemental", (Role.ELECTED,)),
    Persona("admin", "Sophie Garnier", "Administratrice fonctionnelle", (Role.ADMIN,)),
)
APPLICANTS: Sequence[Persona] = (
    Persona(
        "mairie.bar-le-duc",
        "Catherine Perrin",
        "Secrétaire générale",
        (Role.APPLICANT,),
        "Commune de Bar-le-Duc",
    ),
    Persona(
        "mairie.commercy",
        "Olivier Jacquemin",
        "Directeur des services",
        (Role.APPLICANT,),
        "Commune de Commercy",
    ),
    Persona(
        "cc.portes-de-meuse",
        "Émilie Rouyer",
        "Chargée de mission culture",
        (Role.APPLICANT,),
        "CC des Portes de Meuse",
    ),
    Persona(
        "asso.lire",
        "Bernard Collin",
        "Président",
        (Role.APPLICANT,),
        "Association Lire en Barrois",
    ),
)


def settle_in(session: Session, *, now: datetime) -> dict[str, Person]:
    """Bring in the organisations and the accounts; the people by login."""
    data = files("app.demo") / "data"
    import_places(
        session,
        epcis=(data / "epci-55.csv").read_text("utf-8"),
        communes=(data / "communes-55.csv").read_text("utf-8"),
        year=FIGURES_YEAR,
    )
    _invent_figures(session)
    _association(session)
    organisations = {one.name: one for one in session.scalars(select(Organisation))}
    password = hash_password(PASSWORD)
    for persona in (*STAFF, *APPLICANTS):
        person = _person(persona, password, now)
        session.add(person)
        if persona.organisation:
            home = organisations[persona.organisation]
            home.email = persona.email
            home.network_agreement = home.survey_answered = True
            person.memberships.append(_member(person, home.id))
    session.flush()
    session.expire_all()
    accounts = session.scalars(select(Person).where(Person.is_demo))
    return {one.email.split("@")[0]: one for one in accounts}


def town_hall(session: Session, organisation: Organisation, *, now: datetime) -> Person:
    """The secretary of another town hall, invented on demand; the demo has no card for them."""
    number = organisation.insee_code or organisation.siren
    person = Person(
        id=uuid4(),
        email=f"mairie.{number}@{DOMAIN}",
        name=f"Secrétariat, {organisation.name}",
        job_title="Secrétariat de mairie",
        password_hash=None,
        is_demo=False,
        created_at=now,
        roles=[PersonRole(role=Role.APPLICANT)],
    )
    session.add(person)
    person.memberships.append(_member(person, organisation.id))
    session.flush()
    session.expire(person)
    return session.scalars(select(Person).where(Person.id == person.id)).one()


def _person(persona: Persona, password: str, now: datetime) -> Person:
    return Person(
        id=uuid4(),
        email=persona.email,
        name=persona.name,
        job_title=persona.job_title,
        password_hash=password,
        is_demo=True,
        created_at=now,
        roles=[PersonRole(role=role) for role in persona.roles],
    )


def _member(person: Person, organisation_id: UUID) -> Membership:
    return Membership(
        person_id=person.id, organisation_id=organisation_id, role=MemberRole.MANAGER
    )


def _association(session: Session) -> None:
    session.add(
        Organisation(
            id=uuid4(),
            kind=OrganisationKind.ASSOCIATION,
            name="Association Lire en Barrois",
            siren="418166096",
            siret="41816609600051",
            rna="W551000123",
            city="Bar-le-Duc",
            postal_code="55000",
            republican_commitment=True,
        )
    )
    session.flush()


def _invent_figures(session: Session) -> None:
    """Figures no open list gives, invented from the SIREN so that they never change."""
    for one in session.scalars(select(Organisation)):
        seed = int(one.siren or "0") % 97
        one.fiscal_potential_ratio = Decimal(60 + seed) / 100
        one.network_agreement = seed % 17 != 0
        one.survey_answered = seed % 19 != 0
        one.library_network = one.kind is OrganisationKind.EPCI and seed % 2 == 0
        one.contract_or_label = seed % 5 == 0
    session.flush()
