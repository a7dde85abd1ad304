"""How is another service called? One request, one JSON answer: no redirect, no proxy, no surprise."""

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.outbound.allowed import Allowed, Target
from app.outbound.errors import AnswerUnreadable, HttpRefused, ServerFails, ServerSilent

#: Bytes of an answer, seconds of each wait, seconds of the whole call.
LARGEST = 1_000_000
WAIT = 10.0
WHOLE = 30.0
_RETRIED = frozenset({408, 425, 429})
_DEEPEST = 40


@dataclass(frozen=True)
class Call:
    """One request; `key` is the same for every attempt, so that the other side does it once."""

    url: str
    key: str
    method: str = "GET"
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Client:
    """Calls the services an installation allows."""

    allowed: Allowed
    #: Seconds a whole call may last.
    whole: float = WHOLE

    def json(self, call: Call) -> Any:  # noqa: ANN401 - JSON
        """What the service answers. Refuses the classes of `app.outbound.errors`."""
        target = self.allowed.target(call.url)
        connection = _connection(target)
        # A server that gives one byte now and then is never late for a single wait.
        is_late = threading.Event()
        alarm = threading.Timer(self.whole, _cut, [connection, is_late])
        alarm.daemon = True
        alarm.start()
        try:
            connection.request(call.method, target.path, _body(call), _headers(call))
            answer = connection.getresponse()
            data = _read(target, answer)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ServerSilent(host=target.host) from error
        finally:
            alarm.cancel()
            connection.close()
        if is_late.is_set():
            raise ServerSilent(host=target.host)
        _check_status(target, answer.status)
        return _decoded(target, data)


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, and asks the certificate for the name."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._tls = ssl.create_default_context()
        super().__init__(target.host, target.port, timeout=WAIT, context=self._tls)

    def connect(self) -> None:
        """Open the connection to that address and no other."""
        raw = socket.create_connection((self._target.address, self.port), WAIT)
        self.sock = self._tls.wrap_socket(raw, server_hostname=self._target.host)


def _connection(target: Target) -> http.client.HTTPConnection:
    if target.scheme == "http":
        return http.client.HTTPConnection(target.address, target.port, timeout=WAIT)
    return _Pinned(target)


def _headers(call: Call) -> dict[str, str]:
    headers = {
        "Accept": "application/json",
        "User-Agent": "Liasse",
        "Idempotency-Key": call.key,
    }
    if call.body is not None:
        headers["Content-Type"] = "application/json"
    return headers


def _body(call: Call) -> bytes | None:
    if call.body is None:
        return None
    return json.dumps(call.body, ensure_ascii=False).encode()


def _cut(connection: http.client.HTTPConnection, is_late: threading.Event) -> None:
    """Time is over: whoever waits on the connection finds it closed."""
    is_late.set()
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _read(target: Target, answer: http.client.HTTPResponse) -> bytes:
    """The answer, within the limit of size."""
    parts: list[bytes] = []
    size = 0
    while part := answer.read1(65_536):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise AnswerUnreadable(host=target.host, why="elle dépasse un mégaoctet")
    if answer.length:
        raise ServerSilent(host=target.host)  # cut before its end
    return b"".join(parts)


def _check_status(target: Target, status: int) -> None:
    if status >= http.client.INTERNAL_SERVER_ERROR or status in _RETRIED:
        raise ServerFails(host=target.host, status=status)
    if status >= http.client.BAD_REQUEST:
        raise HttpRefused(host=target.host, status=status)
    if status >= http.client.MULTIPLE_CHOICES:
        raise AnswerUnreadable(host=target.host, why="elle renvoie vers une autre adresse")


def _decoded(target: Target, data: bytes) -> Any:  # noqa: ANN401 - JSON
    if not data.strip():
        return {}
    try:
        return json.loads(data, parse_float=str)
    except (ValueError, RecursionError):
        raise AnswerUnreadable(host=target.host, why="ce n’est pas du JSON") from None


def value_at(answer: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    """The value that stands at `company.addresses.0.city`; None when there is none."""
    found = answer
    for part in path.split(".")[:_DEEPEST]:
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found
