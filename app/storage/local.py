"""Where are the bytes of the pieces? In files named by their SHA-256, safe before they are announced.

Stream to `tmp/` (hash and limit on the way) → fsync → rename to `aa/<sha256>` → fsync of the
folder; only then may a row name them. A file stands once whatever the number of rows.
"""

import contextlib
import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from app.domain.files import DiskFull, EmptyFile, FileTooLarge, FileUnavailable, size_in_words
from app.storage.contract import Received, StoredFile

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_CHUNK = 1 << 18
_CHECK_EVERY = 16_000_000
#: Left free for the database, which often shares the disk.
RESERVE = 200_000_000


class LocalStore:
    """Files in a folder of this machine (or a shared one)."""

    def __init__(self, root: Path, *, reserve: int = RESERVE) -> None:
        self.root = root
        self.reserve = reserve
        self._incoming = root / "tmp"
        self._prepare()

    def _prepare(self) -> None:
        if self._incoming.is_dir():
            return
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number in range(256):
            (self.root / f"{number:02x}").mkdir(exist_ok=True, mode=0o700)
        self._incoming.mkdir(exist_ok=True, mode=0o700)
        sync_folder(self.root)

    @contextmanager
    def receive(self, chunks: Iterable[bytes], *, limit: int, name: str) -> Iterator[Received]:
        """Take the bytes in, durable under a temporary name that is gone after the block.

        Refuses EmptyFile, FileTooLarge (as soon as it is known), DiskFull.
        """
        self._check_room()
        path = self._incoming / f"{os.getpid()}-{os.urandom(8).hex()}"
        try:
            with room_or_refusal():
                received = _write(
                    path, chunks, limit=limit, name=name, check_room=self._check_room
                )
            yield received
        finally:
            path.unlink(missing_ok=True)

    def keep(self, received: Received) -> None:
        """Give the received bytes their name; durable when this returns."""
        target = self._path(received.sha256)
        with room_or_refusal():
            # Over the same content when it is there already: the file is young again, so the
            # sweep of orphans leaves it alone.
            received.path.replace(target)
            sync_folder(target.parent)

    def has(self, sha256: str) -> bool:
        """Is a file of that name there?"""
        return self._path(sha256).exists()

    def open(self, sha256: str) -> BinaryIO:
        """The file, open, its content verified. Refuses FileUnavailable."""
        try:
            stream = self._path(sha256).open("rb")
        except FileNotFoundError as missing:
            raise FileUnavailable from missing
        digest = hashlib.sha256()
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
        if digest.hexdigest() != sha256:
            stream.close()
            raise FileUnavailable
        stream.seek(0)
        return stream

    @contextmanager
    def local_copy(self, sha256: str) -> Iterator[Path]:
        """A path where another program can read the file, for the length of the block."""
        path = self._path(sha256)
        if not path.exists():
            raise FileUnavailable
        yield path

    def stored(self) -> Iterator[StoredFile]:
        """Every file kept, with the time it was last deposited."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for path in folder.iterdir():
                with contextlib.suppress(FileNotFoundError):
                    yield StoredFile(path.name, path.stat().st_mtime)

    def is_older(self, sha256: str, moment: float) -> bool:
        """Is the file there, and last deposited before that moment?"""
        try:
            return self._path(sha256).stat().st_mtime < moment
        except FileNotFoundError:
            return False

    def remove(self, sha256: str) -> None:
        """Delete the file. Only the sweep of orphans calls this, under the database's lock."""
        self._path(sha256).unlink(missing_ok=True)

    def clear_unfinished(self, before: float) -> int:
        """Delete what uploads killed on the way left in `tmp/`; how many."""
        removed = 0
        for path in self._incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    def problem(self) -> str | None:
        """Why the store cannot take a file now, in French; None when it can."""
        try:
            self._check_room()
            probe = self._incoming / f"{os.getpid()}-{time.monotonic_ns()}"
            probe.touch(mode=0o600)
            probe.unlink()
        except DiskFull as full:
            return full.message
        except OSError as error:
            return f"Le dossier des pièces n’est pas accessible en écriture ({error.strerror})."
        return None

    def _check_room(self) -> None:
        if shutil.disk_usage(self.root).free < self.reserve:
            raise DiskFull

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise FileUnavailable
        return self.root / sha256[:2] / sha256


def _write(
    path: Path,
    chunks: Iterable[bytes],
    *,
    limit: int,
    name: str,
    check_room: Callable[[], None],
) -> Received:
    digest, size, next_check = hashlib.sha256(), 0, _CHECK_EVERY
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o400), "wb", buffering=0) as file:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise FileTooLarge(name=name, limit=size_in_words(limit))
            if size > next_check:
                check_room()
                next_check += _CHECK_EVERY
            digest.update(chunk)
            rest = memoryview(chunk)
            while rest:
                rest = rest[file.write(rest) :]
        if not size:
            raise EmptyFile(name=name)
        os.fsync(file.fileno())
    return Received(path=path, sha256=digest.hexdigest(), size=size)


@contextmanager
def room_or_refusal() -> Iterator[None]:
    """A disk that fills up during the block is a refusal, not a failure."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull from error
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
