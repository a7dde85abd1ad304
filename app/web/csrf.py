"""Did our own page send this form? A token bound to the session, and the browser's word on origin."""

import hmac
import secrets
from hashlib import sha256
from urllib.parse import urlsplit

from flask import g, request

from app.domain.errors import Refusal
from app.web import sessions
from app.web.installation import installation

FIELD, HEADER = "csrf_token", "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignForm(Refusal):
    """The form comes from another site."""

    sentence = "Ce formulaire vient d’un autre site : il n’a pas été accepté."


class FormExpired(Refusal):
    """The form has no token, or one of a session that is over."""

    sentence = (
        "La page d’où vient ce formulaire n’est plus valable, sans doute parce que votre connexion "
        "a changé entre-temps. Rien n’a été enregistré."
    )


def csrf_token() -> str:
    """A token for the forms of this page; a fresh one each time, good as long as the session."""
    if g.get("liasse_degraded"):
        return request.form.get(FIELD, "") if request.method == "POST" else ""
    nonce = secrets.token_hex(8)
    session = sessions.current()
    secret = session.csrf_secret if session else sessions.visitor_secret()
    return f"{nonce}.{_mac(secret, nonce)}"


def check_origin() -> None:
    """Refuse ForeignForm when the browser says that another site sent this."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignForm
    told = request.headers.get("Origin") or request.headers.get("Referer")
    if told is not None and _origin(told) not in _our_origins():
        raise ForeignForm


def is_from_our_page() -> bool:
    """Did the browser itself say that one of our pages sent this? (Silence is not a yes.)"""
    return _origin(request.headers.get("Origin", "")) in _our_origins()


def check_token(*, visitors: bool) -> None:
    """Refuse FormExpired unless the form carries a token of this session.

    `visitors`: the view is open to all, so a token given before sign-in is good as well.
    """
    session = sessions.current()
    known = [session.csrf_secret] if session else []
    known += [sessions.visitor_secret()] if visitors else []
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    nonce, _, mac = sent.partition(".")
    if not any(hmac.compare_digest(mac.encode(), _mac(one, nonce).encode()) for one in known):
        raise FormExpired


def _mac(secret: str, nonce: str) -> str:
    return hmac.new(secret.encode(), f"form:{nonce}".encode(), sha256).hexdigest()


def _our_origins() -> frozenset[str]:
    return frozenset({_origin(request.host_url), _origin(installation().settings.base_url)})


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    default = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{parts.hostname.lower()}:{port or default}"
