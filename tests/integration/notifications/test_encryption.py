"""Does a mail leave only to a server whose certificate is the right one? And is a mailbox read only then?"""

import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from notifications.relay import Answer, SmtpRelay
from notifications.return_box import BoxUnreachable, read_box
from tests.integration.notifications.conftest import Town
from tests.mail_server import Doors, MailServer, free_port
from tests.unit.notifications.test_message import LETTER
from tests.unit.notifications.test_returns import dsn


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for localhost, signed by itself, and its key."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-keyout {key} -out {cert} -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    return cert, key


def context_of(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@contextmanager
def relay(certificate: tuple[Path, Path], *, scheme: str) -> Iterator[MailServer]:
    server = MailServer(port=free_port())
    context = context_of(certificate)
    told = (
        {"ssl_context": context}
        if scheme == "smtps"
        else {"tls_context": context, "require_starttls": True}
    )
    controller = Controller(
        Doors(server),
        hostname="127.0.0.1",
        port=server.port,
        server_hostname="localhost",
        **told,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_known_certificate_lets_the_mail_leave_encrypted(
    town: Town, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with relay(certificate, scheme=scheme) as server:
        post = replace(town.post, smtp_url=f"{scheme}://localhost:{server.port}")
        reply = SmtpRelay(post).hand_over(LETTER, lambda: None)

    assert (reply.answer, len(server.taken)) == (Answer.ACCEPTED, 1), reply


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize("wrong", ["unknown authority", "other name"])
def test_a_certificate_that_is_not_the_right_one_sends_nothing(
    town: Town,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    wrong: str,
) -> None:
    host = "localhost"
    if wrong == "other name":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        host = "127.0.0.1"
    with relay(certificate, scheme=scheme) as server:
        post = replace(town.post, smtp_url=f"{scheme}://{host}:{server.port}")
        reply = SmtpRelay(post).hand_over(LETTER, lambda: None)

    assert reply.answer is Answer.UNREACHABLE
    assert "certificate" in reply.words.lower()
    assert server.contents == []


def test_a_relay_that_offers_no_encryption_gets_nothing(town: Town) -> None:
    post = replace(town.post, smtp_url=f"smtp+starttls://127.0.0.1:{town.server.port}")

    reply = SmtpRelay(post).hand_over(LETTER, lambda: None)

    assert reply.answer is Answer.UNREACHABLE
    assert town.server.contents == []


class Box:
    """The messages of a mailbox, and what was done to each."""

    def __init__(self, *contents: bytes) -> None:
        self.contents = list(contents)
        self.gone: set[int] = set()
        self.seen: set[int] = set()


class Pop(socketserver.StreamRequestHandler):
    """As much of POP3 (RFC 1939) as a client needs."""

    def handle(self) -> None:
        box: Box = self.server.box  # type: ignore[attr-defined]
        self._say("+OK")
        for raw in self.rfile:
            order, *rest = raw.decode().split()
            if order == "STAT":
                self._say(f"+OK {len(box.contents)} 1")
            elif order == "RETR":
                self._say("+OK")
                self.wfile.write(box.contents[int(rest[0]) - 1] + b"\r\n.\r\n")
            elif order == "DELE":
                box.gone.add(int(rest[0]))
                self._say("+OK")
            elif order == "PASS" and rest != ["s/e:c"]:
                self._say("-ERR wrong")
            else:
                self._say("+OK")
            if order == "QUIT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Imap(socketserver.StreamRequestHandler):
    """As much of IMAP4 (RFC 3501) as a client needs."""

    def handle(self) -> None:
        box: Box = self.server.box  # type: ignore[attr-defined]
        self._say("* OK ready")
        for raw in self.rfile:
            tag, order, *rest = raw.decode().split()
            self._do(box, order, rest)
            self._say(f"{tag} OK done")
            if order == "LOGOUT":
                return

    def _do(self, box: Box, order: str, rest: list[str]) -> None:
        if order == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif order == "SELECT":
            self._say(f"* {len(box.contents)} EXISTS")
        elif order == "SEARCH":
            fresh = [n for n in range(1, len(box.contents) + 1) if n not in box.seen]
            self._say("* SEARCH " + " ".join(map(str, fresh)))
        elif order == "FETCH":
            content = box.contents[int(rest[0]) - 1]
            self._say(f"* {rest[0]} FETCH (BODY[] {{{len(content)}}}")
            self.wfile.write(content + b")\r\n")
        elif order == "STORE":
            (box.gone if "Deleted" in rest[-1] else box.seen).add(int(rest[0]))
        elif order == "LOGOUT":
            self._say("* BYE")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mailbox(
    kind: type[socketserver.StreamRequestHandler], box: Box, certificate: tuple[Path, Path]
) -> Iterator[int]:
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

        def get_request(self) -> tuple[ssl.SSLSocket, object]:
            plain, address = super().get_request()
            return context_of(certificate).wrap_socket(plain, server_side=True), address

        def handle_error(self, *_: object) -> None:
            """A client that refuses our certificate hangs up: no trace of it."""

    with Server(("127.0.0.1", 0), kind) as server:
        server.box = box  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize(("scheme", "kind"), [("pop3s", Pop), ("imaps", Imap)])
def test_a_mailbox_is_read_and_what_was_understood_leaves_it(
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    kind: type[socketserver.StreamRequestHandler],
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    box, taken = Box(dsn(), b"Subject: bonjour\r\n\r\nune question\r\n"), []

    def take(content: bytes) -> bool:
        taken.append(message_from_bytes(content)["Subject"])
        return "Undelivered" in taken[-1]

    with mailbox(kind, box, certificate) as port:
        count = read_box(f"{scheme}://retours:s%2Fe%3Ac@localhost:{port}/INBOX", take)

    assert (count, box.gone) == (2, {1})
    assert taken == ["Undelivered Mail Returned to Sender", "bonjour"]


@pytest.mark.parametrize(("scheme", "kind"), [("pop3s", Pop), ("imaps", Imap)])
def test_a_mailbox_with_another_certificate_is_not_spoken_to(
    certificate: tuple[Path, Path], scheme: str, kind: type[socketserver.StreamRequestHandler]
) -> None:
    with (
        mailbox(kind, Box(dsn()), certificate) as port,
        pytest.raises(BoxUnreachable, match="certificate"),
    ):
        read_box(f"{scheme}://retours:secret@localhost:{port}/INBOX", lambda _content: True)
