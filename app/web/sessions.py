"""Which browser is signed in? A random token in a cookie; its hash in a row that signing out deletes."""

import secrets
from typing import cast

from flask import Response, g, request

from app.models.people import WebSession
from app.queries.people import open_session
from app.web.database import now, reading
from app.web.installation import installation

_TOKEN_LENGTHS = range(40, 65)


def cookie_name(purpose: str = "") -> str:
    """The cookie's name; behind HTTPS the browser itself guards a `__Host-` name."""
    name = f"liasse-{purpose}" if purpose else "liasse"
    return f"__Host-{name}" if installation().settings.is_https else name


def current() -> WebSession | None:
    """The session of the browser that asks, if it is signed in."""
    if "liasse_session" not in g:
        token = session_token()
        g.liasse_session = open_session(reading(), token, now()) if token else None
    return cast("WebSession | None", g.liasse_session)


def session_token() -> str | None:
    """The token the browser sent; None when it has none or it cannot be one of ours."""
    token = request.cookies.get(cookie_name(), "")
    return token if len(token) in _TOKEN_LENGTHS and token.isascii() else None


def adopt(token: str) -> None:
    """The rest of this request belongs to the session just opened; its cookie leaves with it."""
    g.liasse_session = open_session(reading(), token, now())
    g.liasse_new_token = token


def leave() -> None:
    """The rest of this request belongs to nobody; the cookie is taken back."""
    g.liasse_session = None
    g.liasse_new_token = ""


def visitor_secret() -> str:
    """What the tokens of forms shown before sign-in are bound to; the browser gets it as a cookie."""
    known = request.cookies.get(cookie_name("avant"), "")
    if len(known) in _TOKEN_LENGTHS:
        return known
    if "liasse_visitor" not in g:
        g.liasse_visitor = secrets.token_urlsafe(32)
    return cast(str, g.liasse_visitor)


def send_cookies(response: Response) -> Response:
    """Give the browser the cookies this request made, or take its session back."""
    token = g.get("liasse_new_token")
    if token == "":
        _cookie(response, cookie_name(), "", max_age=0)
    elif token:
        _cookie(response, cookie_name(), token)
    if visitor := g.get("liasse_visitor"):
        _cookie(response, cookie_name("avant"), visitor)
    return response


def _cookie(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=installation().settings.is_https,
        httponly=True,
        samesite="Lax",
    )
