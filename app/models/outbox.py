"""Which mails are to leave, and what became of them? One row a person, under a unique key."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.status import MailStatus
from app.models.base import Base, Json, UtcDateTime, enum_column

_WAITING = text("status IN ('pending', 'sending', 'held')")
_SENT = text("sent_at IS NOT NULL")


class Mail(Base):
    """One mail to one person; `key` says why it exists and makes a second one impossible."""

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_waiting", "next_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_mail_dossier", "dossier_id"),
        Index("ix_mail_task", "task_id"),
        Index("ix_mail_sent", "sent_at", sqlite_where=_SENT, postgresql_where=_SENT),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: `event:<id>:<mail>:<person>` or `reminder:<task>:<rung>:<deadline>:<person>`, with
    #: `:<resend>` when an officer sent it again.
    key: Mapped[str] = mapped_column(String(250), unique=True)
    #: Derived from the key: the same mail always has the same Message-ID.
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    #: Name of the mail: the folder of its three texts.
    template: Mapped[str] = mapped_column(String(60))
    dossier_id: Mapped[UUID | None] = mapped_column(ForeignKey("dossier.id"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    #: Address when nobody has an account (an organisation's); else the person's at sending time.
    address: Mapped[str | None] = mapped_column(String(254))
    #: Values of the texts known when the event happened.
    context: Mapped[Json]
    status: Mapped[MailStatus] = mapped_column(enum_column(MailStatus))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    #: How many sendings ended without a clear answer: each may have doubled the mail.
    ambiguous: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_to: Mapped[str | None] = mapped_column(String(254))
    subject: Mapped[str | None] = mapped_column(String(300))
    last_error: Mapped[str] = mapped_column(Text, default="")
    #: The digest (another mail) that told it.
    told_by_id: Mapped[UUID | None]
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReminderRecord(Base):
    """What became of one rung of one task's ladder, for one deadline: once."""

    __tablename__ = "reminder_record"
    __table_args__ = (UniqueConstraint("task_id", "rung", "deadline"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    rung: Mapped[str] = mapped_column(String(40))
    deadline: Mapped[date]
    #: sent, superseded or cancelled.
    outcome: Mapped[str] = mapped_column(String(20))
    #: Why it was cancelled, in one French sentence.
    why: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Heartbeat(Base):
    """When each sweep of a clock last ran, and how it went."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    detail: Mapped[str] = mapped_column(String(300), default="")
