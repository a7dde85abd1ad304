"""How is this installation set? LIASSE_* variables and `liasse.toml`, checked once at start.

A variable wins over the file. A name nobody knows or a value that cannot be is refused with one
sentence: a setting that is silently ignored is found out on the day it matters.
"""

import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

NBSP = "\u00a0"
PREFIX = "LIASSE_"
#: Names that belong to the tests and the checks, not to an installation.
_FOREIGN = ("LIASSE_TEST_", "LIASSE_LONG", "LIASSE_REQUIRE_ALL", "LIASSE_CONFIG")
#: Names the design reserves for what this version does not do: better refused than ignored.
_NOT_YET = (
    ("LIASSE_OIDC_", "la connexion par ProConnect ou OpenID"),
    ("LIASSE_TIMESTAMP_", "l’horodatage par un tiers"),
)
_ZONES = ("Europe/Paris",)
_SECRET_LENGTH = 32
_LONGEST_CLOSURE = timedelta(days=366)


class SettingRefused(ValueError):
    """A setting cannot be used; the French sentence says which and why."""


@dataclass(frozen=True)
class Settings:
    """Everything an installation may choose; see docs/operations.md for each."""

    data_dir: Path
    database_url: str
    base_url: str = "http://127.0.0.1:8000"
    #: Signs the links that set a password; `liasse serve` refuses to start without it.
    secret_key: str | None = None
    authority_name: str = "Liasse"
    #: Address shown to people who need help.
    contact: str = ""
    #: What the law wants written: who answers for the pages, who hosts them, who guards the data.
    publisher: str = ""
    hosting: str = ""
    data_officer: str = ""
    #: Years the dossiers are kept after their end.
    kept_years: int = 10
    #: Owner's role for migrations; the service's own role needs no right on the schema.
    migration_database_url: str | None = None
    smtp_url: str = ""
    mail_from: str = "liasse@localhost.localdomain"
    #: Journal of the mail relay, read before a mail is sent again; none by default.
    mail_journal: str | None = None
    #: Seconds a sender keeps a mail; longer than the 60 s an SMTP dialogue may last.
    mail_lease: int = 120
    #: Where mails that cannot be delivered come back, and where that mailbox is read.
    bounce_address: str = ""
    bounce_url: str = ""
    #: The brake: how many mails leave in a minute; in an hour in all, and to one person, before
    #: sending stops and somebody is asked.
    mail_per_minute: int = 120
    mail_per_hour: int = 2000
    mail_per_hour_each: int = 60
    storage_url: str = ""
    clamav: str | None = None
    dossier_types: tuple[str, ...] = ("processes",)
    #: Web services a diagram may call (`http_request`); none by default.
    http_request_hosts: tuple[str, ...] = ()
    timezone: str = "Europe/Paris"
    #: Good Friday and 26 December are holidays too (local law).
    alsace_moselle: bool = False
    #: Days the service is closed: first, last, why.
    closures: tuple[tuple[date, date, str], ...] = ()
    host: str = "127.0.0.1"
    port: int = 8000
    #: How many proxies stand in front; X-Forwarded-* is ignored beyond this count.
    trusted_proxies: int = 0
    max_upload_mb: int = 20
    #: With it `/metrics` wants `Authorization: Bearer …`; without, it answers this machine only.
    metrics_token: str | None = None

    @property
    def is_https(self) -> bool:
        """Do people reach the service through HTTPS?"""
        return self.base_url.startswith("https://")

    @property
    def hostname(self) -> str:
        """The host name people type."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def key(self) -> str:
        """The secret key. Refuses when the installation has none."""
        if self.secret_key is None:
            raise SettingRefused(
                f"LIASSE_SECRET_KEY manque{NBSP}: donnez une suite secrète d’au moins "
                f"{_SECRET_LENGTH} caractères (par exemple{NBSP}: openssl rand -hex 32)."
            )
        return self.secret_key

    @classmethod
    def load(
        cls, environ: Mapping[str, str], toml: Mapping[str, object] | None = None
    ) -> "Settings":
        """Read the settings from the variables, then from the file. Refuses SettingRefused."""
        values = _checked(_from_file(toml or {}) | _from_environ(environ))
        data_dir = Path(str(values.pop("data_dir", "instance"))).expanduser().resolve()
        values.setdefault("database_url", f"sqlite:///{data_dir / 'liasse.db'}")
        values.setdefault("storage_url", f"file:{data_dir / 'documents'}")
        return cls(data_dir=data_dir, **values)  # type: ignore[arg-type]  # _READERS gives the types


def read_toml(path: Path) -> Mapping[str, object]:
    """The settings file. Refuses SettingRefused when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingRefused(f"{path} ne peut pas être lu{NBSP}: {error}.") from error


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of this process: variables, then `LIASSE_CONFIG` or `./liasse.toml`."""
    named = environ.get("LIASSE_CONFIG")
    path = Path(named or "liasse.toml")
    return Settings.load(environ, read_toml(path) if named or path.is_file() else None)


def secret_key_of(data_dir: Path) -> str:
    """The key kept in the data folder, made on first use and readable by its owner alone."""
    path = data_dir / "secret-key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = data_dir / f".secret-key.{os.getpid()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(draft, flags, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
        draft.rename(path)
    if path.stat().st_mode & 0o077:
        raise SettingRefused(
            f"{path} peut être lu par d’autres comptes{NBSP}: faites chmod 600 {path}."
        )
    return path.read_text(encoding="ascii").strip()


def _from_environ(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environ.items()
        if name.startswith(PREFIX) and not name.startswith(_FOREIGN) and value.strip()
    }


def _from_file(toml: Mapping[str, object]) -> dict[str, str]:
    found = {}
    for name, value in toml.items():
        if isinstance(value, dict | float):
            raise SettingRefused(
                f"liasse.toml{NBSP}: «{NBSP}{name}{NBSP}» n’est pas un réglage."
            )
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        found[PREFIX + name.upper()] = text
    return found


def _checked(raw: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, text in raw.items():
        for prefix, what in _NOT_YET:
            if name.startswith(prefix):
                raise SettingRefused(f"{name}{NBSP}: {what} n’existe pas dans cette version.")
        reader = _READERS.get(name)
        if reader is None:
            raise SettingRefused(
                f"{name} n’est pas un réglage connu. "
                f"Les réglages{NBSP}: {', '.join(sorted(_READERS))}."
            )
        try:
            values[name.removeprefix(PREFIX).lower()] = reader(text.strip())
        except ValueError as error:
            raise SettingRefused(f"{name}{NBSP}: {error}") from error
    return values


def _text(text: str) -> str:
    return text


def _between(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,6}", text) or not low <= int(text) <= high:
            raise ValueError(
                f"«{NBSP}{text}{NBSP}» doit être un nombre entier de {low} à {high}."
            )
        return int(text)

    return read


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("l’adresse doit commencer par sqlite:/// ou postgresql+psycopg://.")
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError(
            f"«{NBSP}{text}{NBSP}» doit être une adresse comme https://aides.exemple.fr."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _secret(text: str) -> str:
    if len(text) < _SECRET_LENGTH or len(set(text)) < 8:
        raise ValueError(f"la clé doit compter au moins {_SECRET_LENGTH} caractères variés.")
    return text


def _smtp(text: str) -> str:
    if urlsplit(text).scheme not in {"smtp", "smtps", "smtp+starttls", "file"}:
        raise ValueError(
            "l’adresse doit commencer par smtp://, smtps://, smtp+starttls:// ou file:."
        )
    return text


def _bounce_address(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9._-]{1,18}@[a-z0-9.-]{3,120}", text):
        raise ValueError(
            "l’adresse de retour s’écrit seule, en minuscules, 18 signes au plus avant l’arobase "
            f"(un signe distinctif s’y ajoute){NBSP}: retours@exemple.fr."
        )
    return text


def _bounce(text: str) -> str:
    if urlsplit(text).scheme not in {"imaps", "imap+starttls", "pop3s", "maildir", "mbox"}:
        raise ValueError(
            "l’adresse doit commencer par imaps://, imap+starttls://, pop3s://, maildir: ou mbox:."
        )
    return text


def _storage(text: str) -> str:
    if urlsplit(text).scheme != "file":
        raise ValueError(
            "l’adresse doit commencer par file: (le stockage S3 viendra plus tard)."
        )
    return text


def _address(text: str) -> str:
    if not re.fullmatch(r"(?:[^<>\r\n]+ <)?[^\s@<>]+@[^\s@<>]+>?", text):
        raise ValueError(f"«{NBSP}{text}{NBSP}» n’est pas une adresse de courriel.")
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _called_hosts(text: str) -> tuple[str, ...]:
    for entry in _names(text):
        if not re.fullmatch(
            r"(http://(?=127\.|localhost|\[::1))?[A-Za-z0-9.:\[\]-]+(/\d{1,3})?", entry
        ):
            raise ValueError(
                f"«{NBSP}{entry}{NBSP}» doit être un serveur (api.exemple.fr, api.exemple.fr:8443) "
                "ou un réseau (10.20.0.0/16)."
            )
    return _names(text)


def _zone(text: str) -> str:
    if text not in _ZONES:
        raise ValueError(f"seul {_ZONES[0]} est possible dans cette version.")
    return text


def _yes_or_no(text: str) -> bool:
    known = {"oui": True, "non": False}
    if text.lower() not in known:
        raise ValueError(f"«{NBSP}{text}{NBSP}» doit être oui ou non.")
    return known[text.lower()]


def _closures(text: str) -> tuple[tuple[date, date, str], ...]:
    return tuple(_closure(one.strip()) for one in text.split(";") if one.strip())


def _closure(text: str) -> tuple[date, date, str]:
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:/(\d{4}-\d\d-\d\d))?\s+(.{2,80})", text)
    how = f"écrivez 2026-12-28/2026-12-31 fermeture de fin d’année (reçu{NBSP}: «{NBSP}{text}{NBSP}»)."
    if found is None:
        raise ValueError(how)
    try:
        first, last = (date.fromisoformat(one or found[1]) for one in (found[1], found[2]))
    except ValueError:
        raise ValueError(how) from None
    if not timedelta(0) <= last - first <= _LONGEST_CLOSURE:
        raise ValueError(f"«{NBSP}{text}{NBSP}» doit finir après son début, dans l’année.")
    return first, last, found[3].strip()


_READERS: dict[str, Callable[[str], object]] = {
    "LIASSE_ALSACE_MOSELLE": _yes_or_no,
    "LIASSE_AUTHORITY_NAME": _text,
    "LIASSE_BASE_URL": _base_url,
    "LIASSE_BOUNCE_ADDRESS": _bounce_address,
    "LIASSE_BOUNCE_URL": _bounce,
    "LIASSE_CLAMAV": _text,
    "LIASSE_CLOSURES": _closures,
    "LIASSE_CONTACT": _address,
    "LIASSE_DATA_OFFICER": _text,
    "LIASSE_HOSTING": _text,
    "LIASSE_KEPT_YEARS": _between(1, 100),
    "LIASSE_PUBLISHER": _text,
    "LIASSE_DATABASE_URL": _database,
    "LIASSE_DATA_DIR": _text,
    "LIASSE_DOSSIER_TYPES": _names,
    "LIASSE_HOST": _text,
    "LIASSE_HTTP_REQUEST_HOSTS": _called_hosts,
    "LIASSE_MAIL_FROM": _address,
    "LIASSE_MAIL_JOURNAL": _text,
    "LIASSE_MAIL_LEASE": _between(61, 86_400),
    "LIASSE_MAIL_PER_HOUR": _between(1, 999_999),
    "LIASSE_MAIL_PER_HOUR_EACH": _between(1, 99_999),
    "LIASSE_MAIL_PER_MINUTE": _between(1, 9_999),
    "LIASSE_MAX_UPLOAD_MB": _between(1, 1024),
    "LIASSE_METRICS_TOKEN": _secret,
    "LIASSE_MIGRATION_DATABASE_URL": _database,
    "LIASSE_PORT": _between(1, 65_535),
    "LIASSE_SECRET_KEY": _secret,
    "LIASSE_SMTP_URL": _smtp,
    "LIASSE_STORAGE_URL": _storage,
    "LIASSE_TIMEZONE": _zone,
    "LIASSE_TRUSTED_PROXIES": _between(0, 9),
}
#: Every setting there is, for the documentation's test and `liasse doctor`.
SETTING_NAMES = tuple(sorted(_READERS))
