"""Was this form already accepted? The same key gives the same answer, and is done once."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from app.database import insert_once
from app.domain.actor import Actor
from app.domain.errors import KeyReused, NotAllowed
from app.models.base import Json
from app.models.task import Submission

KEY_LENGTHS = range(16, 65)
_SUBMISSIONS = cast(Table, Submission.__table__)


def once(
    session: Session,
    actor: Actor,
    *,
    key: str,
    content_hash: str,
    now: datetime,
    do: Callable[[], Json],
) -> Json:
    """Do it, or give the answer it got the first time.

    Two sendings at the same moment meet on the row of the key: the second waits for the first.
    When `do` refuses, nothing is kept, and the same key may be sent again.
    Refuses KeyReused when the key comes back with other content or from somebody else.
    """
    if actor.person_id is None:
        raise NotAllowed
    if len(key) not in KEY_LENGTHS:
        raise KeyReused
    reserved = {
        "key": key,
        "person_id": actor.person_id,
        "content_hash": content_hash,
        "answer": {},
        "at": now,
    }
    if not insert_once(session, _SUBMISSIONS, reserved):
        return _first_answer(session, actor, key, content_hash)
    answer = do()
    session.execute(update(Submission).where(Submission.key == key).values(answer=answer))
    return answer


def _first_answer(session: Session, actor: Actor, key: str, content_hash: str) -> Json:
    known = session.get_one(Submission, key)
    if known.person_id != actor.person_id or known.content_hash != content_hash:
        raise KeyReused
    return known.answer
