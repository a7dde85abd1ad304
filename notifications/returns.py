"""What does a message that came back say? A delivery report, an older refusal, or somebody's holidays.

Everything read here was written by strangers: it is bounded, never trusted, and only ever finds
one of our mails by a tag we signed or by a Message-ID nobody can guess.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from uuid import UUID

from app.domain.mailing import ReturnKind
from notifications.tags import Tags, tag_in

LARGEST = 2_000_000
_WORDS = 400
_RECIPIENTS = (
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "To",
    "Return-Path",
)
_ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,190}")
_OURS = re.compile(r"<[0-9a-f]{24}\.liasse@[A-Za-z0-9.-]{1,120}>")
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_PLAIN = re.compile(r"\b([45]\d\d)[ -]")
_DAEMON = re.compile(
    r"mailer-daemon|postmaster|mail delivery|mdaemon|microsoft exchange", re.IGNORECASE
)
_FAILURE = re.compile(
    r"undeliver|not be delivered|delivery (?:status|failure|has failed)|returned mail|failure notice|"
    r"mail delivery failed|permanent(?:ly)? (?:error|failure|rejected)|non remis|échec de (?:la )?remise|"
    r"user unknown|no such user|unknown (?:user|recipient)|mailbox (?:unavailable|not found)|"
    r"adresse .{0,40}introuvable|destinataire inconnu",
    re.IGNORECASE,
)
_DELAY = re.compile(r"delayed|warning: message .{0,40}(?:still|not) |retard", re.IGNORECASE)
_AWAY = re.compile(
    r"out of (?:the )?office|absen[ct]|automatic reply|auto(?:matic)?[ -]?(?:reply|response|répon)|"
    r"réponse automatique|en congés?|vacation|abwesenheit",
    re.IGNORECASE,
)
#: Refusals that speak of the message (policy, content, size), not of the address.
_ABOUT_THE_MESSAGE = frozenset({"5.3.4", "5.2.3", "552", "554", "555"})


@dataclass(frozen=True)
class Returned:
    """One message, understood as far as it can be."""

    digest: str
    kind: ReturnKind
    mail_id: UUID | None = None
    message_id: str = ""
    code: str = ""
    words: str = ""


def read_return(content: bytes, *, address: str, tags: Tags | None) -> Returned:
    """What one message of the return mailbox says; never fails, whatever its bytes."""
    content = content[:LARGEST]
    digest = hashlib.sha256(content).hexdigest()
    try:
        message = BytesParser(policy=compat32).parsebytes(content)
        kind, code, words = _verdict(message)
        mail_id, message_id = _mail_of(message, content, address, tags)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return Returned(digest, ReturnKind.UNREAD, words=f"illisible : {error}"[:_WORDS])
    return Returned(digest, kind, mail_id, message_id, code, words[:_WORDS])


def _verdict(message: Message) -> tuple[ReturnKind, str, str]:
    report = str(message.get_param("report-type") or "").lower()
    if message.get_content_type() == "multipart/report":
        if report == "delivery-status":
            return _report(message)
        return ReturnKind.AUTOMATIC, "", "accusé de lecture"
    return _older(message)


def _report(message: Message) -> tuple[ReturnKind, str, str]:
    """RFC 3464: one group of fields a recipient; ours have one recipient."""
    for group in _status_groups(message):
        action = _field(group, "Action").lower()
        words = _one_line(_field(group, "Diagnostic-Code") or _field(group, "Status"))
        code = _code_in(_field(group, "Status")) or _code_in(words)
        if action == "failed":
            return _failed(code), code, words
        if action == "delayed":
            return ReturnKind.TEMPORARY, code, words
        if action in {"delivered", "relayed", "expanded"}:
            return ReturnKind.AUTOMATIC, code, action
    return ReturnKind.UNREAD, "", "rapport de remise sans verdict"


def _older(message: Message) -> tuple[ReturnKind, str, str]:
    """Before or beside RFC 3464: a word of the daemon, in prose; or an automatic answer."""
    subject, sender = _header(message, "Subject"), _header(message, "From")
    text = _text(message)
    is_daemon = bool(_DAEMON.search(sender)) or "X-Failed-Recipients" in message
    if is_daemon and _FAILURE.search(f"{subject}\n{text}"):
        line = next((one for one in text.splitlines() if _code_in(one)), subject)
        code = _code_in(line)
        return _failed(code), code, _one_line(line)
    if is_daemon and _DELAY.search(f"{subject}\n{text}"):
        return ReturnKind.TEMPORARY, _code_in(text), _one_line(subject)
    auto = _header(message, "Auto-Submitted").lower()
    if (
        (auto and auto != "no")
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
        or _header(message, "Precedence").lower() in {"auto_reply", "bulk", "junk"}
        or _AWAY.search(subject)
    ):
        return ReturnKind.AUTOMATIC, "", _one_line(subject)
    return ReturnKind.UNREAD, "", _one_line(subject)


def _failed(code: str) -> ReturnKind:
    """The relay gave up: on the address, or on what we wrote?"""
    if code.startswith(("5.6", "5.7")) or code in _ABOUT_THE_MESSAGE:
        return ReturnKind.REFUSED
    return ReturnKind.PERMANENT


def is_about_the_address(words: str) -> bool:
    """Does a refusal met while sending speak of the address (« 550 5.1.1 no such user »)?"""
    return _failed(_code_in(words)) is ReturnKind.PERMANENT


def _status_groups(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            yield from (one for one in groups if isinstance(one, Message))


def _mail_of(
    message: Message, content: bytes, address: str, tags: Tags | None
) -> tuple[UUID | None, str]:
    """The mail by its tag; else by its Message-ID, anywhere in what came back."""
    for name in _RECIPIENTS if tags and address else ():
        for value in message.get_all(name, ()):
            for found in _ADDRESS.findall(str(value)):
                mail_id = tags.mail_of(tag_in(address, found)) if tags else None
                if mail_id is not None:
                    return mail_id, ""
    ours = _OURS.search(content.decode("ascii", "replace"))
    return None, ours.group() if ours else ""


def _text(message: Message) -> str:
    """The beginning of the first plain text."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload[:8000].decode("utf-8", "replace")
    return ""


def _code_in(text: str) -> str:
    enhanced = _ENHANCED.search(text)
    if enhanced:
        return ".".join(enhanced.groups())
    plain = _PLAIN.search(text)
    return plain[1] if plain else ""


def _header(message: Message, name: str) -> str:
    return _one_line(str(message.get(name) or ""))


def _field(group: Message, name: str) -> str:
    value = str(group.get(name) or "")
    return value.partition(";")[2].strip() if name == "Diagnostic-Code" else value.strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_WORDS]
