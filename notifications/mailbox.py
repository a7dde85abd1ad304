"""Where do the mails of a demo go? Into files of a folder, that a page shows.

A mail's file is named after its Message-ID: delivered twice, it is there once. What is read back
is untrusted: a mail is parsed with bounds, and its HTML is only ever shown in a closed frame.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.policy import default
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{32}")
_SUFFIX = ".eml"
_LARGEST = 2_000_000


@dataclass(frozen=True)
class Line:
    """One mail in the list."""

    name: str
    sender: str
    to: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class Opened:
    """One mail, read."""

    line: Line
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


class Mailbox:
    """A folder of `.eml` files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes, *, message_id: str) -> str:
        """Store one mail for good; its name. The same Message-ID is stored once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(message_id.encode()).hexdigest()[:32]
        draft = self.folder / f".{name}.{os.getpid()}"
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.folder / f"{name}{_SUFFIX}")
        return name

    def lines(self, *, to: str = "", limit: int = 200) -> list[Line]:
        """The latest mails, newest first; those of one recipient when `to` is given."""
        wanted = to.strip().lower()
        found = [line for line in self._all() if not wanted or line.to.lower() == wanted]
        return sorted(found, key=lambda line: (line.at, line.name), reverse=True)[:limit]

    def recipients(self) -> list[str]:
        """Everybody who received something, by address."""
        return sorted({line.to for line in self._all() if line.to})

    def open(self, name: str) -> Opened | None:
        """One mail; None when there is none of that name."""
        path = self.folder / f"{name}{_SUFFIX}"
        if not _NAME.fullmatch(name) or not path.is_file():
            return None
        with path.open("rb") as file:
            message = BytesParser(policy=default).parsebytes(file.read(_LARGEST))
        headers = tuple((key, str(value)) for key, value in message.items())
        return Opened(_line(path), _part(message, "plain"), _part(message, "html"), headers)

    def _all(self) -> list[Line]:
        return [_line(path) for path in self.folder.glob(f"*{_SUFFIX}")]


@lru_cache(maxsize=20_000)
def _line(path: Path) -> Line:
    with path.open("rb") as file:
        message = BytesHeaderParser(policy=default).parse(file)
    addresses = getattr(message["To"], "addresses", ())
    return Line(
        name=path.stem,
        sender=str(message["From"] or ""),
        to=addresses[0].addr_spec if addresses else "",
        subject=str(message["Subject"] or ""),
        at=_date(str(message["Date"] or "")),
    )


def _date(text: str) -> datetime:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    if body is None:
        return ""
    try:
        content = body.get_content()
    except (LookupError, MessageError, UnicodeError, ValueError):
        return ""
    return content if isinstance(content, str) else ""
