"""Which steps are open, for whom, until when? A projection of the engine's tokens."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.models.base import Base, Json, UtcDateTime, enum_column
from app.models.dossier import Dossier
from app.models.people import Person

_OPEN = text("status = 'open'")
_SENT = text("form_key IS NOT NULL")


class Task(Base):
    """One step to be done by somebody; `revision` is what the person saw."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("dossier_id", "step", "round"),
        Index(
            "ix_task_inbox", "role", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index(
            "ix_task_mine", "assignee_id", "due_on", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ix_task_open", "dossier_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_task_reminder",
            "next_reminder_at",
            sqlite_where=text("next_reminder_at IS NOT NULL"),
            postgresql_where=text("next_reminder_at IS NOT NULL"),
        ),
        Index(
            "uq_task_form_key",
            "form_key",
            unique=True,
            sqlite_where=_SENT,
            postgresql_where=_SENT,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"))
    #: The engine's name for this open step, stable for its life.
    token: Mapped[int] = mapped_column(BigInteger)
    step: Mapped[str] = mapped_column(String(60))
    round: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    status: Mapped[TaskStatus] = mapped_column(enum_column(TaskStatus))
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    #: A named person only may do it (an opinion asked of them): it cannot be released.
    is_personal: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=50)
    due_on: Mapped[date | None]
    #: Since when it is due that day: reminders before then are not owed.
    due_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    #: The key the browser sent with the form that did it: the same form again does nothing more.
    form_key: Mapped[str | None] = mapped_column(String(64))
    #: SHA-256 of what was sent, hex: the same key with other content is refused.
    content_hash: Mapped[str | None] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(default=1)
    #: The next reminder of this task: when, and which rung of its ladder.
    next_reminder_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_rung: Mapped[str | None] = mapped_column(String(40))
    dossier: Mapped[Dossier] = relationship()
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id])
    done_by: Mapped[Person | None] = relationship(foreign_keys=[done_by_id])


class Submission(Base):
    """A form already accepted, for everything that is not a task: same key, same answer."""

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    #: What was answered: {"location": …} or any JSON.
    answer: Mapped[Json]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
