"""What does every answer say to the browser? Where things may come from, and that nothing is kept."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app.settings import Settings
from app.web import sessions
from app.web.access import FORM_BYTES, guard

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: A page that shows a mail in a frame, and what the mail may do in it: show its own styles.
WITH_FRAME = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
CLOSED_FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer browsers send « Origin: null » and our own forms could not be told apart.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_ONE_YEAR = 31_536_000
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
#: Endpoints that serve the same public files to everybody.
_SHARED_FILES = frozenset({"static", "public.browser_file"})


def protect(app: Flask, settings: Settings) -> None:
    """Set the limits, the guard before every view and the headers after it."""
    app.config.update(
        # Flask's own cookie carries the sentences shown once, never who is signed in.
        SECRET_KEY=settings.key,
        SESSION_COOKIE_NAME="__Host-liasse-mots" if settings.is_https else "liasse-mots",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        MAX_FORM_PARTS=2_000,
        TRUSTED_HOSTS=[settings.hostname, *_LOOPBACK_NAMES],
        # Neither FLASK_DEBUG nor a test may show a stack to a visitor.
        DEBUG=False,
        PROPAGATE_EXCEPTIONS=False,
        TRAP_HTTP_EXCEPTIONS=False,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]  # Flask's documented way
    app.url_defaults(_version)
    app.before_request(guard)
    app.after_request(lambda response: _finish(response, is_https=settings.is_https))


def _version(endpoint: str, values: dict[str, object]) -> None:
    """Our own files are named with the hash of their content, so that they may be kept for ever."""
    if endpoint == "static":
        values.setdefault("v", _hash(str(values.get("filename", ""))))


@lru_cache
def _hash(filename: str) -> str | None:
    path = Path(__file__).parent / "static" / filename
    return sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else None


def _finish(response: Response, *, is_https: bool) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if is_https:
        response.headers["Strict-Transport-Security"] = (
            f"max-age={_ONE_YEAR}; includeSubDomains"
        )
    if request.endpoint not in _SHARED_FILES:
        response.headers["Cache-Control"] = "no-store"
    elif "v" in request.args or request.endpoint != "static":
        response.headers["Cache-Control"] = f"public, max-age={_ONE_YEAR}, immutable"
    return sessions.send_cookies(response)
