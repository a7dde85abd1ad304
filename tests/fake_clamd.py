"""How do tests meet a virus scanner? A socket that speaks clamd's INSTREAM and finds one string."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

#: The industry's harmless test string, written backwards so that no scanner stops at this file.
EICAR = b"*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X"[::-1]


@contextmanager
def fake_clamd(path: Path, *, answer: bytes | None = None) -> Iterator[str]:
    """The address of a scanner that lives as long as the block; `answer` makes it say only that."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen()
    thread = threading.Thread(target=_serve, args=(server, answer), daemon=True)
    thread.start()
    try:
        yield str(path)
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def _serve(server: socket.socket, answer: bytes | None) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:
            return
        with line, line.makefile("rb") as wire:
            line.sendall(_verdict(wire) if answer is None else answer)


def _verdict(wire: BinaryIO) -> bytes:
    command = b""
    while not command.endswith(b"\0"):
        command += wire.read(1)
    if command == b"zPING\0":
        return b"PONG\0"
    seen = b""
    while size := struct.unpack("!I", wire.read(4))[0]:
        seen += wire.read(size)
    found = EICAR in seen
    return b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0"
