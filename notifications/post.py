"""What must be known to send a mail? The relay, the sender, the delays: read from the settings."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from app.settings import Settings

#: Seconds a whole SMTP dialogue may take before it is given up.
SMTP_DEADLINE = 60.0
FIRST_WAIT = 60.0
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,120}")


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
        )

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
