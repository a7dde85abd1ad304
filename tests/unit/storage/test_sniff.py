"""Do the name, the signature and the content have to agree before a file is a piece?"""

import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from app.domain.files import (
    AbnormalArchive,
    DamagedFile,
    FileRefused,
    FormatNotAccepted,
    ImageTooBig,
    MacroFile,
    ProtectedFile,
    WrongFormat,
)
from app.storage.sniff import sniff
from tests import sample_files

ALL = ("pdf", "jpg", "png", "docx", "xlsx", "odt", "ods")


def _sniffed(folder: Path, name: str, data: bytes, accepted: tuple[str, ...] = ALL) -> str:
    path = folder / "received"
    path.write_bytes(data)
    return sniff(path, name, accepted).format.key


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("note.pdf", sample_files.pdf()),
        ("photo.JPG", sample_files.jpg()),
        ("plan.png", sample_files.png()),
        ("lettre.docx", sample_files.docx()),
        ("budget.xlsx", sample_files.xlsx()),
        ("note.odt", sample_files.odt()),
        ("plan.ods", sample_files.ods()),
    ],
)
def test_a_true_file_of_each_format_is_accepted(tmp_path: Path, name: str, data: bytes) -> None:
    assert _sniffed(tmp_path, name, data) == name.lower().rpartition(".")[2]


def test_the_pages_of_a_pdf_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "received"
    path.write_bytes(sample_files.pdf(pages=3))

    assert sniff(path, "note.pdf", ALL).pages == 3


def test_a_program_renamed_pdf_is_told_in_french(tmp_path: Path) -> None:
    with pytest.raises(WrongFormat) as refused:
        _sniffed(tmp_path, "facture.pdf", sample_files.PROGRAM)

    assert refused.value.message == (
        "«\u00a0facture.pdf\u00a0» n’est pas un PDF\u00a0: son contenu est celui d’un programme."
    )


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.pdf", b"<html><script>alert(1)</script>", "celui d’une page web"),
        ("a.pdf", b"<svg onload='x'/>", "celui d’une image SVG"),
        ("a.png", sample_files.pdf(), "celui d’un PDF"),
        ("a.pdf", sample_files.odt(), "celui d’un texte OpenDocument (.odt)"),
        ("a.docx", sample_files.xlsx(), "celui d’un classeur Excel (.xlsx)"),
        ("a.docx", sample_files.archive({"x.txt": b"x"}), "celui d’une archive zip"),
        ("a.pdf", b"Bonjour, voici la note.", "celui d’un simple texte"),
        ("a.pdf", b"\x00\x01\x02\x03" * 50, "d’une autre nature"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "celui d’un ancien document Office"),
        ("a.pdf", b"MZ" + sample_files.pdf(), "celui d’un programme"),
    ],
)
def test_the_refusal_says_what_the_content_really_is(
    tmp_path: Path, name: str, data: bytes, told: str
) -> None:
    with pytest.raises(WrongFormat) as refused:
        _sniffed(tmp_path, name, data)

    assert told in refused.value.message


@pytest.mark.parametrize(
    "name", ["a.exe", "a.docm", "a.svg", "a.html", "a.zip", "sans", "a.pdf.exe"]
)
def test_an_extension_nobody_asked_for_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatNotAccepted):
        _sniffed(tmp_path, name, sample_files.pdf())


def test_a_format_accepted_elsewhere_is_refused_where_the_piece_wants_another(
    tmp_path: Path,
) -> None:
    with pytest.raises(FormatNotAccepted) as refused:
        _sniffed(tmp_path, "note.odt", sample_files.odt(), accepted=("pdf", "jpg"))

    assert "PDF ou JPG" in refused.value.message


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", sample_files.pdf()[:200]),
        ("a.pdf", b"%PDF-1.7\n" + b"\x00" * 300),
        ("a.png", sample_files.png(400, 400)[:200]),
        ("a.jpg", sample_files.jpg(400, 400)[:300]),
        ("a.docx", sample_files.docx()[:100]),
        (
            "a.odt",
            sample_files.archive({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        ),
    ],
    ids=["pdf", "pdf of zeros", "png", "jpg", "docx", "odt"],
)
def test_a_file_cut_short_is_said_damaged(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(DamagedFile):
        _sniffed(tmp_path, name, data)


def test_macros_are_refused_whatever_the_extension_says(tmp_path: Path) -> None:
    for name, data in (
        ("a.docx", sample_files.docx(**{"word/vbaProject.bin": b"x"})),
        ("a.odt", sample_files.odt(**{"Basic/Standard/Module1.xml": b"x"})),
        ("a.odt", sample_files.odt(**{"Scripts/python/x.py": b"x"})),
    ):
        with pytest.raises(MacroFile):
            _sniffed(tmp_path, name, data)


def test_an_empty_macro_library_of_libreoffice_is_no_macro(tmp_path: Path) -> None:
    data = sample_files.odt(**{"Basic/Standard/script-lb.xml": b"<x/>"})

    assert _sniffed(tmp_path, "a.odt", data) == "odt"


def test_a_file_behind_a_password_is_said_protected(tmp_path: Path) -> None:
    crypted = bytearray(sample_files.odt())
    for offset in _central_entries(crypted):
        crypted[offset + 8] |= 1
    hidden = b'<manifest:encryption-data manifest:checksum="x"/>'
    for data in (bytes(crypted), sample_files.odt(**{"META-INF/manifest.xml": hidden})):
        with pytest.raises(ProtectedFile):
            _sniffed(tmp_path, "a.odt", data)


def _central_entries(data: bytearray) -> list[int]:
    found, start = [], 0
    while (start := data.find(b"PK\x01\x02", start)) >= 0:
        found.append(start)
        start += 4
    return found


@pytest.mark.parametrize(
    "entries",
    [
        {"word/a.bin": b"\0" * 30_000_000},
        {f"word/{number}": b"x" for number in range(1_001)},
        {"../../etc/cron.d/x": b"x"},
        {"/etc/passwd": b"x"},
    ],
)
def test_a_zip_bomb_or_a_slip_is_refused_before_it_is_inflated(
    tmp_path: Path, entries: dict[str, bytes]
) -> None:
    with pytest.raises(AbnormalArchive):
        _sniffed(tmp_path, "a.docx", sample_files.docx(**entries))


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    data = bytearray(sample_files.docx(**{"word/b.xml": b"b" * 500}))
    entries = _central_entries(data)
    first = data[entries[0] + 42 : entries[0] + 46]
    data[entries[2] + 42 : entries[2] + 46] = first
    with pytest.raises((AbnormalArchive, DamagedFile)):
        _sniffed(tmp_path, "a.docx", bytes(data))


def test_an_image_of_a_hundred_thousand_by_a_hundred_thousand_is_not_decoded(
    tmp_path: Path,
) -> None:
    header = struct.pack("!IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = struct.pack("!I", len(header)) + b"IHDR" + header
    chunk += struct.pack("!I", zlib.crc32(b"IHDR" + header))
    data = (
        b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT" + struct.pack("!I", zlib.crc32(b"IDAT"))
    )
    with pytest.raises(ImageTooBig):
        _sniffed(tmp_path, "plan.png", data)


def test_every_refusal_names_the_file(tmp_path: Path) -> None:
    for data in (
        sample_files.PROGRAM,
        b"%PDF-1.4 x",
        sample_files.archive({}, compression=zipfile.ZIP_STORED),
    ):
        with pytest.raises(FileRefused) as refused:
            _sniffed(tmp_path, "ma facture.pdf", data)
        assert "ma facture.pdf" in refused.value.message
