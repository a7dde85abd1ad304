"""Can anything people typed forge a header, a second recipient or a second message?"""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.message import BadHeader, Letter, build, check_address, one_line

LETTER = Letter(
    message_id="<0123456789abcdef01234567.liasse@meuse.example>",
    sender=("Département de la Meuse", "ne-pas-repondre@meuse.example"),
    to=("Anne Colin", "mairie@commercy.example"),
    subject="2026-LPINV-00042\u00a0: nous avons reçu votre demande d’aide",
    text="Bonjour,\n.\nUne ligne avec un point seul.\n",
    html="<p>Bonjour</p>",
    at=datetime(2026, 3, 20, 9, tzinfo=UTC),
)
FORGED = [
    "x\r\nBcc: eve@evil.example",
    "x\nBcc: eve@evil.example",
    "x\rBcc: e@e.example",
    "x\u2028y",
    "x\x00y",
    "x\x85y",
    "x\x0by",
]


def test_a_mail_reads_back_as_it_was_written() -> None:
    read = message_from_bytes(build(LETTER).as_bytes(), policy=default)
    assert read["Subject"] == LETTER.subject
    assert read["To"] == "Anne Colin <mairie@commercy.example>"
    assert read["Message-ID"] == LETTER.message_id
    assert [part.get_content_type() for part in read.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert all(byte < 128 for byte in build(LETTER).as_bytes())


@pytest.mark.parametrize("text", FORGED)
def test_a_control_character_in_a_header_is_refused(text: str) -> None:
    for changed in (
        replace(LETTER, subject=text),
        replace(LETTER, to=(text, LETTER.to[1])),
        replace(LETTER, sender=(text, LETTER.sender[1])),
        replace(LETTER, to=("Anne", f"a@b.example{text}")),
        replace(LETTER, message_id=f"<{text}@b.example>"),
    ):
        with pytest.raises(BadHeader):
            build(changed)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example, eve@evil.example",
        "<a@b.example>",
        "a b@c.example",
        "-oX/tmp/x@b.example",
        "a@",
        "@b.example",
        "a",
        "",
        "a@b..example",
        ".a@b.example",
        "é@b.example",
        "a@b.example>",
        '"a b"@c.example',
        "a" * 65 + "@b.example",
    ],
)
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(BadHeader):
        check_address(address)


def test_a_domain_with_accents_is_written_as_the_mail_server_knows_it() -> None:
    assert check_address("contact@médiathèque.example") == "contact@xn--mdiathque-53af.example"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_title_makes_one_line_that_a_subject_takes(text: str) -> None:
    line = one_line(text)
    subject = build(replace(LETTER, subject=line)).as_bytes()
    head = subject.split(b"\r\n\r\n")[0]
    names = [one.split(b":")[0] for one in head.split(b"\r\n") if one[:1] not in b" \t"]
    assert names.count(b"Subject") == 1
    assert set(names) == set(
        b"Subject From To Date Message-ID Auto-Submitted X-Auto-Response-Suppress "
        b"Content-Language MIME-Version Content-Type".split()
    )


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_name_or_address_is_refused_or_gives_one_recipient(name: str, address: str) -> None:
    try:
        message = build(replace(LETTER, to=(name, address)))
    except BadHeader:
        return
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert [one.addr_spec for one in read["To"].addresses] == [check_address(address)]
    assert read["Bcc"] is None
    assert read["Cc"] is None
