"""Who exists? People, their roles, the organisations they act for, their sessions."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Numeric, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.permissions import Role
from app.models.base import Base, UtcDateTime, enum_column


class OrganisationKind(StrEnum):
    """What an organisation is; the law binds differently towards each."""

    COMMUNE = "commune"  #: Municipality
    EPCI = "epci"  #: Intercommunal body
    ASSOCIATION = "association"  #: Private non-profit body
    AUTHORITY = "authority"  #: The funder itself, the DRAC, the payer


class MemberRole(StrEnum):
    """What a person may do for an organisation."""

    MANAGER = "manager"  #: Files, and manages the other members
    CONTRIBUTOR = "contributor"  #: Files
    READER = "reader"  #: Reads only


class Organisation(Base):
    """A body that files requests or is consulted."""

    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[OrganisationKind] = mapped_column(enum_column(OrganisationKind))
    name: Mapped[str] = mapped_column(String(200))
    siret: Mapped[str | None] = mapped_column(String(14), unique=True)
    siren: Mapped[str | None] = mapped_column(String(9), index=True)
    rna: Mapped[str | None] = mapped_column(String(10))
    insee_code: Mapped[str | None] = mapped_column(String(5), unique=True)
    epci_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    postal_code: Mapped[str | None] = mapped_column(String(5))
    city: Mapped[str | None] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(254))
    iban: Mapped[str | None] = mapped_column(String(34))
    #: Municipal population of the vintage `figures_year`.
    population: Mapped[int | None]
    #: Fiscal potential per inhabitant ÷ mean of the stratum.
    fiscal_potential_ratio: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))
    figures_year: Mapped[int | None]
    network_agreement: Mapped[bool] = mapped_column(default=False)
    survey_answered: Mapped[bool] = mapped_column(default=False)
    library_network: Mapped[bool] = mapped_column(default=False)
    contract_or_label: Mapped[bool] = mapped_column(default=False)
    republican_commitment: Mapped[bool] = mapped_column(default=False)
    epci: Mapped["Organisation | None"] = relationship(remote_side="Organisation.id")


class Person(Base):
    """Somebody who signs in."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    job_title: Mapped[str | None] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(2), default="fr")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    roles: Mapped[list["PersonRole"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", lazy="selectin"
    )


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_role"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_column(Role), primary_key=True)


class Membership(Base):
    """A person acts for an organisation."""

    __tablename__ = "membership"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    role: Mapped[MemberRole] = mapped_column(enum_column(MemberRole))
    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship(lazy="joined")


class WebSession(Base):
    """A signed-in browser; signing out deletes the row, and the cookie is worth nothing."""

    __tablename__ = "web_session"

    #: SHA-256 of the cookie's token, hex.
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    csrf_secret: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_write_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    person: Mapped[Person] = relationship(lazy="joined")


class SignInFailure(Base):
    """How many sign-ins failed in a row for one key (`account:…` or `address:…`)."""

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


Index("ix_person_email_lower", func.lower(Person.email), unique=True)
