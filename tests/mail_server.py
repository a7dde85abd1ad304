"""Which mail server do tests speak to? A real one that listens, keeps what it took, and can misbehave."""

import asyncio
import re
import socket
from asyncio import Transport
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Lock

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 2.0.0 Ok: queued"
#: Given the number of times a message came (from 1), what to answer; or `drop` after taking it,
#: or `stall`: take nothing and keep silent.
Mood = Callable[[int], str]


@dataclass
class MailServer:
    """What a relay received."""

    port: int = 0
    journal: Path | None = None
    mood: Mood = lambda _times: TAKEN
    refuse: frozenset[str] = frozenset()
    #: Seconds between taking a message and saying so.
    slowness: float = 0.0
    #: How long it keeps silent when it stalls.
    silence: float = 3.0
    contents: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    #: Where each one comes back: the envelope's sender.
    senders: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    @property
    def taken(self) -> list[EmailMessage]:
        """The messages it took, read."""
        found = [message_from_bytes(content, policy=default) for content in self.contents]
        return [message for message in found if isinstance(message, EmailMessage)]

    @property
    def url(self) -> str:
        """How a sender reaches it."""
        return f"smtp://127.0.0.1:{self.port}"

    def take(self, content: bytes, recipients: list[str], sender: str = "") -> str:
        """Keep a message unless the mood is to refuse it; the answer."""
        name = _identifier(content)
        with self._lock:
            self.seen[name] += 1
            answer = self.mood(self.seen[name])
            if answer == "drop" or answer.startswith("2"):
                self.contents.append(content)
                self.recipients += recipients
                self.senders.append(sender)
                if self.journal is not None:
                    with self.journal.open("a") as journal:
                        journal.write(f"relay: message-id={name} taken\n")
        return answer


class Doors:
    """What aiosmtpd calls. Apart: it looks at every attribute of it at every connection."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so, with all of these
        self,
        _smtp: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Refuse some recipients for good."""
        if address in self._server.refuse:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 Ok"

    async def handle_DATA(  # noqa: N802
        self, smtp: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take the message, write it in the journal, then answer: a relay's order."""
        content = envelope.original_content or b""
        answer = self._server.take(content, envelope.rcpt_tos, envelope.mail_from or "")
        stalls = answer == "stall"
        await asyncio.sleep(self._server.silence if stalls else self._server.slowness)
        if stalls:
            return "451 4.4.2 too late"
        if answer == "drop":
            assert isinstance(smtp.transport, Transport)
            smtp.transport.abort()
            return TAKEN
        return answer


@contextmanager
def listening(server: MailServer, *, port: int = 0) -> Iterator[MailServer]:
    """The server, on that port or a free one, for as long as the block."""
    server.port = port or free_port()
    # Given its name, the server does not ask a resolver for it at every connection.
    controller = Controller(
        Doors(server), hostname="127.0.0.1", port=server.port, server_hostname="relay.example"
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def _identifier(content: bytes) -> str:
    """The Message-ID, read from the bytes: a relay does not parse what it carries."""
    found = re.search(rb"^Message-ID:\s*(<[^>]+>)", content, re.MULTILINE)
    assert found is not None
    return found.group(1).decode()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
