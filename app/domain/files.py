"""Which files may be deposited, under which name, and how is a refused one explained?"""

import re
import unicodedata
from dataclasses import dataclass
from typing import ClassVar

from app.domain.errors import Refusal

#: Pieces one dossier may hold, every version counted.
MAX_FILES = 200
MAX_TOTAL = 500_000_000
MEGABYTE = 1_000_000
_NAME_BYTES = 180
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})$")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One accepted format: how its files are named, served and called in a sentence."""

    key: str
    label: str
    extensions: tuple[str, ...]
    media_type: str
    #: « un PDF », in « … n’est pas un PDF ».
    noun: str


FORMATS: dict[str, FileFormat] = {
    one.key: one
    for one in (
        FileFormat("pdf", "PDF", ("pdf",), "application/pdf", "un PDF"),
        FileFormat("jpg", "JPG", ("jpg", "jpeg"), "image/jpeg", "une image JPG"),
        FileFormat("png", "PNG", ("png",), "image/png", "une image PNG"),
        FileFormat(
            "docx",
            "Word",
            ("docx",),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "un document Word (.docx)",
        ),
        FileFormat(
            "xlsx",
            "Excel",
            ("xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "un classeur Excel (.xlsx)",
        ),
        FileFormat(
            "odt",
            "ODT",
            ("odt",),
            "application/vnd.oasis.opendocument.text",
            "un texte OpenDocument (.odt)",
        ),
        FileFormat(
            "ods",
            "ODS",
            ("ods",),
            "application/vnd.oasis.opendocument.spreadsheet",
            "un classeur OpenDocument (.ods)",
        ),
    )
}
_BY_EXTENSION = {name: one for one in FORMATS.values() for name in one.extensions}
#: Formats of which a picture can be shown in the page.
SHOWN_FORMATS = frozenset({"pdf", "jpg", "png"})


def format_of_name(filename: str) -> FileFormat | None:
    """The format the file's extension announces; None when it is not one of ours."""
    found = _EXTENSION.search(filename)
    return _BY_EXTENSION.get(found.group(1).lower()) if found else None


def format_of_media_type(media_type: str) -> FileFormat | None:
    """The format stored under this media type."""
    return next((one for one in FORMATS.values() if one.media_type == media_type), None)


def formats_in_words(keys: tuple[str, ...]) -> str:
    """« PDF, JPG ou PNG »."""
    labels = [FORMATS[key].label for key in keys if key in FORMATS]
    if len(labels) < 2:
        return "".join(labels)
    return f"{', '.join(labels[:-1])} ou {labels[-1]}"


def size_in_words(octets: int) -> str:
    """« 340 Ko », « 20 Mo », « 1,2 Mo »."""
    if octets < MEGABYTE:
        return f"{max(1, round(octets / 1000))}\u00a0Ko"
    return f"{octets / MEGABYTE:.1f}".replace(".", ",").replace(",0", "") + "\u00a0Mo"


def clean_filename(given: str) -> str:
    """A name fit to be shown and downloaded: one line, no path, no trick, 180 bytes at most.

    Invisible characters go (the right-to-left override hides an extension), Windows' reserved
    names get a line before them, the extension survives the cut.
    """
    text = unicodedata.normalize("NFC", given)
    text = re.split(r"[\\/]", text)[-1]
    shown = (" " if char.isspace() else char for char in text if _is_visible(char))
    text = _FORBIDDEN.sub("_", "".join(shown))
    text = re.sub(r" +", " ", text).strip(" .")
    if _RESERVED.fullmatch(text):
        text = f"_{text}"
    return _shortened(text) or "fichier"


def _is_visible(char: str) -> bool:
    return char.isspace() or not unicodedata.category(char).startswith("C")


def _shortened(name: str) -> str:
    if len(name.encode()) <= _NAME_BYTES:
        return name
    found = _EXTENSION.search(name)
    tail = found.group(0) if found else ""
    stem = name[: len(name) - len(tail)].encode()[: _NAME_BYTES - len(tail.encode()) - 3]
    return f"{stem.decode(errors='ignore').rstrip(' .')}…{tail}"


class FileRefused(Refusal):
    """A file that cannot be a piece; `name` says which."""

    sentence: ClassVar[str] = "«\u00a0{name}\u00a0» n’est pas accepté."


class NoFile(Refusal):
    """The form was sent without a file."""

    sentence = "Choisissez d’abord un fichier à déposer."


class OneFileOnly(Refusal):
    """Several files were sent for a piece that is one."""

    sentence = (
        "Cette pièce se dépose en un seul fichier\u00a0: choisissez le bon, ou réunissez-les. "
        "Rien n’a été envoyé."
    )


class EmptyFile(FileRefused):
    """Nothing in it."""

    sentence = (
        "«\u00a0{name}\u00a0» est vide (0\u00a0octet)\u00a0: vérifiez le fichier, puis "
        "déposez-le à nouveau."
    )


class FileTooLarge(FileRefused):
    """Above the limit of its piece."""

    sentence = (
        "«\u00a0{name}\u00a0» dépasse {limit}, le maximum pour cette pièce. "
        "Réduisez-le (numérisation en 150\u00a0points par pouce) ou partagez-le en plusieurs fichiers."
    )


class WrongFormat(FileRefused):
    """The content is not what the name announces."""

    sentence = "«\u00a0{name}\u00a0» n’est pas {expected}\u00a0: son contenu est {actual}."


class FormatNotAccepted(FileRefused):
    """The extension is not among those of the piece."""

    sentence = (
        "«\u00a0{name}\u00a0» n’est pas d’un format accepté pour cette pièce\u00a0: "
        "déposez un fichier {accepted}."
    )


class DamagedFile(FileRefused):
    """The format is right, but nothing opens it."""

    sentence = (
        "«\u00a0{name}\u00a0» ne s’ouvre pas\u00a0: le fichier est abîmé ou incomplet. "
        "Ouvrez-le sur votre poste, enregistrez-le à nouveau, puis déposez-le."
    )


class ProtectedFile(FileRefused):
    """A password stands before the content."""

    sentence = (
        "«\u00a0{name}\u00a0» est protégé par un mot de passe\u00a0: "
        "déposez une version sans protection."
    )


class MacroFile(FileRefused):
    """An office file that carries a program."""

    sentence = (
        "«\u00a0{name}\u00a0» contient des macros, que nous n’acceptons pas\u00a0: "
        "enregistrez-le sans macros, ou en PDF."
    )


class AbnormalArchive(FileRefused):
    """An office file whose compressed content is out of all proportion."""

    sentence = (
        "«\u00a0{name}\u00a0» a un contenu compressé anormal et n’est pas accepté\u00a0: "
        "enregistrez-le en PDF."
    )


class ImageTooBig(FileRefused):
    """More pixels than any scan needs."""

    sentence = (
        "«\u00a0{name}\u00a0» est une image de trop grandes dimensions "
        "({limit}\u00a0millions de points au plus)\u00a0: réduisez-la."
    )


class UploadTooLarge(Refusal):
    """The whole sending is above what the server takes."""

    sentence = (
        "Votre envoi est trop volumineux\u00a0: {limit} au plus en une fois. "
        "Rien n’a été enregistré."
    )


class TooManyFiles(Refusal):
    """The dossier already holds as many files as it may."""

    sentence = (
        "Ce dossier contient déjà {limit}\u00a0fichiers, le maximum. Retirez-en, ou "
        "rassemblez plusieurs pièces en un seul PDF."
    )


class DossierTooHeavy(Refusal):
    """All the files of the dossier together would pass the limit."""

    sentence = (
        "Les fichiers de ce dossier dépasseraient {limit} en tout, le maximum. "
        "Réduisez ce fichier, ou retirez-en un autre."
    )


class DiskFull(Refusal):
    """The store has no room left; nothing was kept."""

    sentence = (
        "L’espace de stockage est plein\u00a0: le fichier n’a pas été enregistré. "
        "Le service informatique en est prévenu\u00a0; réessayez plus tard, votre saisie est conservée."
    )


class FileVanished(Refusal):
    """The bytes were swept away at the very moment they were named."""

    sentence = "Le fichier n’a pas pu être enregistré. Déposez-le à nouveau."


class UnknownPiece(Refusal):
    """The dossier type asks no such piece."""

    sentence = "Cette pièce n’est pas demandée pour ce dossier."


class PieceClosed(Refusal):
    """The piece cannot be deposited at this point of the dossier."""

    sentence = "Cette pièce ne peut plus être déposée\u00a0: le dossier a avancé."


class ReasonMissing(Refusal):
    """A piece is refused without saying why."""

    sentence = (
        "Dites pourquoi vous refusez cette pièce\u00a0: le demandeur lira ce motif tel quel."
    )


class FileUnavailable(Refusal):
    """The stored bytes are missing or no longer what was deposited."""

    sentence = "Ce fichier ne peut pas être lu pour le moment. L’administrateur en est prévenu."
