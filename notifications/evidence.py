"""Did the relay already take this mail? Its journal says so, by Message-ID.

Postfix writes `QUEUE: message-id=<…>` while it still reads the message, and `QUEUE: from=<…>
(queue active)` once it has it for good: only the second is an acceptance. Any other relay writes
the Message-ID on a line of its journal before it answers 250.
"""

import mmap
import re
from collections.abc import Iterator
from pathlib import Path

_POSTFIX = re.compile(rb"postfix[^ ]*/cleanup\[\d+\]: ([0-9A-Za-z]+): message-id=")
_TAKEN = (b"(queue active)", b"status=sent", b": removed")


def was_accepted(journal: Path, message_id: str) -> bool:
    """Is there evidence in the journal (or in yesterday's, `.1`) that the mail was accepted?"""
    rotated = journal.with_name(f"{journal.name}.1")
    return any(_in_file(path, message_id.encode()) for path in (journal, rotated))


def _in_file(path: Path, needle: bytes) -> bool:
    if not path.is_file() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return any(_is_acceptance(view, line) for line in _lines_with(view, needle))


def _is_acceptance(view: mmap.mmap, line: bytes) -> bool:
    cleanup = _POSTFIX.search(line)
    if cleanup is None:
        return True
    queued = b" " + cleanup.group(1) + b": "
    return any(mark in other for other in _lines_with(view, queued) for mark in _TAKEN)


def _lines_with(view: mmap.mmap, needle: bytes) -> Iterator[bytes]:
    found = view.find(needle)
    while found != -1:
        start = view.rfind(b"\n", 0, found) + 1
        end = view.find(b"\n", found)
        end = len(view) if end == -1 else end
        yield view[start:end]
        found = view.find(needle, end)
