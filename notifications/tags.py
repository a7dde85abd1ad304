"""How does an address or a link say which mail it belongs to, so that nobody can invent one?

A returned message finds its mail by the signed tag in the address it came back to; a reader
leaves a kind of mails by a signed link that works without signing in (RFC 8058).
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

#: Addresses are folded to small letters on the way: hexadecimal survives it.
_BOUNCE_MAC, _LINK_MAC = 12, 32
_TAG = re.compile(rf"([0-9a-f]{{32}})-([0-9a-f]{{{_BOUNCE_MAC}}})")
_LINK = re.compile(rf"([0-9a-f]{{32}})\.([a-z_]{{1,40}})\.([0-9a-f]{{{_LINK_MAC}}})")


@dataclass(frozen=True)
class Tags:
    """Signs and reads tags; its key is derived from the secret key, and is not it."""

    key: bytes

    @classmethod
    def of(cls, secret_key: str) -> "Tags":
        """The tags of an installation."""
        return cls(hmac.new(secret_key.encode(), b"mail tags", sha256).digest())

    def bounce(self, mail_id: UUID) -> str:
        """What stands after the + of the return address of one mail."""
        return f"{mail_id.hex}-{self._mac('bounce', mail_id.hex)[:_BOUNCE_MAC]}"

    def mail_of(self, tag: str) -> UUID | None:
        """The mail of a tag; None when we did not sign it."""
        found = _TAG.fullmatch(tag.lower())
        if found is None:
            return None
        told = self._mac("bounce", found[1])[:_BOUNCE_MAC]
        return UUID(found[1]) if hmac.compare_digest(told, found[2]) else None

    def leave(self, person_id: UUID, kind: str) -> str:
        """The token of the link by which somebody leaves a kind of mails."""
        name = f"{person_id.hex}.{kind}"
        return f"{name}.{self._mac('leave', name)[:_LINK_MAC]}"

    def leaver(self, token: str) -> tuple[UUID, str] | None:
        """Who leaves which kind; None when we did not sign it."""
        found = _LINK.fullmatch(token)
        if found is None:
            return None
        told = self._mac("leave", f"{found[1]}.{found[2]}")[:_LINK_MAC]
        return (UUID(found[1]), found[2]) if hmac.compare_digest(told, found[3]) else None

    def _mac(self, what: str, name: str) -> str:
        return hmac.new(self.key, f"{what}:{name}".encode(), sha256).hexdigest()


def return_address(address: str, tag: str) -> str:
    """`retours@meuse.example` with its tag: `retours+…@meuse.example`."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{tag}@{domain}"


def tag_in(address: str, recipient: str) -> str:
    """The tag a recipient carries when it is a return address of ours; empty otherwise."""
    local, _, domain = address.lower().rpartition("@")
    found, _, its_domain = recipient.lower().rpartition("@")
    prefix = f"{local}+"
    if its_domain != domain or not found.startswith(prefix):
        return ""
    return found.removeprefix(prefix)
