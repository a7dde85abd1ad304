"""Does the clock scan what waits, and remove only what nobody names?"""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.actions.file_sweeps import sweep_orphans, sweep_scans
from app.actions.journal import broken_link
from app.domain.files import FileVanished
from app.domain.status import PieceStatus, ScanStatus
from app.models.document import Document
from app.storage.files import Files
from app.storage.local import LocalStore
from app.storage.scanner import ClamAV
from tests import sample_files
from tests.fake_clamd import EICAR, fake_clamd
from tests.town import Town

DAY = timedelta(hours=24)


def _document(town: Town, document_id: UUID) -> Document:
    with town.service.database.reading() as session:
        return session.get_one(Document, document_id)


def _age(town: Town) -> None:
    """Make every stored file two days old."""
    store = town.service.files.store
    assert isinstance(store, LocalStore)
    for path in store.root.rglob("*"):
        if path.is_file():
            os.utime(path, (path.stat().st_mtime - 2 * DAY.total_seconds(),) * 2)


def _sweep(town: Town) -> int:
    return sweep_orphans(town.service.database, town.service.files.store)


def test_files_that_wait_are_scanned_and_a_virus_is_refused_with_its_reason(
    town: Town, tmp_path: Path
) -> None:
    with fake_clamd(tmp_path / "clamd") as address:
        scanner = ClamAV(address)
        town.service.files = Files(
            town.service.files.store, town.service.files.previews, scanner
        )
        filed = town.service.filed(town.mayor, town.commune)
        sick = sample_files.pdf(seed=3) + b"\n" + EICAR
        bad = town.service.attach(town.officer, filed, "other", data=sick)
        assert _document(town, bad).scan is ScanStatus.PENDING

        done = sweep_scans(town.service.database, town.service.files.store, scanner)

    assert done == 7
    document = _document(town, bad)
    assert document.scan is ScanStatus.INFECTED
    assert document.status is PieceStatus.REFUSED
    assert "malveillant" in document.reason
    with town.service.database.reading() as session:
        scans = session.query(Document.scan).filter(Document.id != bad).all()
        assert {scan for (scan,) in scans} == {ScanStatus.CLEAN}
        assert broken_link(session, filed) is None
    assert sweep_scans(town.service.database, town.service.files.store, scanner) == 0


def test_a_scanner_that_does_not_answer_leaves_files_as_they_are(
    town: Town, tmp_path: Path
) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    document = town.service.attach(town.mayor, draft, "deliberation")

    done = sweep_scans(
        town.service.database, town.service.files.store, ClamAV(str(tmp_path / "none"))
    )

    assert done == 0
    assert _document(town, document).scan is ScanStatus.NOT_SCANNED


def test_an_orphan_goes_once_old_and_a_named_file_stays(town: Town) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    named = _document(town, town.service.attach(town.mayor, draft, "deliberation")).sha256
    store = town.service.files.store
    with store.receive([b"an orphan"], limit=100, name="x") as orphan:
        store.keep(orphan)

    assert _sweep(town) == 0
    _age(town)
    assert _sweep(town) == 1
    assert store.has(named)
    assert not store.has(orphan.sha256)


def test_an_orphan_deposited_again_is_young_again(town: Town) -> None:
    store = town.service.files.store
    with store.receive([b"an orphan"], limit=100, name="x") as orphan:
        store.keep(orphan)
    _age(town)
    with store.receive([b"an orphan"], limit=100, name="x") as again:
        store.keep(again)

    assert _sweep(town) == 0
    assert store.has(orphan.sha256)


def test_a_file_shared_by_two_dossiers_stays_while_one_names_it(town: Town) -> None:
    data = sample_files.pdf(seed=11)
    first = town.service.draft(town.mayor, town.commune)
    second = town.service.draft(town.mayor, town.commune)
    one = town.service.attach(town.mayor, first, "deliberation", data=data)
    town.service.attach(town.mayor, second, "deliberation", data=data)
    sha256 = _document(town, one).sha256

    from app.actions import dossiers

    town.service.run(lambda session: dossiers.drop_draft(session, town.mayor, first))
    _age(town)
    assert _sweep(town) == 0
    town.service.run(lambda session: dossiers.drop_draft(session, town.mayor, second))
    assert _sweep(town) == 1
    assert not town.service.files.store.has(sha256)


def test_a_file_swept_before_its_row_is_written_is_said(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = town.service.draft(town.mayor, town.commune)
    monkeypatch.setattr(LocalStore, "has", lambda _self, _sha256: False)

    with pytest.raises(FileVanished):
        town.service.attach(town.mayor, draft, "deliberation")
