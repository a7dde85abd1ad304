"""How are mails written, preferred, held back and returned? What people decide about mails."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.mailing import Choice, ReturnKind
from app.models.base import Base, UtcDateTime, enum_column
from app.models.people import Person

_OPEN = text("resumed_at IS NULL")
_STANDING = text("cleared_at IS NULL")


class MailText(Base):
    """One version of the words of a mail, as an administrator wrote them; the last one is used.

    A version without words returns to the text shipped in `notifications/templates`.
    """

    __tablename__ = "mail_text"
    __table_args__ = (UniqueConstraint("template", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    template: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    subject: Mapped[str | None] = mapped_column(String(300))
    title: Mapped[str | None] = mapped_column(String(300))
    body: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[Person] = relationship(lazy="joined")


class MailPreference(Base):
    """How one person wants one kind of mail; without a row, at once."""

    __tablename__ = "mail_preference"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    choice: Mapped[Choice] = mapped_column(enum_column(Choice))


class MailPause(Base):
    """Sending is stopped: by a person, or by the brake; one open pause a scope."""

    __tablename__ = "mail_pause"
    __table_args__ = (
        Index(
            "uq_mail_pause_open",
            "scope",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: `all`, or the recipient's name in the keys of mails.
    scope: Mapped[str] = mapped_column(String(60))
    why: Mapped[str] = mapped_column(String(300))
    paused_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: None when the brake did it.
    paused_by: Mapped[str | None] = mapped_column(String(120))
    resumed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resumed_by: Mapped[str | None] = mapped_column(String(120))


class MailReturn(Base):
    """One message that came back to the return address, read once."""

    __tablename__ = "mail_return"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: SHA-256 of the message, hex: the same one read twice is known.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    mail_id: Mapped[UUID | None] = mapped_column(ForeignKey("mail.id"), index=True)
    kind: Mapped[ReturnKind] = mapped_column(enum_column(ReturnKind))
    #: `5.1.1`, when the message says one.
    code: Mapped[str] = mapped_column(String(12), default="")
    words: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FailingAddress(Base):
    """An address that takes no mail any more, until somebody corrects it."""

    __tablename__ = "failing_address"
    __table_args__ = (
        Index(
            "uq_failing_address_standing",
            "address",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: In small letters.
    address: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    #: The dossier whose mail came back first: its officer is asked to correct the address.
    dossier_id: Mapped[UUID | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    why: Mapped[str] = mapped_column(String(500))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    cleared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cleared_by: Mapped[str | None] = mapped_column(String(120))


class Absence(Base):
    """Somebody is away and a colleague stands in for them, both days included."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="in_order"),
        CheckConstraint("substitute_id <> person_id", name="somebody_else"),
        Index("ix_absence_person", "person_id", "last_on"),
        Index("ix_absence_substitute", "substitute_id", "last_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    substitute: Mapped[Person] = relationship(foreign_keys=[substitute_id], lazy="joined")
