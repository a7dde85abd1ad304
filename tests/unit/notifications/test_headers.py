"""Every mail × every nasty value: do strict parsers read the headers we meant, and no others?"""

import re
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import UnstructuredHeader
from email.policy import SMTP, strict

import pytest

from notifications.message import BadHeader, Letter, build, one_line
from notifications.render import mail_names, render
from notifications.tags import Tags, return_address
from tests.unit.notifications.samples import DOSSIER, FULL
from tests.unit.notifications.test_message import LETTER
from tests.unit.notifications.test_returns import MAIL, TAGS

NASTY = {
    "accents": "Médiathèque « L’Œuvre » à Bar-le-Duc, n° 12",
    "emoji": "📚 Lecture 👩‍👩‍👧 et 🇫🇷",
    "crlf": "x\r\nBcc: eve@evil.example\r\n\r\n<b>corps</b>",
    "lf": "x\nBcc: eve@evil.example",
    "quotes": "\"guillemets\" 'droits' \\ et ; virgules, <chevrons> (parenthèses) @ d'accord",
    "encoded word": "=?utf-8?q?Bcc=3A_eve=40evil.example?=",
    "very long": "Réhabilitation " * 200,
    "no space": "é" * 900,
    "rtl": "abc\u202eexe.fdp\u202c",
    "separators": "a\u2028b\u2029c\x85d\x0be\x0cf",
    "nul": "a\x00b",
    "dot": ".\r\n.\r\nQUIT\r\n",
}
ALLOWED = set(
    b"Subject From To Date Message-ID Auto-Submitted X-Auto-Response-Suppress Content-Language "
    b"MIME-Version Content-Type List-Unsubscribe List-Unsubscribe-Post".split()
)


def letter(name: str, text: str) -> Letter:
    """The mail of that name when everything people type is nasty."""
    values = replace(
        FULL,
        name=text,
        message=text,
        dossier=replace(DOSSIER, title=text, organisation=text, reference=text, officer=text),
        task=replace(FULL.task, title=text) if FULL.task else None,
    )
    mail = render(name, values)
    return replace(
        LETTER,
        to=(one_line(text), "mairie@commercy.example"),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        return_path=return_address("retours@meuse.example", TAGS.bounce(MAIL)),
        unsubscribe=f"https://aides.meuse.example/desabonnement/{TAGS.leave(MAIL, 'progress')}",
    )


def heads(content: bytes) -> list[bytes]:
    return content.split(b"\r\n\r\n", 1)[0].split(b"\r\n")


def name_in(content: bytes) -> str:
    """The name of the To header, as RFC 2047 says to read it.

    (The modern parser of Python keeps the space between two encoded words of a name, 6.2.)
    """
    raw = str(message_from_bytes(content)["To"])
    shown = str(make_header(decode_header(raw.rpartition("<")[0].strip())))
    return (
        re.sub(r"\\(.)", r"\1", shown[1:-1])
        if shown.startswith('"') and shown.endswith('"') and "=?" not in raw
        else shown
    )


@pytest.mark.parametrize("case", NASTY)
@pytest.mark.parametrize("name", mail_names())
def test_a_strict_parser_reads_every_header_and_finds_no_other(name: str, case: str) -> None:
    built = letter(name, NASTY[case])
    content = build(built).as_bytes()

    lines = heads(content)
    assert all(len(line) <= 998 for line in content.split(b"\r\n")), "RFC 5322, 2.1.1"
    assert all(byte < 128 for byte in content)
    assert b"\n" not in content.replace(b"\r\n", b""), "no bare line feed"
    names = [line.split(b":")[0] for line in lines if line[:1] not in b" \t"]
    assert set(names) == ALLOWED
    assert len(names) == len(set(names))

    read = message_from_bytes(content, policy=strict + SMTP)  # raises on any defect
    for header in read.values():
        assert header.defects == ()
    assert isinstance(read["Subject"], UnstructuredHeader)
    assert str(read["Subject"]) == built.subject
    assert [one.addr_spec for one in read["To"].addresses] == ["mairie@commercy.example"]
    assert name_in(content) == built.to[0]
    link = f"<{built.unsubscribe}>"
    assert f"List-Unsubscribe: {link}".encode() in lines, "no program reads an encoded link"
    assert read["Bcc"] is read["Cc"] is None
    assert [part.get_content_type() for part in read.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    for part in read.walk():
        assert part.defects == []


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: e@e.example", "a\nb", "a\rb", "a\x00b", "a\u2028b"]
)
@pytest.mark.parametrize(
    "field", ["subject", "to_name", "to", "sender", "return_path", "unsubscribe", "message_id"]
)
def test_no_field_of_a_letter_lets_a_header_in(field: str, text: str) -> None:
    changed = {
        "subject": {"subject": text},
        "to_name": {"to": (text, "a@b.example")},
        "to": {"to": ("Anne", f"a@b.example{text}")},
        "sender": {"sender": ("Aides", f"{text}@b.example")},
        "return_path": {"return_path": f"retours@b.example{text}"},
        "unsubscribe": {"unsubscribe": f"https://a.example/{text}"},
        "message_id": {"message_id": f"<{text}@b.example>"},
    }[field]
    broken = replace(LETTER, **changed)  # type: ignore[arg-type]  # a field of its own type
    if field == "return_path":  # the envelope's, never written in a header
        assert text.encode() not in build(broken).as_bytes()
        return
    with pytest.raises(BadHeader):
        build(broken)


def test_a_kind_nobody_may_leave_has_no_link_to_leave_it() -> None:
    content = build(LETTER).as_bytes()
    assert b"List-Unsubscribe" not in content
    assert re.search(rb"^Auto-Submitted: auto-generated\r$", content, re.MULTILINE)
    assert isinstance(TAGS, Tags)
