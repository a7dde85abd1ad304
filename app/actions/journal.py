"""How is what happened written down? Under the dossier's lock, chained to what came before."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.actions.hold import Hold, letting_go
from app.domain.actor import Actor
from app.domain.events import EventKind
from app.engine.run import Snapshot
from app.jsontext import canonical
from app.models.base import table_of
from app.models.journal import JournalEntry, PendingDispatch
from app.models.process import DossierProcess
from app.prepared import Call, Line, Prepared

_NOTHING_PERSONAL = hashlib.sha256(b"").hexdigest()
_ENTRIES = table_of(JournalEntry)
_INSERT_ENTRY = Prepared(insert(_ENTRIES), _ENTRIES.c.keys())
_INSERT_PENDING = Prepared(insert(table_of(PendingDispatch)), ("dossier_id", "seq", "at"))


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `personal` holds names and free text, outside the hashed body."""

    kind: EventKind
    step: str | None = None
    task_id: UUID | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] | None = None


def record(
    session: Session,
    hold: Hold,
    actor: Actor,
    entry: Entry,
    *,
    now: datetime,
    snapshot: Snapshot | None = None,
) -> int:
    """Append one entry to the dossier's journal, plan its mails, and let the dossier go.

    Its sequence number. `snapshot` is the engine's new state, when it moved.
    """
    calls = recording(hold, actor, entry, now=now)
    Line(session).together(*calls, letting_go(hold, now=now, snapshot=snapshot))
    hold.version += 1
    return hold.next_seq - 1


def recording(hold: Hold, actor: Actor, entry: Entry, *, now: datetime) -> list[Call]:
    """What appends the entry and plans its mails; the hold stands behind it at once."""
    personal = None
    personal_hash = _NOTHING_PERSONAL
    if entry.personal:
        personal = {"salt": secrets.token_hex(16), **entry.personal}
        personal_hash = hashlib.sha256(canonical(personal)).hexdigest()
    row = {
        "dossier_id": hold.dossier_id,
        "seq": hold.next_seq,
        "at": now,
        "kind": entry.kind.value,
        "step": entry.step,
        "task_id": entry.task_id,
        "actor_id": actor.person_id,
        "body": dict(entry.body),
        "personal_hash": personal_hash,
        "prev": hold.last_hash,
    }
    row["hash"] = chain_hash(row)
    hold.next_seq += 1
    hold.last_hash = str(row["hash"])
    return [Call(_INSERT_ENTRY, {**row, "personal": personal}), Call(_INSERT_PENDING, row)]


def chain_hash(row: Mapping[str, Any]) -> str:
    """The hash of an entry: everything but `hash` and `personal`, the previous hash included."""
    at: datetime = row["at"]
    hashed = {
        "dossier_id": str(row["dossier_id"]),
        "seq": row["seq"],
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": row["kind"],
        "step": row["step"],
        "task_id": str(row["task_id"]) if row["task_id"] else None,
        "actor_id": str(row["actor_id"]) if row["actor_id"] else None,
        "body": row["body"],
        "personal_hash": row["personal_hash"],
        "prev": row["prev"],
    }
    return hashlib.sha256(canonical(hashed)).hexdigest()


def broken_link(session: Session, dossier_id: UUID) -> int | None:
    """The first sequence number where the chain of a dossier does not hold; None when it holds.

    The chain must end where the dossier's process says: entries cut off its end are seen too.
    """
    prev = "0" * 64
    expected = 1
    query = select(JournalEntry).where(JournalEntry.dossier_id == dossier_id)
    columns = [column.key for column in _ENTRIES.columns]
    for entry in session.scalars(query.order_by(JournalEntry.seq)):
        row = {name: getattr(entry, name) for name in columns}
        personal_holds = entry.personal is None or (
            hashlib.sha256(canonical(entry.personal)).hexdigest() == entry.personal_hash
        )
        if (entry.seq, entry.prev) != (expected, prev) or chain_hash(row) != entry.hash:
            return expected
        if not personal_holds:
            return expected
        prev = entry.hash
        expected += 1
    process = session.get(DossierProcess, dossier_id, populate_existing=True)
    if process is not None and (process.next_seq, process.last_hash) != (expected, prev):
        return expected
    return None
