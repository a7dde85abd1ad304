"""Is this zip the office document it says it is, and harmless? Looked at without unpacking it."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

MAX_ENTRIES = 1_000
MAX_UNPACKED = 200_000_000
MAX_RATIO = 100
_RATIO_MATTERS_FROM = 10_000_000
_READ_LIMIT = 1_000_000
_LOCAL_HEADER = 30
_OOXML_TYPES = "[Content_Types].xml"
_ODF_MANIFEST = "META-INF/manifest.xml"
_ODF_BASIC = re.compile(r"basic/[^/]+/(?!script-l[bc]\.xml$)[^/]+\.xml")
_PARTS = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
}
_ODF_TYPES = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}


class Office(NamedTuple):
    """What a zip is: the key of one of our formats or None, and the trouble with it or None.

    Troubles: damaged, abnormal, protected, macros.
    """

    kind: str | None
    trouble: str | None = None


def look_into(path: Path) -> Office:
    """What the zip is, and what is wrong with it."""
    try:
        with zipfile.ZipFile(path) as archive:
            if not _is_sane(archive, path.stat().st_size):
                return Office(None, "abnormal")
            return _judged(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        return Office(None, "damaged")
    except RuntimeError:  # zipfile's word for a missing password
        return Office(None, "protected")


def _is_sane(archive: zipfile.ZipFile, size: int) -> bool:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        return False
    if unpacked > _RATIO_MATTERS_FROM and unpacked > MAX_RATIO * size:
        return False
    names = [entry.filename for entry in entries]
    return (
        len(set(names)) == len(names)
        and not any(_leaves_the_folder(name) for name in names)
        and not _overlap(entries)
    )


def _leaves_the_folder(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[\\/]", name) or ":" in name[:3]


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Entries that share their bytes: the sign of a zip bomb without nesting."""
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            return True
        end = (
            entry.header_offset + _LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
        )
    return False


def _judged(archive: zipfile.ZipFile) -> Office:
    if any(entry.flag_bits & 0x1 for entry in archive.infolist()):
        return Office(None, "protected")
    names = [name.lower() for name in archive.namelist()]
    if _OOXML_TYPES in archive.namelist():
        return _ooxml(archive, names)
    if "mimetype" in names:
        return _odf(archive, names)
    return Office(None)


def _ooxml(archive: zipfile.ZipFile, names: list[str]) -> Office:
    types = _read(archive, _OOXML_TYPES)
    if b"macroEnabled" in types or any(name.endswith("vbaproject.bin") for name in names):
        return Office(None, "macros")
    kind = next((key for key, part in _PARTS.items() if part in types), None)
    wanted = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}.get(kind or "")
    if kind and wanted not in names and not _has_main_part(archive):
        return Office(kind, "damaged")
    return Office(kind)


def _has_main_part(archive: zipfile.ZipFile) -> bool:
    """Some writers name the main part otherwise; the relations then point at one that exists."""
    if "_rels/.rels" not in archive.namelist():
        return False
    targets = re.findall(rb'Target="/?([^"]+)"', _read(archive, "_rels/.rels"))
    return any(target.decode("utf-8", "replace") in archive.namelist() for target in targets)


def _odf(archive: zipfile.ZipFile, names: list[str]) -> Office:
    kind = _ODF_TYPES.get(_read(archive, "mimetype").strip())
    if kind is None:
        return Office(None)
    if "content.xml" not in names:
        return Office(kind, "damaged")
    if _ODF_MANIFEST in archive.namelist() and b"encryption-data" in _read(
        archive, _ODF_MANIFEST
    ):
        return Office(kind, "protected")
    if any(_ODF_BASIC.fullmatch(name) or name.startswith("scripts/") for name in names):
        return Office(kind, "macros")
    _read(archive, "content.xml")
    return Office(kind)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of one entry; never more than a megabyte is inflated."""
    with archive.open(name) as entry:
        return entry.read(_READ_LIMIT)
