"""Is this file what its name says, and may it be a piece? Name, signature and content must agree."""

from dataclasses import dataclass
from pathlib import Path

import puremagic

from app.domain.files import (
    FORMATS,
    AbnormalArchive,
    DamagedFile,
    FileFormat,
    FormatNotAccepted,
    ImageTooBig,
    MacroFile,
    ProtectedFile,
    WrongFormat,
    format_of_name,
    formats_in_words,
)
from app.storage.office import look_into
from app.storage.probe import MAX_PIXELS, ProbeRefused, probe

_HEAD = 4096
_SIGNATURES = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
)
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What the first bytes of a refused file betray, said to the person.
_TOLD = (
    (b"MZ", "celui d’un programme"),
    (b"\x7fELF", "celui d’un programme"),
    (b"\xfe\xed\xfa", "celui d’un programme"),
    (b"\xcf\xfa\xed\xfe", "celui d’un programme"),
    (b"\xca\xfe\xba\xbe", "celui d’un programme"),
    (b"#!", "celui d’un programme"),
    (_OLD_OFFICE, "celui d’un ancien document Office, ou d’un document protégé"),
    (b"Rar!", "celui d’une archive"),
    (b"7z\xbc\xaf", "celui d’une archive"),
    (b"\x1f\x8b", "celui d’une archive"),
    (b"{\\rtf", "celui d’un texte RTF"),
    (b"GIF8", "celui d’une image GIF"),
    (b"<svg", "celui d’une image SVG"),
    (b"<!doctype html", "celui d’une page web"),
    (b"<html", "celui d’une page web"),
    (b"<?xml", "celui d’un fichier XML"),
)
_FAMILIES = {
    "exe": "celui d’un programme",
    "tif": "celui d’une image TIFF",
    "tiff": "celui d’une image TIFF",
    "heic": "celui d’une photo HEIC",
    "webp": "celui d’une image WebP",
    "bmp": "celui d’une image BMP",
    "mp4": "celui d’une vidéo",
    "mp3": "celui d’un son",
    "eml": "celui d’un courriel",
}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A file that passed: its format, and its number of pages when it has pages."""

    format: FileFormat
    pages: int | None = None


def announced_format(name: str, accepted: tuple[str, ...]) -> FileFormat:
    """The format the name announces, among those accepted. Refuses FormatNotAccepted.

    Asked before the bytes are read: a `.exe` costs nothing.
    """
    announced = format_of_name(name)
    if announced is None or announced.key not in accepted:
        raise FormatNotAccepted(name=name, accepted=formats_in_words(accepted))
    return announced


def sniff(path: Path, name: str, accepted: tuple[str, ...]) -> Sniffed:
    """Look at the received file; its format once everything agrees.

    Refuses FormatNotAccepted, WrongFormat, DamagedFile, ProtectedFile, MacroFile,
    AbnormalArchive, ImageTooBig.
    """
    announced = announced_format(name, accepted)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_ZIP):
        return _sniffed_office(path, name, announced)
    found = next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)
    if found != announced.key:
        raise WrongFormat(
            name=name, expected=announced.noun, actual=_told_format(found) or _told(head)
        )
    return _sniffed_picture(path, name, announced)


def _sniffed_office(path: Path, name: str, announced: FileFormat) -> Sniffed:
    kind, trouble = look_into(path)
    if trouble == "macros":
        raise MacroFile(name=name)
    if trouble == "protected":
        raise ProtectedFile(name=name)
    if trouble == "abnormal":
        raise AbnormalArchive(name=name)
    if trouble is None and kind != announced.key:
        actual = _told_format(kind) or "celui d’une archive zip"
        raise WrongFormat(name=name, expected=announced.noun, actual=actual)
    if trouble == "damaged":
        raise DamagedFile(name=name)
    return Sniffed(announced)


def _sniffed_picture(path: Path, name: str, announced: FileFormat) -> Sniffed:
    try:
        answer = probe(announced.key, path)
    except ProbeRefused as refused:
        if refused.word == "protected":
            raise ProtectedFile(name=name) from refused
        if refused.word == "too_big":
            limit = MAX_PIXELS // 1_000_000
            raise ImageTooBig(name=name, limit=limit) from refused
        raise DamagedFile(name=name) from refused
    return Sniffed(announced, answer.get("pages"))


def _told_format(kind: str | None) -> str | None:
    return f"celui d’{FORMATS[kind].noun}" if kind else None


def _told(head: bytes) -> str:
    """What the content is, in a few words, when it is none of our formats."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:40].lower()
    for signature, words in _TOLD:
        if head.startswith(signature) or start.startswith(signature.lower()):
            return words
    for extension in _guessed(head):
        if extension in _FAMILIES:
            return _FAMILIES[extension]
    return "celui d’un simple texte" if _is_text(head) else "d’une autre nature"


def _guessed(head: bytes) -> list[str]:
    try:
        return [one.extension.lstrip(".").lower() for one in puremagic.magic_string(head)][:3]
    except puremagic.PureError:
        return []


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and sum(byte < 9 for byte in head) == 0
