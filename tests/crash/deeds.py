"""What moves a dossier of the mill? A person, a clock's job, a message, a date: each with its retry.

A deed may take several transactions; whoever is killed in one of them, the same deed is done again
by somebody else, under the same keys.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

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
from app.jobs.clock import Clock
from app.jobs.work import sweep_jobs
from app.models.process import DossierProcess
from app.models.task import Task
from app.storage.files import open_files
from notifications.post import Post

#: Longer than the lease of a job: a retry finds it free.
_LATER = timedelta(seconds=200)
#: The step that a clock does. A clock takes whichever job is due: one at a time waits in the mill.
AT_A_JOB = "Lend"
_POST = Post("", "aides@example.org", "http://liasse.example")
#: No letter is written here.
_NO_FILES = open_files("file:", Path(tempfile.gettempdir(), "mill"))
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
    if row.marking == AT_A_JOB:
        return Deed("job", dossier_id, at, key)
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
    DEEDS[deed.kind](town, deed, deed.at + attempt * _LATER)


def _complete(town: Town, deed: Deed, now: datetime) -> None:
    task_id = deed.task_id
    assert task_id is not None
    told, sent = Submission(dict(ANSWERS)), Sent(deed.key)
    town.database.run_tx(
        lambda session, at: completion.complete(
            session, town.console, town.officer, task_id, told, sent=sent, now=at
        ),
        now=now,
    )


def _settle(town: Town, _deed: Deed, now: datetime) -> None:
    """A clock takes the job, opens the dossier it asks for, and lets this one go on.

    Three transactions: the lease, the child, the parent. Only the parent's counts as done; the
    child is opened under the key of the job, so that doing the job again opens no other.
    """
    sweep_jobs(Clock(town.database, town.console, _POST, None, files=_NO_FILES), now)


def _deliver(town: Town, deed: Deed, now: datetime) -> None:
    """The message is sent; a clock takes it; the dossier hears it."""
    run = town.database.run_tx
    run(
        lambda session, at: listening.send_to(
            session, deed.dossier_id, "word", {}, key=deed.key, now=at
        ),
        now=now,
    )
    held = run(lambda session, at: jobs.claim(session, "clock", now=at), now=now)
    if held:
        run(lambda session, at: jobs.receive(session, town.console, held, now=at), now=now)


def _fire(town: Town, deed: Deed, now: datetime) -> None:
    town.database.run_tx(
        lambda session, at: timers.fire(session, town.console, deed.dossier_id, now=at), now=now
    )


DEEDS: dict[str, Callable[[Town, Deed, datetime], None]] = {
    "completion": _complete,
    "job": _settle,
    "message": _deliver,
    "timer": _fire,
}
