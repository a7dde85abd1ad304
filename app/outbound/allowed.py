"""Which services may be called? Those of the setting, by https, at public addresses; nothing else."""

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from app.outbound.errors import CallRefused, ServerSilent

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
_PORTS = {"https": 443, "http": 80}
_ENTRY = re.compile(r"(?:(http)://)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: the address is looked up once, and that address is called."""

    scheme: str
    host: str
    port: int
    address: str
    path: str


@dataclass(frozen=True)
class Allowed:
    """The hosts (scheme, name, port) that may be called, and the private networks they may be in."""

    hosts: frozenset[tuple[str, str, int]] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, entries: Sequence[str]) -> "Allowed":
        """Read the setting: `api.exemple.fr`, `api.exemple.fr:8443`, `10.20.0.0/16`, or, on this
        machine only, `http://127.0.0.1:9000`. Raises ValueError with a French sentence.
        """
        hosts, networks = set(), []
        for entry in entries:
            if "/" in entry and "://" not in entry:
                networks.append(ip_network(entry))
                continue
            found = _ENTRY.fullmatch(entry)
            if found is None:
                raise ValueError(f"«\u00a0{entry}\u00a0» n’est pas un nom de serveur.")
            scheme = found[1] or "https"
            host = found[2].strip("[]").lower()
            if scheme == "http" and not _is_loopback(host):
                raise ValueError(
                    f"«\u00a0{entry}\u00a0»\u00a0: http n’est permis que sur cette machine."
                )
            hosts.add((scheme, host, int(found[3] or _PORTS[scheme])))
        return cls(frozenset(hosts), tuple(networks))

    def target(self, url: str) -> Target:
        """Where that URL leads. Refuses CallRefused, ServerSilent when its name is unknown."""
        try:
            parts = urlsplit(url)
            host, port = (
                (parts.hostname or "").lower(),
                parts.port or _PORTS.get(parts.scheme, 0),
            )
        except ValueError:
            raise CallRefused(host="?", why="l’adresse est mal écrite") from None
        if parts.username or parts.password or any(sign <= " " for sign in url):
            raise CallRefused(host=host or "?", why="l’adresse est mal écrite")
        if (parts.scheme, host, port) not in self.hosts:
            why = "ce serveur n’est pas dans LIASSE_HTTP_REQUEST_HOSTS"
            raise CallRefused(host=host or "?", why=why)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not path.isascii():
            raise CallRefused(host=host, why="l’adresse contient des lettres accentuées")
        return Target(parts.scheme, host, port, self._address(parts.scheme, host, port), path)

    def _address(self, scheme: str, host: str, port: int) -> str:
        """The first address of the host, if every one of them may be called."""
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise ServerSilent(host=host) from None
        found = [str(row[4][0]).partition("%")[0] for row in rows]
        if not all(self._may_reach(scheme, ip_address(one)) for one in found):
            raise CallRefused(host=host, why="il est à une adresse privée")
        return found[0]

    def _may_reach(self, scheme: str, address: Address) -> bool:
        mapped = getattr(address, "ipv4_mapped", None)
        real: Address = mapped or address
        if scheme == "http":
            return real.is_loopback
        is_public = real.is_global and not real.is_multicast
        return is_public or any(
            real in network for network in self.networks if network.version == real.version
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
