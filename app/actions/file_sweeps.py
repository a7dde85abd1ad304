"""What does the clock do with files? It has them scanned, and removes those no row names any more.

Each item has its own transaction: one that fails does not stop the others, and a sweep killed in
the middle is simply run again. Any number of clocks may sweep at once.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.documents import judge, locked, reviewed, write_down
from app.database import Database
from app.domain.actor import SYSTEM
from app.domain.files import FileUnavailable
from app.domain.status import PieceStatus, ScanStatus
from app.models.document import Document
from app.storage.contract import Store, chunks_of
from app.storage.scanner import Scanner, ScannerDown

#: A file no row names is left alone for so long: its row may be about to be written.
GRACE = timedelta(hours=24)
_BATCH = 200
_INFECTED = (
    "L’antivirus a trouvé un programme malveillant dans ce fichier. "
    "Déposez-en une version saine."
)


def sweep_scans(database: Database, store: Store, scanner: Scanner, *, limit: int = 50) -> int:
    """Have the files that were not scanned yet looked at, the oldest first; how many were.

    Stops at the first file when the scanner does not answer: they stay as they are.
    """
    with database.reading() as session:
        waiting = session.execute(
            select(Document.id, Document.sha256)
            .where(Document.scan.in_((ScanStatus.PENDING, ScanStatus.NOT_SCANNED)))
            .order_by(Document.deposited_at)
            .limit(limit)
        ).all()
    done = 0
    for document_id, sha256 in waiting:
        try:
            with store.open(sha256) as stream:
                virus = scanner.virus_in(chunks_of(stream))
        except ScannerDown:
            break
        except FileUnavailable:
            continue
        _keep_verdict(database, document_id, virus)
        done += 1
    return done


def _keep_verdict(database: Database, document_id: UUID, virus: str | None) -> None:
    database.run_tx(lambda session, now: record_scan(session, document_id, virus, now=now))


def record_scan(
    session: Session, document_id: UUID, virus: str | None, *, now: datetime
) -> None:
    """Keep what the scanner said; an infected piece is refused, and its depositor reads why."""
    known = session.get(Document, document_id)
    if known is None:
        return
    hold, _ = locked(session, known.dossier_id)
    document = session.get(Document, document_id, populate_existing=True)
    if document is None:
        return
    if virus is None:
        document.scan = ScanStatus.CLEAN
        session.flush()
        return
    document.scan = ScanStatus.INFECTED
    judge(document, PieceStatus.REFUSED, _INFECTED, now)
    entry = reviewed(SYSTEM, document, virus=virus)
    write_down(session, hold, SYSTEM, entry, now=now)


def sweep_orphans(database: Database, store: Store, *, grace: timedelta = GRACE) -> int:
    """Delete the files no document names, once they are old enough; how many went.

    Each is looked up again under the lock that depositing waits for (see `attach`).
    """
    before = database.run_tx(lambda _session, now: now.timestamp()) - grace.total_seconds()
    old = [one.sha256 for one in store.stored() if one.deposited < before]
    orphans: list[str] = []
    with database.reading() as session:
        for start in range(0, len(old), _BATCH):
            orphans += _unnamed(session, old[start : start + _BATCH])
    removed = sum(_remove(database, store, sha256, before) for sha256 in orphans)
    return removed + store.clear_unfinished(before)


def _unnamed(session: Session, batch: list[str]) -> list[str]:
    named = set(session.scalars(select(Document.sha256).where(Document.sha256.in_(batch))))
    return [sha256 for sha256 in batch if sha256 not in named]


def _remove(database: Database, store: Store, sha256: str, before: float) -> bool:
    def look_again(session: Session, _now: datetime) -> bool:
        if not database.is_sqlite:
            session.execute(text("LOCK TABLE document IN SHARE ROW EXCLUSIVE MODE"))
        is_named = session.scalar(select(Document.id).where(Document.sha256 == sha256).limit(1))
        if is_named is not None or not store.is_older(sha256, before):
            return False
        # Inside the transaction on purpose: the lock is what keeps a deposit out meanwhile.
        store.remove(sha256)
        return True

    return database.run_tx(look_again)
