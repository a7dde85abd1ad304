"""What does a clock need? The database, the console, the post, the files: opened once a process."""

import os
import socket
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.actions.console import Console
from app.catalogue.pack import Pack
from app.database import Database, clock, open_database
from app.jobs.lateness import Delays
from app.outbound.allowed import Allowed
from app.outbound.client import Client
from app.settings import Settings
from app.storage.files import Files, open_files
from app.web.console import build_console, calendar_of
from notifications.post import Post
from notifications.relay import Relay, relay_of


def _owner() -> str:
    """A name no other clock has: host, process, and a part that a reused number cannot copy."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass
class Clock:
    """Everything the sweeps need; one per process."""

    database: Database
    console: Console
    post: Post
    relay: Relay | None
    files: Files | None = None
    #: Calls the web services the installation allows.
    client: Client = field(default_factory=lambda: Client(Allowed()))
    #: Whose letters these are.
    authority: str = "Liasse"
    #: The mailbox of returned messages; empty when there is none.
    bounce_url: str = ""
    #: Names this process in the leases it takes.
    owner: str = field(default_factory=_owner)
    #: When each sweep last left a sign of life, and did its rare work.
    beaten: dict[str, datetime] = field(default_factory=dict)
    #: How late each sweep has been, until it is written down.
    delays: dict[str, Delays] = field(default_factory=lambda: defaultdict(Delays))

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        database: Database | None = None,
        console: Console | None = None,
    ) -> "Clock":
        """The clock of this installation."""
        post = Post.of(settings)
        return cls(
            database=database or open_database(settings.database_url),
            console=console or build_console(calendar_of(settings)),
            post=post,
            relay=relay_of(post),
            files=open_files(settings.storage_url, settings.data_dir, settings.clamav),
            client=Client(Allowed.of(settings.http_request_hosts)),
            authority=settings.authority_name,
            bounce_url=settings.bounce_url,
        )

    def pack_of(self, session: Session, definition_id: UUID) -> Pack:
        """The dossier type of a published version."""
        return self.console.types.get(session, definition_id).pack

    def now(self) -> datetime:
        """The time of the database."""
        with self.database.reading() as session:
            return clock(session)
