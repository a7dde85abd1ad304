"""What is to be done for a dossier outside of people's transactions, and what does it listen to?"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.status import JobStatus
from app.models.base import Base, Json, UtcDateTime, enum_column

_LIVE = "status IN ('waiting', 'running')"
_DUE = text(f"{_LIVE} AND run_at IS NOT NULL")
_TOKEN = text(f"{_LIVE} AND token IS NOT NULL")


class Job(Base):
    """Work of one dossier that a clock does: a service task, or a message to deliver.

    The row is written with the step that calls for it; `key` makes a second one impossible.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "run_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index(
            "uq_job_live_token",
            "dossier_id",
            "token",
            unique=True,
            sqlite_where=_TOKEN,
            postgresql_where=_TOKEN,
        ),
        Index("ix_job_dossier_topic", "dossier_id", "topic"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"))
    #: The engine's token of a service task; None for a message.
    token: Mapped[int | None] = mapped_column(BigInteger)
    #: The node of the diagram, or the name of the message.
    step: Mapped[str] = mapped_column(String(100))
    #: Name of the service, or `deliver_message`.
    topic: Mapped[str] = mapped_column(String(60))
    #: The same for every attempt: what is done outside is done once under it.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    #: What a message brings.
    payload: Mapped[Json] = mapped_column(default=dict)
    status: Mapped[JobStatus] = mapped_column(enum_column(JobStatus))
    #: When a clock may take it; None while it waits for something else than time.
    run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    #: Changes with each claim: a clock that lost its lease writes nothing.
    fence: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why the last attempt failed, in words.
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Subscription(Base):
    """A message or signal a dossier waits for: an event finds its dossiers without loading any."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_event", "kind", "name", "key"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    #: `message` or `signal`.
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    #: What tells this dossier from the others that wait for the same message; often nothing.
    key: Mapped[str] = mapped_column(String(200), default="")


class DossierLink(Base):
    """A dossier that another one opened; `key` makes that it is opened once."""

    __tablename__ = "dossier_link"

    child_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    #: Key of the job that opened it.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    #: The step of the parent that opened it.
    step: Mapped[str] = mapped_column(String(100))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
