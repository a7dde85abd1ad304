"""How does the service fare? What waits, what is late, when each sweep of the clock last ran."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.domain.status import MailStatus, TaskStatus
from app.models.journal import PendingDispatch
from app.models.lateness import Lateness
from app.models.outbox import Heartbeat, Mail
from app.models.process import DossierProcess, Incident
from app.models.task import Task
from app.queries.clock import last_check, pulse


@dataclass(frozen=True)
class Health:
    """The figures an administrator watches."""

    tasks_open: int
    tasks_late: int
    mails: dict[MailStatus, int]
    #: Seconds the oldest mail has been due and not sent; 0 when none waits.
    mail_age: float
    #: Journal entries whose mails are not planned yet.
    undispatched: int
    #: Timers whose time has come and that have not fired.
    timers_due: int
    incidents: int
    #: Seconds since each sweep of a clock last ran, and those silent for too long.
    clock_ages: dict[str, float]
    silent: tuple[str, ...]
    #: By kind of due thing: how many were done at most so many seconds late (-1: later still).
    lateness: dict[str, dict[int, int]]
    #: By kind, the sum of their lateness in seconds.
    lateness_sums: dict[str, float]
    #: What the last nightly check found missing, and how many days ago its day was; None: never.
    missing: int | None
    checked_days_ago: int | None


def health(session: Session, *, now: datetime, today: date) -> Health:
    """Every figure, from indexed columns only."""
    open_tasks = select(func.count()).select_from(Task).where(Task.status == TaskStatus.OPEN)
    waiting = (MailStatus.PENDING, MailStatus.SENDING)
    oldest = session.scalar(
        select(Mail.next_at).where(Mail.status.in_(waiting)).order_by(Mail.next_at).limit(1)
    )
    mails = session.execute(select(Mail.status, func.count()).group_by(Mail.status)).all()
    beats = session.execute(select(Heartbeat.name, Heartbeat.at)).all()
    late = session.execute(
        select(Lateness.kind, Lateness.bound, Lateness.count.label("done"), Lateness.total_ms)
    ).all()
    kinds = sorted({row.kind for row in late})
    night = last_check(session)
    return Health(
        tasks_open=_count(session, open_tasks),
        tasks_late=_count(session, open_tasks.where(Task.due_on < today)),
        mails={row[0]: row[1] for row in mails},
        mail_age=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        undispatched=_count(session, select(func.count()).select_from(PendingDispatch)),
        timers_due=_count(
            session,
            select(func.count()).select_from(DossierProcess).where(DossierProcess.due_at < now),
        ),
        incidents=_count(
            session,
            select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None)),
        ),
        clock_ages={name: max(0.0, (now - at).total_seconds()) for name, at in beats},
        silent=pulse(session, now=now).silent,
        lateness={
            kind: {row.bound: row.done for row in late if row.kind == kind} for kind in kinds
        },
        lateness_sums={
            kind: sum(row.total_ms for row in late if row.kind == kind) / 1000 for kind in kinds
        },
        missing=night.missing if night else None,
        checked_days_ago=(today - night.day).days if night else None,
    )


def _count(session: Session, statement: Select[int]) -> int:
    return session.scalar(statement) or 0
