"""How are paragraphs written as a file people can open and edit? An OpenDocument text (.odt).

Small and complete: styles with names, French as its language, real headings and lists, so that
screen readers find their way and the service may still mend a word before signing.
"""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from xml.sax.saxutils import escape

from app.domain.civil import french_day

MEDIA_TYPE = "application/vnd.oasis.opendocument.text"
_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}"'
    for prefix, name in (
        ("office", "office:1.0"),
        ("style", "style:1.0"),
        ("text", "text:1.0"),
        ("fo", "xsl-fo-compatible:1.0"),
        ("meta", "meta:1.0"),
    )
)
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-%s {_NAMES} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3">'
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA_TYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>'
        for name in ("content", "styles", "meta")
    )
    + "</manifest:manifest>"
)
_FONT = 'fo:font-family="Liberation Sans" fo:color="#1b1b1b" fo:language="fr" fo:country="FR"'
_STYLES = (
    "<office:styles>"
    f'<style:default-style style:family="paragraph"><style:paragraph-properties '
    'fo:margin-bottom="0.3cm" fo:line-height="120%" fo:orphans="2" fo:widows="2"/>'
    f'<style:text-properties fo:font-size="11pt" {_FONT}/></style:default-style>'
    '<style:style style:name="Standard" style:family="paragraph"/>'
    '<style:style style:name="Letterhead" style:family="paragraph" style:parent-style-name="Standard">'
    '<style:paragraph-properties fo:margin-bottom="0cm"/>'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="Reference" style:family="paragraph" style:parent-style-name="Standard">'
    '<style:paragraph-properties fo:margin-bottom="0.8cm"/></style:style>'
    '<style:style style:name="Heading_1" style:display-name="Heading 1" style:family="paragraph" '
    'style:parent-style-name="Standard" style:default-outline-level="1">'
    '<style:paragraph-properties fo:margin-top="0.6cm" fo:margin-bottom="0.5cm" fo:keep-with-next="always"/>'
    '<style:text-properties fo:font-size="16pt" fo:font-weight="bold"/></style:style>'
    '<style:style style:name="Heading_2" style:display-name="Heading 2" style:family="paragraph" '
    'style:parent-style-name="Standard" style:default-outline-level="2">'
    '<style:paragraph-properties fo:margin-top="0.4cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"/>'
    '<style:text-properties fo:font-size="12.5pt" fo:font-weight="bold"/></style:style>'
    '<text:list-style style:name="Bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•">'
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
    '<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.5cm" '
    'fo:margin-left="0.8cm"/></style:list-level-properties></text:list-level-style-bullet></text:list-style>'
    "</office:styles>"
    '<office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties '
    'fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="2.2cm" fo:margin-bottom="2.2cm" '
    'fo:margin-left="2.5cm" fo:margin-right="2.5cm"/></style:page-layout></office:automatic-styles>'
    '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"/>'
    "</office:master-styles>"
)
_HEADINGS = {"title": 1, "subtitle": 2}


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the text of a letter, and in the properties of the file."""

    title: str
    authority: str
    reference: str
    on: date
    at: datetime


def write_odt(head: Head, blocks: Iterable[tuple[str, str]]) -> bytes:
    """The document, as bytes that are the same for the same content."""
    body = [
        _paragraph("Letterhead", head.authority),
        _paragraph("Reference", f"Dossier {head.reference}\u00a0— le {french_day(head.on)}"),
    ]
    for kind, group in groupby(blocks, key=lambda block: block[0]):
        texts = [text for _, text in group]
        body.append(_list(texts) if kind == "item" else "".join(_one(kind, t) for t in texts))
    content = (
        f"{_HEAD % 'content'}<office:body><office:text>{''.join(body)}</office:text>"
        "</office:body></office:document-content>"
    )
    meta = (
        f"{_HEAD % 'meta'}<office:meta><dc:title>{escape(head.title)}</dc:title>"
        f"<dc:language>fr-FR</dc:language><meta:generator>Liasse</meta:generator>"
        f"<dc:date>{head.at:%Y-%m-%dT%H:%M:%S}</dc:date></office:meta></office:document-meta>"
    )
    styles = f"{_HEAD % 'styles'}{_STYLES}</office:document-styles>"
    return _packed({"content.xml": content, "styles.xml": styles, "meta.xml": meta})


def _one(kind: str, text: str) -> str:
    level = _HEADINGS.get(kind)
    if level is None:
        return _paragraph("Standard", text)
    return (
        f'<text:h text:style-name="Heading_{level}" text:outline-level="{level}">'
        f"{_escaped(text)}</text:h>"
    )


def _list(texts: Iterable[str]) -> str:
    items = "".join(
        f"<text:list-item>{_paragraph('Standard', text)}</text:list-item>" for text in texts
    )
    return f'<text:list text:style-name="Bullets">{items}</text:list>'


def _paragraph(style: str, text: str) -> str:
    return f'<text:p text:style-name="{style}">{_escaped(text)}</text:p>'


def _escaped(text: str) -> str:
    """XML has no place for control characters; a new line is a line break."""
    plain = "".join(sign for sign in text if sign in "\n\t" or sign >= " ")
    return escape(plain).replace("\n", "<text:line-break/>").replace("\t", "<text:tab/>")


def _packed(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        first = zipfile.ZipInfo("mimetype", (1980, 1, 1, 0, 0, 0))
        archive.writestr(first, MEDIA_TYPE, zipfile.ZIP_STORED)
        for name, text in {**parts, "META-INF/manifest.xml": _MANIFEST}.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
