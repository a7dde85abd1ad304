"""Which mail server do tests speak to? A real one that listens, keeps what it took, and can misbehave."""

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
#: Given the number of times a message came (from 1), what to answer, or `drop` after taking it.
Mood = Callable[[int], str]


@dataclass
class MailServer:
    """What a relay received."""

    port: int = 0
    journal: Path | None = None
    mood: Mood = lambda _times: TAKEN
    refuse: frozenset[str] = frozenset()
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        """How a sender reaches it."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so, with all of these
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Refuse some recipients for good."""
        if address in self.refuse:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 Ok"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take the message, write it in the journal, then answer: a relay's order."""
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        name = str(message["Message-ID"])
        with self._lock:
            self.seen[name] += 1
            answer = self.mood(self.seen[name])
            if answer[0] not in "2d":
                return answer
            self.taken.append(message)
            self.recipients += envelope.rcpt_tos
            if self.journal is not None:
                with self.journal.open("a") as journal:
                    journal.write(f"relay: message-id={name} taken\n")
        if answer == "drop":
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return TAKEN


@contextmanager
def listening(server: MailServer) -> Iterator[MailServer]:
    """The server, on a free port, for as long as the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server.port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
