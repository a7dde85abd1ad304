"""How does a whole pack become one string of bytes, the same for ever, and come back safely?

A stored version is a zip whose bytes depend on the files alone (names sorted, no dates, no
compression), so that its SHA-256 names it. An archive from a stranger is read with limits.
"""

import hashlib
import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from app.catalogue.contract import PackRefused, Problem

MAX_BYTES = 20_000_000
MAX_FILES = 300
MAX_RATIO = 100
MAX_NAME = 150
MAX_DEPTH = 6
SUFFIXES = frozenset(
    {".toml", ".bpmn", ".dmn", ".md", ".txt", ".html", ".docx", ".odt", ".typ", ".png", ".svg"}
)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """The files as canonical bytes: equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(_safe_name(name), _EPOCH)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def digest_of(archive: bytes) -> str:
    """The name of a version: SHA-256 of its canonical bytes, in hexadecimal."""
    return hashlib.sha256(archive).hexdigest()


def read_archive(data: bytes) -> dict[str, bytes]:
    """The files of an archive, by their path in it. Refuses PackRefused on anything suspect.

    At most 20 MB, 300 files, and nothing that grows more than 100 times when it is opened.
    """
    if len(data) > MAX_BYTES:
        raise _refused(f"l’archive est trop grosse\u00a0: {MAX_BYTES // 1_000_000} Mo au plus.")
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _contents(archive)
    except _UNREADABLE as error:
        raise _refused("ce n’est pas une archive lisible.") from error


#: Everything zipfile raises on bytes that are not a sound archive.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
)
_LOCAL, _END = b"PK\x03\x04", b"PK\x05\x06"
_END_FORMAT = struct.Struct("<4s4H2LH")
_ENTRY_BYTES = 46 + MAX_NAME + 512


def _check_directory(data: bytes) -> None:
    """Refuses an archive by its table of contents, before zipfile reads the whole of it.

    A table of a million names would cost a gigabyte before the first of them was looked at.
    """
    at = data.rfind(_END, -(_END_FORMAT.size + 0xFFFF))
    if not data.startswith((_LOCAL, _END)) or at < 0 or at + _END_FORMAT.size > len(data):
        raise _refused("ce n’est pas une archive lisible.")
    _, _, _, _, entries, size, _, _ = _END_FORMAT.unpack_from(data, at)
    if entries > 2 * MAX_FILES or size > 2 * MAX_FILES * _ENTRY_BYTES:
        raise _refused(f"l’archive contient trop de fichiers\u00a0: {MAX_FILES} au plus.")


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a pack's folder, by their path in it; Python and hidden files are left out."""
    files: dict[str, bytes] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or not _wanted(name):
            continue
        size += path.stat().st_size
        if size > MAX_BYTES or len(files) >= MAX_FILES:
            raise _refused("le dossier contient trop de fichiers.")
        files[name] = path.read_bytes()
    return files


def _contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    for folder in (entry for entry in archive.infolist() if entry.is_dir()):
        _safe_name(folder.filename.rstrip("/") or "/")
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise _refused("l’archive contient trop de fichiers, ou de trop gros.")
    files: dict[str, bytes] = {}
    taken: set[str] = set()
    for entry in entries:
        name = _safe_name(entry.filename)
        _check_entry(entry)
        if _folded(name) in taken:
            raise _refused(f"le fichier «\u00a0{name}\u00a0» s’y trouve deux fois.")
        taken.add(_folded(name))
        with archive.open(entry) as stream:
            files[name] = stream.read(entry.file_size + 1)[: entry.file_size]
    return files


def _folded(name: str) -> str:
    """The name as a file system that ignores case and ways of writing accents sees it."""
    return unicodedata.normalize("NFKC", name).casefold()


def _check_entry(entry: zipfile.ZipInfo) -> None:
    mode = entry.external_attr >> 16
    if entry.flag_bits & 0x1:
        raise _refused("l’archive est chiffrée.")
    if stat.S_ISLNK(mode):
        raise _refused(f"«\u00a0{entry.filename}\u00a0» est un lien.")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise _refused(f"«\u00a0{entry.filename}\u00a0» n’est pas un fichier ordinaire.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(f"«\u00a0{entry.filename}\u00a0» est comprimé d’une façon inconnue.")
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise _refused(f"«\u00a0{entry.filename}\u00a0» est comprimé de façon suspecte.")


def _safe_name(name: str) -> str:
    path = PurePosixPath(name)
    parts = path.parts
    if (
        not parts
        or path.is_absolute()
        or len(name) > MAX_NAME
        or len(parts) > MAX_DEPTH
        or "\\" in name
        or any(unicodedata.category(sign) in _HIDDEN for sign in name)
        or any(sign in name for sign in ':*?"<>|')
        or any(part != part.strip(" .") and not part.startswith(".") for part in parts)
        or any(part in ("..", ".") for part in name.split("/"))
        or path.as_posix() != name
    ):
        shown = "".join(sign if sign.isprintable() else "?" for sign in name[:80])
        raise _refused(f"le nom de fichier «\u00a0{shown}\u00a0» est refusé.")
    return name


#: Control signs, those that turn the direction of writing, and halves of characters.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _wanted(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix in SUFFIXES and not any(
        part.startswith((".", "_")) for part in path.parts
    )


def _refused(sentence: str) -> PackRefused:
    return PackRefused((Problem("", sentence),))
