"""Does this file carry a known virus? Asked of ClamAV, when one is configured."""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

_SECONDS = 60
_CHUNK = 1 << 16


class ScannerDown(Exception):
    """The scanner gave no verdict: the file stays unscanned and is asked about again."""


class Scanner(Protocol):
    """Whoever can tell a virus."""

    def virus_in(self, chunks: Iterable[bytes]) -> str | None:
        """The name of the virus found, None when clean. Raises ScannerDown."""


@dataclass(frozen=True)
class ClamAV:
    """A clamd daemon at `/path/to/socket` or `host:port`, spoken to by INSTREAM."""

    address: str

    def virus_in(self, chunks: Iterable[bytes]) -> str | None:
        """The name of the virus found, None when clean. Raises ScannerDown."""
        try:
            with self._connected() as line:
                line.sendall(b"zINSTREAM\0")
                for chunk in chunks:
                    for start in range(0, len(chunk), _CHUNK):
                        part = chunk[start : start + _CHUNK]
                        line.sendall(struct.pack("!I", len(part)) + part)
                line.sendall(struct.pack("!I", 0))
                answer = _whole_answer(line)
        except (OSError, ValueError) as error:
            raise ScannerDown(str(error)) from error
        return _verdict(answer)

    def problem(self) -> str | None:
        """Why the scanner does not answer, in French; None when it does."""
        try:
            with self._connected() as line:
                line.sendall(b"zPING\0")
                answer = _whole_answer(line)
        except (OSError, ValueError) as error:
            return f"L’antivirus ne répond pas à {self.address} ({error})."
        return None if answer == "PONG" else f"L’antivirus répond «\u00a0{answer[:80]}\u00a0»."

    def _connected(self) -> socket.socket:
        if "/" in self.address:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(_SECONDS)
            try:
                line.connect(self.address.removeprefix("unix:"))
            except OSError:
                line.close()
                raise
            return line
        host, _, port = self.address.removeprefix("tcp:").rpartition(":")
        return socket.create_connection((host, int(port)), timeout=_SECONDS)


def _whole_answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096 and (part := line.recv(4096)):
        answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _verdict(answer: str) -> str | None:
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerDown(answer[:200])
