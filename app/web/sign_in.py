"""Who is at the door? The password is checked outside any transaction; failures slow down, successes do not count."""

import ipaddress
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.actions import people as actions
from app.queries import people
from app.web import sessions
from app.web.database import now, reading, write
from app.web.installation import installation

SIGN_IN = "account.sign_in"
LOG = logging.getLogger("liasse.security")
#: A path of ours: no scheme, no host, no backslash, no control character, nothing to decode twice.
_PATH = re.compile(r"/(?![/\\])[\w\-./~%=&?+,:@!$'()*;]*", re.ASCII)
_ESCAPED_SLASH = re.compile(r"%(?:2f|5c|0[0-9a-f]|1[0-9a-f]|7f|25)", re.IGNORECASE)


@dataclass(frozen=True)
class Slowed:
    """Too many failures: how many seconds to wait."""

    seconds: int


class Unknown:
    """No account has that address and that password; which of the two is not said."""


@dataclass(frozen=True)
class SignedIn:
    """The door is open: the token of the new session."""

    token: str


def try_password(email: str, password: str) -> SignedIn | Slowed | Unknown:
    """Sign somebody in by their password."""
    account = f"account:{email.strip().lower()[:254]}"
    keys = [account, address_key(request.remote_addr or "")]
    until = people.blocked_until(reading(), keys, now())
    if until is not None:
        return Slowed(max(1, int((until - now()).total_seconds()) + 1))
    known = people.credentials(reading(), email)
    if actions.is_password(known.password_hash if known else None, password) and known:
        LOG.info("signed in %s from %s", known.person_id, request.remote_addr)
        token = write(
            lambda tx, at: actions.sign_in(tx, known.person_id, account=account, now=at)
        )
        return enter(token)
    LOG.warning("failed sign-in from %s", request.remote_addr)
    write(lambda tx, at: actions.record_failure(tx, keys, now=at))
    return Unknown()


def enter(token: str) -> SignedIn:
    """The browser gets the new session; the one it had, if any, is over."""
    old = sessions.session_token()
    if old is not None:
        write(lambda tx, _at: actions.sign_out(tx, old))
    sessions.adopt(token)
    return SignedIn(token)


def address_key(address: str) -> str:
    """Where failures from that network address are counted; IPv6 by its /64, which one person holds."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "address:unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        if mapped is None:
            return f"address:{ipaddress.IPv6Network((int(parsed), 64), strict=False)}"
        parsed = mapped
    return f"address:{parsed}"


def is_demo_open() -> bool:
    """May this browser choose a persona? In the demo, from this machine, on this machine."""
    house = installation()
    return (
        house.is_demo
        and _is_loopback(house.settings.host)
        and _is_loopback(request.remote_addr)
    )


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return address == "localhost"


def safe_next(target: str | None, *, but: Sequence[str] = (SIGN_IN,)) -> str | None:
    """The page to go to next, when it is a page of ours that can be read; else None."""
    if not target or len(target) > 2_000 or not _PATH.fullmatch(target):
        return None
    path = target.partition("?")[0]
    if _ESCAPED_SLASH.search(path) or ".." in path:
        return None
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint = adapter.match(path, method="GET")[0] if adapter else None
    except (HTTPException, RequestRedirect):
        return None
    return None if endpoint in {None, "static", *but} else target
