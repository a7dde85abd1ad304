"""How does a page of a piece look? A PNG made once, kept in a folder of bounded size.

The raw file is never shown in a page: what the browser gets is a picture we drew.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from app.domain.files import SHOWN_FORMATS, DiskFull
from app.storage.contract import Store
from app.storage.local import room_or_refusal
from app.storage.probe import ProbeRefused, probe, render

WIDTHS = {"page": 1000, "thumbnail": 240}
MAX_CACHE = 500_000_000
_SWEEP_EVERY = 50
_COUNTS_KEPT = 5_000


class NoPreview(Exception):
    """This file has no such picture (no such page, too big, broken)."""


class Previews:
    """The pictures of pieces, kept under a folder that may be deleted at any time."""

    def __init__(self, store: Store, folder: Path, *, max_cache: int = MAX_CACHE) -> None:
        self._store = store
        self._folder = folder
        self._max_cache = max_cache
        self._lock = Lock()
        self._made = 0
        self._pages: dict[str, int] = {}

    def png(self, sha256: str, kind: str, *, page: int = 1, size: str = "page") -> bytes:
        """The picture of one page. Raises NoPreview; refuses FileUnavailable."""
        path = self._folder / sha256[:2] / f"{sha256}-{page}-{size}.png"
        with contextlib.suppress(FileNotFoundError):
            found = path.read_bytes()
            os.utime(path)  # read lately: the last to be swept
            return found
        return self._draw(sha256, kind, path, page=page, width=WIDTHS[size])

    def pages(self, sha256: str, kind: str) -> int:
        """How many pages can be shown; 0 when none can. Refuses FileUnavailable."""
        found = self._pages.get(sha256)
        if found is None:
            with self._store.local_copy(sha256) as source:
                found = _count(kind, source)
            if len(self._pages) > _COUNTS_KEPT:
                self._pages.clear()
            self._pages[sha256] = found
        return found

    def _draw(self, sha256: str, kind: str, path: Path, *, page: int, width: int) -> bytes:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{os.getpid()}-{os.urandom(6).hex()}")
        try:
            with self._store.local_copy(sha256) as source, room_or_refusal():
                render(kind, source, page=page, width=width, output=draft)
                picture = draft.read_bytes()
                draft.replace(path)
        except (ProbeRefused, DiskFull, FileNotFoundError) as refused:
            raise NoPreview from refused
        finally:
            draft.unlink(missing_ok=True)
        self._sweep_sometimes()
        return picture

    def _sweep_sometimes(self) -> None:
        with self._lock:
            self._made += 1
            due = self._made % _SWEEP_EVERY == 1
        if due:
            self.sweep()

    def sweep(self) -> int:
        """Delete the pictures read longest ago until the folder fits; how many went."""
        kept = sorted(self._pictures())
        total = sum(size for _, size, _ in kept)
        removed = 0
        for _, size, path in kept:
            if total <= self._max_cache:
                break
            path.unlink(missing_ok=True)
            total -= size
            removed += 1
        return removed

    def _pictures(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._folder.glob("*/*.png"):
            with contextlib.suppress(FileNotFoundError):
                facts = path.stat()
                yield facts.st_mtime, facts.st_size, path


def _count(kind: str, source: Path) -> int:
    if kind not in SHOWN_FORMATS:
        return 0
    try:
        return probe(kind, source).get("pages", 1)
    except ProbeRefused:
        return 0
