"""How is a mail handed over? By SMTP through Flask-Mail, with a time limit and a fence before DATA.

Flask-Mail opens its connection without a time-out and says goodbye loudly: a QUIT that fails after
the relay's 250 would look like a failure and send the mail twice. Hence the two subclasses.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask_mail import Connection, Mail

from notifications.mailbox import Mailbox
from notifications.message import Letter, StrictMessage, build
from notifications.post import Post

#: Before DATA each reply is awaited a sixth of the deadline; nothing is at stake yet.
_BEFORE_DATA = 6
#: From DATA on there are three waits (go-ahead, sending, answer): together, the deadline.
_FROM_DATA = 3
_GOODBYE = 1.0
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
Fence = Callable[[], None]


class Answer(StrEnum):
    """What became of one hand-over."""

    ACCEPTED = "accepted"  #: The relay answered 250: it is its mail now
    LATER = "later"  #: Refused for now (4xx), or refused for a reason of ours: try again
    NEVER = "never"  #: Refused for good (5xx to this recipient or this message)
    UNREACHABLE = "unreachable"  #: No dialogue could be had: nothing was sent
    AMBIGUOUS = "ambiguous"  #: The message left and no answer came


@dataclass(frozen=True)
class Reply:
    """The answer, with the relay's words."""

    answer: Answer
    words: str = ""


class LeaseOver(Exception):
    """The sender was too slow: somebody else may own the mail now."""


class Relay(Protocol):
    """Somebody who takes mails over."""

    def hand_over(self, letter: Letter, fence: Fence) -> Reply:
        """Hand one mail over; `fence` is asked just before its bytes leave.

        Refuses BadHeader for a letter that cannot be written, and what the fence refuses.
        """
        ...


def relay_of(post: Post) -> Relay | None:
    """The relay of the settings; None when mails have nowhere to go."""
    if not post.smtp_url:
        return None
    if urlsplit(post.smtp_url).scheme == "file":
        return FileRelay(Mailbox(Path(unquote(urlsplit(post.smtp_url).path))))
    return SmtpRelay(post)


class FileRelay:
    """The demo's relay: a folder."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    def hand_over(self, letter: Letter, fence: Fence) -> Reply:
        """Store the mail; storing it twice stores it once."""
        content = build(letter).as_bytes()
        fence()
        try:
            self.mailbox.put(content, message_id=letter.message_id)
        except OSError as error:
            return Reply(Answer.UNREACHABLE, str(error))
        return Reply(Answer.ACCEPTED)


class SmtpRelay:
    """A mail server: `smtp://`, `smtps://` or `smtp+starttls://`, with or without account."""

    def __init__(self, post: Post) -> None:
        url = urlsplit(post.smtp_url)
        self._flask = Flask("notifications")
        self._flask.config.update(
            MAIL_SERVER=url.hostname or "localhost",
            MAIL_PORT=url.port or _PORTS[url.scheme],
            MAIL_USE_SSL=url.scheme == "smtps",
            MAIL_USE_TLS=url.scheme == "smtp+starttls",
            MAIL_USERNAME=unquote(url.username) if url.username else None,
            MAIL_PASSWORD=unquote(url.password) if url.password else None,
            MAIL_DEFAULT_SENDER=post.sender[1],
        )
        self._mail = Mail(self._flask)
        self._terms = Terms(post.smtp_deadline, socket.getfqdn())

    def hand_over(self, letter: Letter, fence: Fence) -> Reply:
        """One dialogue for one mail."""
        message = StrictMessage(letter)
        connection = PatientConnection(self._mail, fence, self._terms)
        try:
            with self._flask.app_context(), connection:
                connection.send(message)
        except smtplib.SMTPException as error:
            return _reply_to(error, is_sent=connection.is_sent)
        except OSError as error:
            lost = Answer.AMBIGUOUS if connection.is_sent else Answer.UNREACHABLE
            return Reply(lost, str(error))
        return Reply(Answer.ACCEPTED)


@dataclass(frozen=True)
class Terms:
    """How long a dialogue may last, and the name we give; asked of the resolver once."""

    deadline: float
    name: str


class PatientConnection(Connection):
    """Flask-Mail's connection with a time-out, a fence before DATA, and a quiet goodbye."""

    def __init__(self, mail: Mail, fence: Fence, terms: Terms) -> None:
        super().__init__(mail)
        self._fence = fence
        self._terms = terms

    @property
    def is_sent(self) -> bool:
        """Did the bytes of the message start to leave?"""
        return isinstance(self.host, _Fenced) and self.host.is_sent

    def configure_host(self) -> smtplib.SMTP:
        """Open the dialogue: time limit, encryption, account."""
        mail = self.mail
        wait, name = self._terms.deadline / _BEFORE_DATA, self._terms.name
        context = ssl.create_default_context() if mail.use_ssl or mail.use_tls else None
        host: FencedSmtp | FencedSmtpSsl
        if mail.use_ssl:
            host = FencedSmtpSsl(mail.server, mail.port, name, timeout=wait, context=context)
        else:
            host = FencedSmtp(mail.server, mail.port, name, timeout=wait)
        host.fence = self._fence
        host.patience = self._terms.deadline / _FROM_DATA
        try:
            if mail.use_tls:
                host.starttls(context=context)
            if mail.username and mail.password:
                host.login(mail.username, mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(self, *_: object) -> None:
        """Say goodbye; whatever the relay answers changes nothing to what it accepted."""
        if self.host is None:
            return
        try:
            if self.host.sock is not None:
                self.host.sock.settimeout(_GOODBYE)
                self.host.quit()
        except (smtplib.SMTPException, OSError):
            pass  # it took the mail, or it did not: that is known already
        finally:
            self.host.close()


class _Fenced(smtplib.SMTP):
    """Asks the fence before DATA, and remembers that the message left."""

    fence: Fence
    patience: float
    is_sent = False

    def data(self, msg: bytes) -> tuple[int, bytes]:  # type: ignore[override]  # we send bytes
        """The message, unless the lease is over."""
        self.fence()
        if self.sock is not None:
            self.sock.settimeout(self.patience)
        self.is_sent = True
        return super().data(msg)


class FencedSmtp(_Fenced):
    """A plain dialogue, or one that turns to TLS."""


class FencedSmtpSsl(_Fenced, smtplib.SMTP_SSL):
    """A dialogue in TLS from its first byte."""


def _reply_to(error: smtplib.SMTPException, *, is_sent: bool) -> Reply:
    """What an SMTP refusal means for this mail.

    Only what is said of the recipient or of the message is final: a refused sender, a wrong
    password or a missing TLS is a setting of ours, which somebody will mend.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return Reply(_by_code(code), f"{code} {_words(words)}")
    if isinstance(error, smtplib.SMTPDataError):
        return Reply(_by_code(error.smtp_code), f"{error.smtp_code} {_words(error.smtp_error)}")
    if isinstance(error, smtplib.SMTPResponseException):
        return Reply(Answer.UNREACHABLE, f"{error.smtp_code} {_words(error.smtp_error)}")
    return Reply(Answer.AMBIGUOUS if is_sent else Answer.UNREACHABLE, str(error))


def _by_code(code: int) -> Answer:
    if 500 <= code < 600:
        return Answer.NEVER
    return Answer.LATER if 400 <= code < 500 else Answer.AMBIGUOUS  # no reply we understand


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:300]
