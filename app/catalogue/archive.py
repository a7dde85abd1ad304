"""How does a whole pack become one string of bytes, the same for ever, and come back safely?

A stored version is a zip whose bytes depend on the files alone (names sorted, no dates, no
compression), so that its SHA-256 names it. An archive from a stranger is read with limits.
"""

import hashlib
import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from app.catalogue.contract import PackRefused, Problem

MAX_BYTES = 20_000_000
MAX_FILES = 300
MAX_RATIO = 100
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
    """The files of an archive. Refuses PackRefused on anything suspect."""
    if len(data) > MAX_BYTES:
        raise _refused("l’archive est trop grosse.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _contents(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise _refused("ce n’est pas une archive lisible.") from error


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
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise _refused("l’archive contient trop de fichiers, ou de trop gros.")
    files: dict[str, bytes] = {}
    for entry in entries:
        name = _safe_name(entry.filename)
        if name in files:
            raise _refused(f"le fichier «\u00a0{name}\u00a0» s’y trouve deux fois.")
        _check_entry(entry)
        with archive.open(entry) as stream:
            files[name] = stream.read(entry.file_size + 1)[: entry.file_size]
    return files


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise _refused("l’archive est chiffrée.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(f"«\u00a0{entry.filename}\u00a0» est un lien.")
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise _refused(f"«\u00a0{entry.filename}\u00a0» est comprimé de façon suspecte.")


def _safe_name(name: str) -> str:
    path = PurePosixPath(name)
    parts = path.parts
    if (
        not parts
        or path.is_absolute()
        or "\\" in name
        or "\x00" in name
        or ":" in parts[0]
        or any(part in ("..", ".") for part in name.split("/"))
        or path.as_posix() != name
    ):
        raise _refused(f"le nom de fichier «\u00a0{name[:80]}\u00a0» est refusé.")
    return name


def _wanted(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix in SUFFIXES and not any(
        part.startswith((".", "_")) for part in path.parts
    )


def _refused(sentence: str) -> PackRefused:
    return PackRefused((Problem("", sentence),))
