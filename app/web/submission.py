"""Has this form been sent before? The key its page was given, and the hash of what it says."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from flask import request

from app.web import csrf
from app.web.kept import KEY_FIELD


@dataclass(frozen=True)
class Sent:
    """What identifies one sending of one form."""

    key: str
    content_hash: str


def submission_key() -> str:
    """A fresh key for a form about to be shown."""
    return secrets.token_urlsafe(24)


def sent() -> Sent:
    """The key and the content of the form of this request; files count by name and size."""
    digest = sha256(request.path.encode("utf-8"))
    for name, text in sorted(request.form.items(multi=True)):
        if name not in {csrf.FIELD, KEY_FIELD}:
            digest.update(f"\n{len(name)}:{name}={len(text)}:{text}".encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        size = file.stream.seek(0, 2)
        file.stream.seek(0)
        digest.update(f"\n{name}:{file.filename}:{size}".encode())
    return Sent(request.form.get(KEY_FIELD, ""), digest.hexdigest())
