"""What must be known to send a mail? The relay, the sender, the delays: read from the settings."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from uuid import UUID

from app.settings import Settings
from notifications.tags import Tags, return_address

#: Seconds a whole SMTP dialogue may take before it is given up.
SMTP_DEADLINE = 60.0
FIRST_WAIT = 60.0
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,120}")


@dataclass(frozen=True)
class Limits:
    """How many mails may leave: in a minute, in an hour, in an hour to one person."""

    per_minute: int
    per_hour: int
    per_hour_each: int


@dataclass(frozen=True)
class Post:
    """How mails leave this house."""

    smtp_url: str
    #: `Name <address>` or an address.
    mail_from: str
    base_url: str
    authority_name: str = "Liasse"
    contact: str = ""
    #: Journal of the relay, read before a mail is sent a second time; None when it cannot be read.
    journal: Path | None = None
    #: Seconds a sender keeps a mail; longer than the whole SMTP dialogue.
    lease: float = 120.0
    smtp_deadline: float = SMTP_DEADLINE
    #: Seconds before a mail the relay did not take is tried again; doubled each time, to an hour.
    first_wait: float = FIRST_WAIT
    #: Signs return addresses and links; None without a secret key.
    tags: Tags | None = None
    #: Where mails that cannot be delivered come back; the sender's address when empty.
    bounce_address: str = ""
    #: The brake; None when nothing holds sending back (a folder takes any number).
    limits: Limits | None = None

    def __post_init__(self) -> None:
        """A lease shorter than a dialogue would let two senders write the same mail."""
        if self.lease <= self.smtp_deadline:
            raise ValueError("the lease must be longer than the SMTP deadline")

    @classmethod
    def of(cls, settings: Settings) -> "Post":
        """The post of this installation."""
        return cls(
            smtp_url=settings.smtp_url,
            mail_from=settings.mail_from,
            base_url=settings.base_url,
            authority_name=settings.authority_name,
            contact=settings.contact,
            journal=Path(settings.mail_journal) if settings.mail_journal else None,
            lease=float(settings.mail_lease),
            tags=_tags(settings),
            bounce_address=parseaddr(settings.bounce_address)[1],
            limits=None
            if settings.smtp_url.startswith("file:")
            else Limits(
                settings.mail_per_minute, settings.mail_per_hour, settings.mail_per_hour_each
            ),
        )

    def return_path(self, mail_id: UUID) -> str:
        """Where this mail comes back when it cannot be delivered."""
        if not self.bounce_address or self.tags is None:
            return self.sender[1]
        return return_address(self.bounce_address, self.tags.bounce(mail_id))

    @property
    def sender(self) -> tuple[str, str]:
        """The sender's name (the authority's when none is set) and address."""
        name, address = parseaddr(self.mail_from)
        return name or self.authority_name, address

    @property
    def domain(self) -> str:
        """The domain of our Message-IDs: the sender's."""
        found = self.sender[1].rpartition("@")[2]
        return found if _DOMAIN.fullmatch(found) else "liasse.invalid"


def _tags(settings: Settings) -> Tags | None:
    """Without a key nothing is signed; return addresses are nothing without it."""
    if settings.bounce_address:
        return Tags.of(settings.key)
    return Tags.of(settings.secret_key) if settings.secret_key else None
