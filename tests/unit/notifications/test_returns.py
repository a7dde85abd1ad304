"""What comes back to the return address: is it understood, and can a stranger lie to us with it?"""

from email import policy
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.mailing import ReturnKind
from notifications.returns import is_about_the_address, read_return
from notifications.tags import Tags, return_address, tag_in

TAGS = Tags.of("0123456789abcdef0123456789abcdef")
ADDRESS = "retours@meuse.example"
MAIL = UUID("12345678-1234-5678-1234-567812345678")
BACK = return_address(ADDRESS, TAGS.bounce(MAIL))


def dsn(
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 no such user",
) -> bytes:
    return f"""\
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: {BACK}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.example.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Fri, 20 Mar 2026 09:00:00 +0100

Final-Recipient: rfc822; mairie@void.example
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--B
Content-Type: text/rfc822-headers

Message-ID: <0123456789abcdef01234567.liasse@meuse.example>
Subject: bonjour

--B--
""".replace("\n", "\r\n").encode()


def prose(
    subject: str, body: str, sender: str = "MAILER-DAEMON@mx.example", **headers: str
) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, BACK, subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


def read(content: bytes) -> tuple[ReturnKind, UUID | None, str]:
    found = read_return(content, address=ADDRESS, tags=TAGS)
    return found.kind, found.mail_id, found.code


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (dsn(), ReturnKind.PERMANENT, "5.1.1"),
        (
            dsn(status="5.0.0", diagnostic="X-Unix; 550 5.1.10 null MX"),
            ReturnKind.PERMANENT,
            "5.0.0",
        ),
        (
            dsn(status="4.4.7", diagnostic="smtp; 450 4.4.7 expired"),
            ReturnKind.PERMANENT,
            "4.4.7",
        ),
        (
            dsn(status="5.2.2", diagnostic="smtp; 552 5.2.2 over quota"),
            ReturnKind.PERMANENT,
            "5.2.2",
        ),
        (dsn(status="5.7.1", diagnostic="smtp; 550 5.7.1 spam"), ReturnKind.REFUSED, "5.7.1"),
        (dsn("delayed", "4.4.1", "smtp; connect timed out"), ReturnKind.TEMPORARY, "4.4.1"),
        (dsn("relayed", "2.0.0"), ReturnKind.AUTOMATIC, "2.0.0"),
        (
            prose(
                "failure notice",
                "Hi. This is the qmail-send program at mx.example.\n"
                "<mairie@void.example>:\n550 5.1.1 user unknown\n",
            ),
            ReturnKind.PERMANENT,
            "5.1.1",
        ),
        (
            prose(
                "Mail delivery failed: returning message to sender",
                "A message that you sent could not be delivered.\n  550 No such user here\n",
                X_Failed_Recipients="mairie@void.example",
            ),
            ReturnKind.PERMANENT,
            "550",
        ),
        (
            prose("Non remis : votre message", "Échec de la remise : destinataire inconnu."),
            ReturnKind.PERMANENT,
            "",
        ),
        (
            prose("Warning: message delayed 4 hours", "451 4.4.1 still trying\n"),
            ReturnKind.TEMPORARY,
            "4.4.1",
        ),
        (
            prose(
                "Absence du bureau",
                "Je suis en congé jusqu’au 30.",
                sender="anne@commercy.example",
                Auto_Submitted="auto-replied",
            ),
            ReturnKind.AUTOMATIC,
            "",
        ),
        (
            prose(
                "Out of office: Re: dossier", "Back on Monday.", sender="anne@commercy.example"
            ),
            ReturnKind.AUTOMATIC,
            "",
        ),
        (
            prose(
                "Re: votre dossier", "Bonjour, une question.", sender="anne@commercy.example"
            ),
            ReturnKind.UNREAD,
            "",
        ),
    ],
)
def test_each_usual_way_of_coming_back_is_understood(
    content: bytes, kind: ReturnKind, code: str
) -> None:
    assert read(content) == (kind, MAIL, code)


def test_a_receipt_of_reading_changes_nothing() -> None:
    content = dsn().replace(
        b"report-type=delivery-status", b"report-type=disposition-notification"
    )
    assert read(content)[0] is ReturnKind.AUTOMATIC


def test_without_a_tag_the_message_id_of_what_came_back_tells_the_mail() -> None:
    content = dsn().replace(BACK.encode(), b"retours@meuse.example")

    found = read_return(content, address=ADDRESS, tags=TAGS)

    assert found.mail_id is None
    assert found.message_id == "<0123456789abcdef01234567.liasse@meuse.example>"


@pytest.mark.parametrize(
    "forged",
    [
        f"retours+{MAIL.hex}-000000000000@meuse.example",
        f"retours+{MAIL.hex}@meuse.example",
        BACK.replace("meuse", "evil"),
        return_address(ADDRESS, Tags.of("another key, another key, another").bounce(MAIL)),
    ],
)
def test_a_tag_we_did_not_sign_finds_no_mail(forged: str) -> None:
    assert TAGS.mail_of(tag_in(ADDRESS, forged)) is None
    assert read(dsn().replace(BACK.encode(), forged.encode()))[1] is None


def test_a_tag_survives_capitals_and_fits_an_address() -> None:
    assert TAGS.mail_of(tag_in(ADDRESS, BACK.upper())) == MAIL
    assert len(return_address("retours-courriels@a.fr", TAGS.bounce(MAIL)).split("@")[0]) <= 64


def test_a_link_is_its_readers_alone() -> None:
    token = TAGS.leave(MAIL, "progress")
    assert TAGS.leaver(token) == (MAIL, "progress")
    assert TAGS.leaver(token.replace("progress", "arrivals")) is None
    assert TAGS.leaver(token[:-1] + ("0" if token[-1] != "0" else "1")) is None
    assert TAGS.leaver("") is None


@pytest.mark.parametrize(
    "words",
    [
        "554 5.7.1 looks like spam",
        "554 transaction failed",
        "552 5.3.4 message too big",
    ],
)
def test_a_refusal_of_the_message_is_no_fault_of_the_address(words: str) -> None:
    assert not is_about_the_address(words)
    assert is_about_the_address("550 5.1.1 no such user")
    assert is_about_the_address("550 mailbox unavailable")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_it_fail(noise: bytes) -> None:
    assert read_return(noise, address=ADDRESS, tags=TAGS).kind in set(ReturnKind)
    spoilt = dsn()[: len(noise) * 3] + noise + dsn()[len(noise) * 3 :]
    assert read_return(spoilt, address=ADDRESS, tags=TAGS).kind in set(ReturnKind)
