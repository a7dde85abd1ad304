"""How is a form that is no task accepted once only? Under its key, in the action's transaction."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.actions.submissions import once
from app.models.base import Json
from app.web.access import actor
from app.web.database import write
from app.web.submission import sent


def accept(do: Callable[[Session, datetime], Json]) -> Json:
    """Run the action, or give what it answered when the same form was sent before."""
    who, form = actor(), sent()
    return write(
        lambda session, at: once(
            session,
            who,
            key=form.key,
            content_hash=form.content_hash,
            now=at,
            do=lambda: do(session, at),
        )
    )
