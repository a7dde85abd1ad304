"""Where are returned messages read? A mailbox reached by IMAP or POP3 with TLS, or a file of this machine.

What was understood leaves the mailbox; the rest stays, marked as read, for a person: somebody may
have answered the return address.
"""

import imaplib
import mailbox
import poplib
import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

#: Seconds one exchange may take, and messages one reading takes.
_PATIENCE = 30.0
_MOST = 200
_SEEN = "\\Seen"
_DELETED = "\\Deleted"
#: Takes the bytes of one message; True when it was understood and may go.
Take = Callable[[bytes], bool]


class BoxUnreachable(Exception):
    """The mailbox of returned messages cannot be read."""


def read_box(url: str, take: Take) -> int:
    """Hand every new message to `take`; how many. Refuses BoxUnreachable."""
    parts = urlsplit(url)
    try:
        return _READERS[parts.scheme](parts, take)
    except (OSError, imaplib.IMAP4.error, poplib.error_proto, mailbox.Error) as error:
        raise BoxUnreachable(f"{parts.hostname or parts.path}: {error}") from error


def _imap(parts: SplitResult, take: Take) -> int:
    context = ssl.create_default_context()
    host = parts.hostname or "localhost"
    client: imaplib.IMAP4
    if parts.scheme == "imaps":
        client = imaplib.IMAP4_SSL(
            host, parts.port or 993, ssl_context=context, timeout=_PATIENCE
        )
    else:
        client = imaplib.IMAP4(host, parts.port or 143, timeout=_PATIENCE)
        client.starttls(ssl_context=context)
    with client:
        client.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if client.select(f'"{folder}"')[0] != "OK":
            raise imaplib.IMAP4.error(f"no folder {folder}")
        numbers = client.search(None, "UNSEEN", "UNDELETED")[1][0].split()[:_MOST]
        for number in numbers:
            answer = client.fetch(number.decode(), "(BODY.PEEK[])")[1]
            content = next((one[1] for one in answer if isinstance(one, tuple)), b"")
            flag = _DELETED if take(content) else _SEEN
            client.store(number.decode(), "+FLAGS", flag)
        client.expunge()
    return len(numbers)


def _pop(parts: SplitResult, take: Take) -> int:
    client = poplib.POP3_SSL(
        parts.hostname or "localhost",
        parts.port or 995,
        context=ssl.create_default_context(),
        timeout=_PATIENCE,
    )
    try:
        client.user(unquote(parts.username or ""))
        client.pass_(unquote(parts.password or ""))
        count = min(client.stat()[0], _MOST)
        for number in range(1, count + 1):
            if take(b"\r\n".join(client.retr(number)[1])):
                client.dele(number)
    finally:
        client.quit()
    return count


def _maildir(parts: SplitResult, take: Take) -> int:
    path = _existing(parts)
    with closing(mailbox.Maildir(str(path), create=False)) as box:
        fresh = [key for key, message in box.iteritems() if "S" not in message.get_flags()]
        for key in fresh[:_MOST]:
            if take(box.get_bytes(key)):
                box.discard(key)
            else:
                message = box[key]
                message.set_subdir("cur")
                message.add_flag("S")
                box[key] = message
    return min(len(fresh), _MOST)


def _mbox(parts: SplitResult, take: Take) -> int:
    path = _existing(parts)
    with closing(mailbox.mbox(str(path), create=False)) as box:
        box.lock()
        try:
            fresh = [key for key, message in box.iteritems() if "R" not in message.get_flags()]
            for key in fresh[:_MOST]:
                if take(box.get_bytes(key)):
                    box.discard(key)
                else:
                    message = box[key]
                    message.add_flag("R")
                    box[key] = message
            box.flush()
        finally:
            box.unlock()
    return min(len(fresh), _MOST)


def _existing(parts: SplitResult) -> Path:
    path = Path(unquote(parts.path))
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist")
    return path


_READERS: dict[str, Callable[[SplitResult, Take], int]] = {
    "imaps": _imap,
    "imap+starttls": _imap,
    "pop3s": _pop,
    "maildir": _maildir,
    "mbox": _mbox,
}
