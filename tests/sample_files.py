"""Which files do the tests deposit? Small true ones of each format, and those nobody should accept."""

import io
import zipfile
from collections.abc import Mapping

import xlsxwriter
from PIL import Image

PROGRAM = (
    b"MZ\x90\x00" + b"\x00" * 60 + b"This program cannot be run in DOS mode." + b"\x00" * 200
)
_CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def pdf(pages: int = 1, seed: int = 0) -> bytes:
    """A PDF of that many pages; another seed gives other bytes."""
    sheets = [_sheet(seed + number) for number in range(pages)]
    out = io.BytesIO()
    sheets[0].save(out, format="PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def png(width: int = 60, height: int = 40, seed: int = 0) -> bytes:
    """A PNG image."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (seed % 256, 90, 120)).save(out, format="PNG")
    return out.getvalue()


def jpg(width: int = 60, height: int = 40) -> bytes:
    """A JPG image."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 90, 120)).save(out, format="JPEG")
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    """A Word document, with more entries when asked."""
    return archive(
        {
            "[Content_Types].xml": _CONTENT_TYPES.encode(),
            "word/document.xml": b"<w:document/>",
            **more,
        }
    )


def xlsx() -> bytes:
    """An Excel workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Devis").write(0, 0, "Étagères")
    return out.getvalue()


def odt(**more: bytes) -> bytes:
    """An OpenDocument text."""
    return _open_document("text", "Note", more)


def ods(text: str = "Plan") -> bytes:
    """An OpenDocument spreadsheet."""
    return _open_document("spreadsheet", text, {})


def archive(entries: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return out.getvalue()


def _open_document(kind: str, text: str, more: Mapping[str, bytes]) -> bytes:
    return archive(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "META-INF/manifest.xml": b"<manifest/>",
            "content.xml": f"<office:document-content>{text}</office:document-content>".encode(),
            **more,
        }
    )


def _sheet(seed: int) -> Image.Image:
    return Image.new("RGB", (210, 297), ((40 + seed) % 256, (seed // 256) % 256, 255))
