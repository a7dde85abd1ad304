"""What must any store of files do? The promise local folders keep, and an object store could.

A store names files by the SHA-256 of their bytes. `keep` returns once the bytes are durable:
the row that names them is written after it, never before.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes taken in, not kept yet: where they are, their SHA-256 in hex, how many."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file kept, and when it was last deposited (seconds since the epoch)."""

    sha256: str
    deposited: float


class Store(Protocol):
    """Where the bytes of the pieces are."""

    def receive(
        self, chunks: Iterable[bytes], *, limit: int, name: str
    ) -> AbstractContextManager[Received]:
        """Take the bytes in under a temporary name. Refuses EmptyFile, FileTooLarge, DiskFull."""

    def keep(self, received: Received) -> None:
        """Give the received bytes their name; durable when this returns."""

    def has(self, sha256: str) -> bool:
        """Is a file of that name there?"""

    def open(self, sha256: str) -> BinaryIO:
        """The file, open, its content verified. Refuses FileUnavailable."""

    def local_copy(self, sha256: str) -> AbstractContextManager[Path]:
        """A path where another program can read the file, for the length of the block."""

    def stored(self) -> Iterator[StoredFile]:
        """Every file kept."""

    def is_older(self, sha256: str, moment: float) -> bool:
        """Is the file there, and last deposited before that moment?"""

    def remove(self, sha256: str) -> None:
        """Delete the file. Only the sweep of orphans calls this, under the database's lock."""

    def clear_unfinished(self, before: float) -> int:
        """Delete what killed uploads left behind; how many."""

    def problem(self) -> str | None:
        """Why the store cannot take a file now, in French; None when it can."""


def chunks_of(stream: IO[bytes], size: int = 1 << 18) -> Iterator[bytes]:
    """The stream, piece by piece."""
    while chunk := stream.read(size):
        yield chunk
