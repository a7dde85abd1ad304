"""Does the store keep exactly the bytes it announced, and nothing else?"""

import errno
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.files import DiskFull, EmptyFile, FileTooLarge, FileUnavailable
from app.storage.local import LocalStore

BYTES = b"une note de presentation" * 100
NAME = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "pieces", reserve=0)


def _kept(store: LocalStore, data: bytes) -> str:
    with store.receive([data], limit=1_000_000, name="note.pdf") as received:
        store.keep(received)
    return received.sha256


def _unfinished(store: LocalStore) -> list[str]:
    return [path.name for path in (store.root / "tmp").iterdir()]


def test_what_is_kept_is_read_back(store: LocalStore) -> None:
    assert _kept(store, BYTES) == NAME

    with store.open(NAME) as stream:
        assert stream.read() == BYTES
    assert store.has(NAME)
    assert not _unfinished(store)


def test_the_same_content_stands_once_and_becomes_young_again(store: LocalStore) -> None:
    _kept(store, BYTES)
    os.utime(store.root / NAME[:2] / NAME, (1, 1))
    _kept(store, BYTES)

    (only,) = store.stored()
    assert only.deposited > time.time() - 60


def test_a_file_received_but_not_kept_leaves_nothing(store: LocalStore) -> None:
    with store.receive([BYTES], limit=10_000, name="note.pdf") as received:
        assert received.path.read_bytes() == BYTES
        assert received.size == len(BYTES)

    assert not store.has(NAME)
    assert not _unfinished(store)


def test_an_empty_file_is_refused(store: LocalStore) -> None:
    with pytest.raises(EmptyFile) as refused, store.receive([b""], limit=9, name="vide.pdf"):
        pass

    assert "vide.pdf" in refused.value.message
    assert not _unfinished(store)


def test_a_file_too_large_is_refused_before_it_is_all_read(store: LocalStore) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 100_000

    with (
        pytest.raises(FileTooLarge) as refused,
        store.receive(endless(), limit=20_000_000, name="scan.pdf"),
    ):
        pass

    assert read == 201
    assert "20\u00a0Mo" in refused.value.message
    assert not _unfinished(store)


def test_a_disk_that_fills_up_is_a_refusal_and_leaves_nothing(store: LocalStore) -> None:
    def fills_up() -> Iterator[bytes]:
        yield BYTES
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull), store.receive(fills_up(), limit=10_000, name="note.pdf"):
        pass

    assert not _unfinished(store)


def test_a_store_without_room_refuses_at_once_and_says_so(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "pieces", reserve=1 << 60)

    with pytest.raises(DiskFull), store.receive([BYTES], limit=10_000, name="note.pdf"):
        pass
    assert store.problem() is not None


def test_a_sound_store_has_no_problem(store: LocalStore) -> None:
    assert store.problem() is None
    assert not _unfinished(store)


def test_bytes_that_changed_on_the_disk_are_never_served(store: LocalStore) -> None:
    _kept(store, BYTES)
    path = store.root / NAME[:2] / NAME
    path.chmod(0o600)
    path.write_bytes(BYTES[:-1] + b"X")

    with pytest.raises(FileUnavailable):
        store.open(NAME)


@pytest.mark.parametrize("name", ["0" * 64, "../../../etc/passwd", "", NAME.upper(), "é" * 64])
def test_a_name_that_is_not_kept_opens_nothing(store: LocalStore, name: str) -> None:
    with pytest.raises(FileUnavailable):
        store.open(name)


def test_what_killed_uploads_left_is_cleared_once_old(store: LocalStore) -> None:
    old, young = store.root / "tmp" / "1-a", store.root / "tmp" / "1-b"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))

    assert store.clear_unfinished(time.time() - 3600) == 1
    assert _unfinished(store) == ["1-b"]


def test_nobody_else_on_the_machine_reads_the_pieces(store: LocalStore) -> None:
    _kept(store, BYTES)

    assert (store.root / NAME[:2] / NAME).stat().st_mode & 0o077 == 0
    assert (store.root / NAME[:2]).stat().st_mode & 0o077 == 0
