"""What moves a dossier of the mill? A person, a message and its job, a date: each with its retry.

A deed may take several transactions; whoever is killed in one of them, the same deed is done again
by somebody else, under the same keys.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import completion, jobs, listening, timers
from app.actions.completion import Sent
from app.actions.console import Console
from app.bench.town import Town, settle
from app.catalogue.discover import read_pack_files
from app.catalogue.forms import Submission
from app.catalogue.pack import load_pack
from app.catalogue.published import PublishedTypes
from app.database import open_database
from app.domain.status import TaskStatus
from app.models.process import DossierProcess
from app.models.task import Task

#: Longer than the lease of a job: a retry finds it free.
_LATER = timedelta(seconds=200)
ANSWERS = {"comment": "Belle farine."}


@dataclass(frozen=True)
class Deed:
    """One thing that happens to one dossier, as it was first asked: a retry asks the same."""

    kind: str
    dossier_id: UUID
    at: datetime
    key: str
    task_id: UUID | None = None


def build(url: str) -> Town:
    """The mill, in a migrated database."""
    pack = load_pack(read_pack_files(Path(__file__).parent / "mill"))
    return settle(open_database(url), Console(types=PublishedTypes(), ladders={}), pack)


def stand(town: Town, dossier_id: UUID) -> DossierProcess:
    """Where a dossier stands."""
    with town.database.reading() as session:
        return session.get_one(DossierProcess, dossier_id)


def next_deed(town: Town, dossier_id: UUID, key: str) -> Deed:
    """What the dossier waits for."""
    row = stand(town, dossier_id)
    at = row.updated_at + _LATER
    if row.marking == "Hear":
        return Deed("message", dossier_id, at, key)
    if row.marking == "Rest":
        return Deed("timer", dossier_id, max(at, row.due_at or at), key)
    with town.database.reading() as session:
        is_open = (Task.dossier_id == dossier_id, Task.status == TaskStatus.OPEN)
        task_id = session.scalars(select(Task.id).where(*is_open)).one()
    return Deed("completion", dossier_id, at, key, task_id)


def do(town: Town, deed: Deed, *, attempt: int = 0) -> None:
    """Do it, or do again what is left of it."""
    now = deed.at + attempt * _LATER
    for act in DEEDS[deed.kind](town, deed):
        town.database.run_tx(act, now=now)


Act = Callable[[Session, datetime], object]


def _complete(town: Town, deed: Deed) -> list[Act]:
    task_id = deed.task_id
    assert task_id is not None
    told, sent = Submission(dict(ANSWERS)), Sent(deed.key)
    return [
        lambda session, now: completion.complete(
            session, town.console, town.officer, task_id, told, sent=sent, now=now
        )
    ]


def _deliver(town: Town, deed: Deed) -> list[Act]:
    """The message is sent; a clock takes it; the dossier hears it."""
    taken: list[jobs.Held] = []

    def send(session: Session, now: datetime) -> None:
        listening.send_to(session, deed.dossier_id, "word", {}, key=deed.key, now=now)

    def take(session: Session, now: datetime) -> None:
        held = jobs.claim(session, "clock", now=now)
        taken[:] = [held] if held else []

    def hear(session: Session, now: datetime) -> None:
        for held in taken:
            jobs.receive(session, town.console, held, now=now)

    return [send, take, hear]


def _fire(town: Town, deed: Deed) -> list[Act]:
    return [lambda session, now: timers.fire(session, town.console, deed.dossier_id, now=now)]


DEEDS: dict[str, Callable[[Town, Deed], list[Act]]] = {
    "completion": _complete,
    "message": _deliver,
    "timer": _fire,
}
