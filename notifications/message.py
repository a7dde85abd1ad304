"""What bytes does a mail become? Built header by header, refusing anything that could forge one.

Flask-Mail lets a line feed through in an extra header, hence a hidden copy; so no header here
comes from data but the subject, the addresses and our own link, and those refuse control characters.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from flask_mail import Message

from notifications import headers

#: Control characters, line and paragraph separators, unpaired surrogates.
_FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}
_SUBJECT_LONGEST = 250
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,189}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.]{1,60}@[A-Za-z0-9.-]{1,120}>")
#: Headers leave as they were written here.
_AS_WRITTEN = SMTP.clone(refold_source="none")
_LINK = re.compile(r"https?://[A-Za-z0-9._~:/%\[\]-]{1,400}")


class BadHeader(ValueError):
    """A subject, a name or an address could forge a header, or is none."""


@dataclass(frozen=True)
class Letter:
    """A mail ready to be written on the wire: one sender, one recipient."""

    message_id: str
    sender: tuple[str, str]
    to: tuple[str, str]
    subject: str
    text: str
    html: str
    at: datetime
    #: Where it comes back when it cannot be delivered (the envelope's sender).
    return_path: str = ""
    #: A link that leaves this kind of mails in one click; only for those that may be left.
    unsubscribe: str = ""
    #: Which mail it is, and what was wrong with its edited words: for the record, not the wire.
    template: str = ""
    note: str = ""


class StrictMessage(Message):
    """What Flask-Mail sends: its envelope, our bytes."""

    def __init__(self, letter: Letter) -> None:
        content = build(letter)
        back = check_address(letter.return_path or letter.sender[1])
        super().__init__(sender=back, recipients=[letter.to[1]])
        self.content = content

    def as_bytes(self) -> bytes:
        """The bytes built by us, not by Flask-Mail."""
        return self.content.as_bytes()


def build(letter: Letter) -> EmailMessage:
    """The message of a letter. Refuses BadHeader."""
    message = EmailMessage(policy=_AS_WRITTEN)
    message.set_raw("Subject", headers.words(_clean(letter.subject, "subject")))
    message.set_raw("From", _mailbox(letter.sender))
    message.set_raw("To", _mailbox(letter.to))
    message["Date"] = letter.at
    if not _MESSAGE_ID.fullmatch(letter.message_id):
        raise BadHeader("message id")
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.unsubscribe:
        message.set_raw("List-Unsubscribe", f"<{_link(letter.unsubscribe)}>")
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = "fr"  # last: the parts would take it with them
    return message


def one_line(text: str) -> str:
    """The text on one line: what separates lines becomes a space, other controls vanish.

    The title of a dossier is typed by people: a pasted line feed must not keep the mail back.
    """
    spaced = "".join(
        " " if char.isspace() and char != "\u00a0" else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in _FORBIDDEN
    )
    joined = " ".join(part for part in spaced.split(" ") if part)
    return joined if len(joined) <= _SUBJECT_LONGEST else joined[: _SUBJECT_LONGEST - 1] + "…"


def check_address(address: str) -> str:
    """The address, when one mail can go to it. Refuses BadHeader."""
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii") if domain else ""
    except UnicodeError:
        raise BadHeader("address") from None
    found = f"{local}@{ascii_domain}"
    if not _ADDRESS.fullmatch(found) or ".." in found or local.startswith((".", "-")):
        raise BadHeader("address")
    return found


def _mailbox(pair: tuple[str, str]) -> str:
    name, address = pair
    return headers.mailbox(_clean(name, "name"), check_address(address))


def _link(url: str) -> str:
    if not _LINK.fullmatch(url):
        raise BadHeader("unsubscribe")
    return url


def _clean(text: str, what: str) -> str:
    if len(text) > _SUBJECT_LONGEST or any(
        unicodedata.category(char) in _FORBIDDEN for char in text
    ):
        raise BadHeader(what)
    return text
