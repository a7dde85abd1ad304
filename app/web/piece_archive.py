"""How does somebody take all the pieces of a dossier away? In one zip, with names people understand."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from typing import IO

from app.domain.actor import Actor
from app.domain.files import clean_filename
from app.models.document import Document
from app.queries.documents import Piece, may_open
from app.storage.contract import Store


def named_documents(pieces: Iterable[Piece], who: Actor) -> list[tuple[str, Document]]:
    """Each document under « 03 Devis détaillés/devis menuiserie.pdf »; no name comes twice."""
    found: dict[str, Document] = {}
    for rank, piece in enumerate(pieces, start=1):
        folder = clean_filename(f"{rank:02d} {piece.asked.title}")
        for document in piece.documents:
            if may_open(who, document):
                found[_free(f"{folder}/", document.filename, found)] = document
    return list(found.items())


def _free(folder: str, filename: str, taken: Iterable[str]) -> str:
    stem, dot, extension = filename.rpartition(".")
    names = [folder + filename] + [
        f"{folder}{stem} ({number}){dot}{extension}" for number in range(2, 300)
    ]
    known = set(taken)
    return next(name for name in names if name not in known)


def bundle_of(store: Store, named: list[tuple[str, Document]]) -> IO[bytes]:
    """The zip, in a file that is gone once sent; the pieces are compressed already."""
    bundle = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the answer is sent
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as made:
        for name, document in named:
            moment = document.deposited_at.timetuple()[:6]
            entry = zipfile.ZipInfo(name, date_time=moment)
            with store.open(document.sha256) as source, made.open(entry, "w") as target:
                shutil.copyfileobj(source, target, 1 << 18)
    bundle.seek(0)
    return bundle
