"""Which web service do tests call? A real one on this machine, that counts and can misbehave."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any


@dataclass
class JsonServer:
    """What a web service received; `mood` says what to answer: a status and some bytes."""

    port: int = 0
    mood: Callable[[], tuple[int, bytes]] = lambda: (200, b'{"company": {"status": "actif"}}')
    #: Method, path, body and headers of each request.
    seen: list[tuple[str, str, Any, dict[str, str]]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def keys(self) -> list[str]:
        """The idempotency keys received, in order."""
        return [headers["idempotency-key"] for *_, headers in self.seen]

    def fails(self, status: int = 503) -> None:
        """From now on it answers that status."""
        self.mood = lambda: (status, b"")

    def works(self) -> None:
        """From now on it answers."""
        self.mood = lambda: (200, b'{"company": {"status": "actif"}}')

    def note(self, request: tuple[str, str, Any, dict[str, str]]) -> None:
        """Remember one request."""
        with self._lock:
            self.seen.append(request)


@contextmanager
def json_server() -> Iterator[JsonServer]:
    """A web service that lives as long as the block."""
    served = JsonServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(served))
    server.daemon_threads = True
    served.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(served: JsonServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            served.note((self.command, self.path, body, headers))
            status, data = served.mood()
            self.send_response(status)
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815 - http.server's names

        def log_message(self, *_args: object) -> None:
            """Tests say nothing."""

    return Handler
