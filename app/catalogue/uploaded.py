"""What did somebody send: a whole type, its files one by one, or a lone diagram of any editor?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from app.catalogue.archive import digest_of, write_archive
from app.catalogue.contract import PackRefused, Problem
from app.catalogue.manifest import KEY, PLACE, read_manifest
from app.catalogue.scenario import SCENARIOS
from app.catalogue.upload import read_upload
from app.domain.errors import Refusal
from app.domain.versions import DraftKind
from app.engine.draft import read_draft
from app.engine.errors import DiagramRefused

_ZIP = b"PK"
_KEY_LINE = re.compile(r'^key\s*=\s*"([a-z0-9_]{1,60})"', re.MULTILINE)
_DRAWINGS = (".bpmn", ".xml")
#: What a type is called when its manifest does not say it.
NAMELESS = ""


class NothingSent(Refusal):
    """The form came without a file."""

    sentence = "Choisissez un fichier à déposer."


class EmptyFile(Refusal):
    """A file holds nothing at all."""

    sentence = (
        "« {name} » est vide (0 octet). L’envoi ou la compression s’est sans doute interrompu : "
        "refaites le fichier, puis déposez-le de nouveau."
    )


class NotAType(Refusal):
    """The file is neither a type of dossier nor a diagram."""

    sentence = (
        "«\u00a0{name}\u00a0» n’est ni un type de dossier (une archive .zip), ni un schéma (.bpmn). "
        "Rien n’a été enregistré."
    )


@dataclass(frozen=True)
class SentFile:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Uploaded:
    """A draft to keep: what it is, what it says of itself, its bytes."""

    kind: DraftKind
    key: str
    title: str
    filename: str
    content: bytes
    #: What is known of a lone diagram at once; a pack is examined afterwards.
    report: dict[str, Any] | None

    @property
    def digest(self) -> str:
        """SHA-256 of the content, hex."""
        return digest_of(self.content)


def sorted_upload(sent: Sequence[SentFile]) -> Uploaded:
    """The draft made of what was sent. Refuses NothingSent, EmptyFile, NotAType, PackRefused, DiagramRefused."""
    if not sent:
        raise NothingSent
    for file in sent:
        if not file.content:
            raise EmptyFile(name=file.name[:80])
    first = sent[0]
    if len(sent) > 1:
        return _pack(write_archive(_gathered(sent)), f"{len(sent)} fichiers")
    if first.content.startswith(_ZIP):
        return _pack(first.content, first.name)
    suffix = PurePosixPath(first.name).suffix.lower()
    if suffix == ".zip":
        raise PackRefused((Problem(first.name[:80], "ce n’est pas une archive lisible."),))
    if suffix in _DRAWINGS:
        return _drawing(first)
    raise NotAType(name=first.name[:80])


def _gathered(sent: Sequence[SentFile]) -> dict[str, bytes]:
    """Files chosen one by one have no folder: scenarios are put back where they belong."""
    found: dict[str, bytes] = {}
    for file in sent:
        is_scenario = file.name.endswith(".toml") and file.name != PLACE
        name = f"{SCENARIOS}{file.name}" if is_scenario else file.name
        if name in found:
            sentence = "ce fichier a été choisi deux fois."
            raise PackRefused((Problem(file.name, sentence),))
        found[name] = file.content
    return found


def _pack(data: bytes, filename: str) -> Uploaded:
    try:
        files = read_upload(data)
    except PackRefused as refusal:
        named = [Problem(one.place or filename[:80], one.sentence) for one in refusal.problems]
        raise PackRefused(tuple(named)) from refusal
    manifest = read_manifest(files[PLACE], [])
    key = manifest.key if manifest else _key_written(files[PLACE])
    return Uploaded(
        kind=DraftKind.PACK,
        key=key if KEY.fullmatch(key) else NAMELESS,
        title=(manifest.title.fr if manifest else "")[:200] or filename[:200],
        filename=filename[:200],
        content=write_archive(files),
        report=None,
    )


def _key_written(manifest: bytes) -> str:
    """The key that a manifest says before the place where it cannot be read."""
    found = _KEY_LINE.search(manifest.decode("utf-8", errors="replace"))
    return found[1] if found else NAMELESS


def _drawing(file: SentFile) -> Uploaded:
    try:
        draft = read_draft(file.content)
    except DiagramRefused as refusal:
        found = tuple(Problem(file.name[:80], one.sentence) for one in refusal.problems)
        raise PackRefused(found) from refusal
    return Uploaded(
        kind=DraftKind.DRAWING,
        key=NAMELESS,
        title=draft.title[:200] or file.name[:200],
        filename=file.name[:200],
        content=file.content,
        report={
            name: [
                {"element": i.element, "name": i.name, "sentence": i.sentence} for i in items
            ]
            for name, items in (("todo", draft.todo), ("notes", draft.notes))
        },
    )
