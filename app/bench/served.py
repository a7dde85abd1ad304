"""What does a completion cost through the web? A real server in a process of its own, over loopback.

One worker, one thread, one client that asks for the form and sends it: what a person waits for.
"""

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from app.bench.script import Work

_PATIENCE = 30.0
_HIDDEN = re.compile(rb'name="(csrf_token|submission_key|seen)" value="([^"]*)"')


class NoAnswer(Exception):
    """The server did not answer what was awaited."""


@dataclass
class Browser:
    """One connection kept open, signed in as the officer."""

    connection: HTTPConnection
    token: str

    def open_form(self, task_id: UUID) -> dict[str, str]:
        """Ask for the page of a task; the hidden fields its form must send back."""
        status, page = self._ask("GET", f"/taches/{task_id}")
        if status != 200:
            raise NoAnswer(f"GET {status}")
        return {name.decode(): text.decode() for name, text in _HIDDEN.findall(page)}

    def send_form(self, task_id: UUID, hidden: dict[str, str], work: Work) -> None:
        """Send the form of a task, filled in."""
        fields = urlencode({**hidden, **work.answers}, doseq=True)
        status, _page = self._ask("POST", f"/taches/{task_id}", fields)
        if status != 303:
            raise NoAnswer(f"POST {status}")

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": f"liasse={self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


@contextmanager
def browser(database_url: str, folder: Path, token: str) -> Iterator[Browser]:
    """A server on this database, and a browser in front of it."""
    port = _free_port()
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=1"]
    settings = {
        "LIASSE_DATABASE_URL": database_url,
        "LIASSE_DATA_DIR": str(folder),
        "LIASSE_SECRET_KEY": secrets.token_hex(32),
        "LIASSE_BASE_URL": f"http://127.0.0.1:{port}",
    }
    others = {name: text for name, text in os.environ.items() if not name.startswith("LIASSE_")}
    log = (folder / "server.log").open("wb")
    with (
        log,
        subprocess.Popen(  # noqa: S603 - our own interpreter, our own application
            [*command, "app.wsgi:app"], env={**others, **settings}, stdout=log, stderr=log
        ) as server,
    ):
        try:
            with closing(_connected(port, server)) as connection:
                yield Browser(connection, token)
        finally:
            server.terminate()


def _connected(port: int, server: "subprocess.Popen[bytes]") -> HTTPConnection:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and server.poll() is None:
        with suppress(ConnectionRefusedError):
            connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
            connection.connect()
            return connection
        time.sleep(0.05)
    raise NoAnswer("the server did not start")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
