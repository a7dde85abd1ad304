"""What does a process need to keep, show and check pieces? The store, the pictures, the scanner."""

from dataclasses import dataclass
from pathlib import Path

from app.storage.contract import Store
from app.storage.local import LocalStore
from app.storage.preview import Previews
from app.storage.scanner import ClamAV, Scanner


@dataclass(frozen=True)
class Files:
    """Everything about the bytes of pieces, opened once by the door."""

    store: Store
    previews: Previews
    #: None when no scanner is configured: pieces are then shown « non analysé ».
    scanner: Scanner | None = None


def open_files(storage_url: str, data_dir: Path, clamav: str | None = None) -> Files:
    """Open the store at `file:…`. Raises ValueError with a French sentence for anything else."""
    kind, _, place = storage_url.partition(":")
    if kind != "file":
        raise ValueError(
            f"LIASSE_STORAGE_URL\u00a0: «\u00a0{storage_url}\u00a0» doit commencer par file:"
        )
    store = LocalStore(Path(place.removeprefix("//")) if place else data_dir / "documents")
    scanner = ClamAV(clamav) if clamav else None
    return Files(store, Previews(store, data_dir / "previews"), scanner)
