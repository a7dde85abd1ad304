"""What had the person typed? A form that could not be accepted is kept, to be checked and sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import request
from itsdangerous import BadData, URLSafeTimedSerializer

from app.web import csrf
from app.web.installation import installation

SEALED_FOR = 12 * 3600
LARGEST = 200_000
KEY_FIELD = "submission_key"
_NOT_KEPT = frozenset({csrf.FIELD, "sealed"})
_SILENT = frozenset({KEY_FIELD, "revision", "seen", "next"})


@dataclass(frozen=True)
class KeptForm:
    """Where a form was going, and what it said; neither passwords nor files."""

    target: str
    fields: Sequence[tuple[str, str]]
    had_files: bool = False

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What the person may want to read again: every answer that is not a key of ours."""
        return [
            (name, text) for name, text in self.fields if name not in _SILENT and text.strip()
        ]

    def seal(self) -> str:
        """The form as a text that cannot be altered on its way through the browser."""
        return _seal().dumps([self.target, list(self.fields), self.had_files])


def kept_form() -> KeptForm | None:
    """The form of this request; None when there is none, it is too large, or another site sent it."""
    if request.method != "POST" or not csrf.is_from_our_page():
        return None
    fields = [
        (name, text)
        for name, text in request.form.items(multi=True)
        if name not in _NOT_KEPT and "password" not in name
    ]
    if not fields or sum(len(name) + len(text) for name, text in fields) > LARGEST:
        return None
    target = request.full_path.removesuffix("?")
    return KeptForm(target, fields, had_files=bool(request.files))


def unseal(text: str) -> KeptForm | None:
    """The form sealed before; None when it was altered or is too old."""
    try:
        target, fields, had_files = _seal().loads(text, max_age=SEALED_FOR)
    except (BadData, ValueError):
        return None
    return KeptForm(target, [(name, value) for name, value in fields], had_files=had_files)


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        installation().settings.key,
        salt="liasse-kept-form",
        signer_kwargs={"digest_method": sha256},
    )
