"""What is thrown away once it serves no more? Ended sessions, old form keys, forgotten failures."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.models.people import SignInFailure, WebSession
from app.models.task import Submission

#: A form sent again after that long is a new one.
SUBMISSIONS_LAST = timedelta(days=30)
FAILURES_LAST = timedelta(days=2)


def forget_the_expired(session: Session, *, now: datetime) -> int:
    """Delete what has expired; how many rows went."""
    connection = session.connection()
    old = (
        delete(WebSession).where(WebSession.expires_at < now),
        delete(Submission).where(Submission.at < now - SUBMISSIONS_LAST),
        delete(SignInFailure).where(SignInFailure.last_at < now - FAILURES_LAST),
    )
    return sum(connection.execute(statement).rowcount for statement in old)
