"""What do these tests share? A service at work, a mail server that listens, and the clock between."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.actions.console import Console
from app.database import Database
from app.domain.actor import Actor
from app.domain.permissions import Role
from app.jobs import Clock, sweep, tick
from app.models.outbox import Mail
from notifications.post import Post
from notifications.relay import SmtpRelay
from notifications.schedules import load_ladders
from tests.builders import Service, a_service
from tests.mail_server import MailServer, listening


@dataclass
class Town:
    """A commune, its secretary, the people of the service, and one dossier filed."""

    service: Service
    server: MailServer
    post: Post
    commune: UUID
    secretary: Actor
    officer: Actor
    head: Actor
    dossier_id: UUID

    def clock(self, **changed: object) -> Clock:
        """A clock of its own, as another process would have."""
        post = replace(self.post, **changed)  # type: ignore[arg-type]
        return Clock(self.service.database, self.service.console, post, SmtpRelay(post))

    def tick(self, *, later: timedelta = timedelta(0)) -> dict[str, int]:
        """One turn of a clock, at the service's own time."""
        self.service.now += later
        return tick(self.clock(), now=self.service.now)

    def sweep(self, name: str, *, at: datetime | None = None) -> int:
        """One sweep of a clock."""
        return sweep(self.clock(), name, now=at or self.service.now)

    def declare_complete(self) -> None:
        """The officer has read every piece: the file is complete."""
        self.service.accept_pieces(self.officer, self.dossier_id)
        self.service.complete(
            self.officer, self.dossier_id, "CheckCompleteness", completeness="complete"
        )

    def mails(self, template: str = "") -> list[Mail]:
        """The outbox, in order of creation then key."""
        with self.service.database.reading() as session:
            query = select(Mail).order_by(Mail.created_at, Mail.key)
            if template:
                query = query.where(Mail.template == template)
            return list(session.scalars(query))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    """A mail server that listens."""
    with listening(MailServer(journal=tmp_path / "relay.log")) as found:
        yield found


@pytest.fixture
def town(database: Database, tmp_path: Path, server: MailServer) -> Town:
    """A commune that has just filed a request; its mails are not planned yet."""
    service = a_service(database, tmp_path)
    service.console = Console(types=service.console.types, ladders=load_ladders())
    commune = service.organisation(
        "Commercy", insee_code="55122", email="mairie@commercy.example"
    )
    secretary = service.person("secretaire@commercy.example", Role.APPLICANT, of=commune)
    officer = service.person("agent@meuse.example", Role.OFFICER)
    head = service.person("chef@meuse.example", Role.HEAD)
    post = Post(
        smtp_url=server.url,
        mail_from="Département de la Meuse <ne-pas-repondre@meuse.example>",
        base_url="https://aides.meuse.example",
        authority_name="Département de la Meuse",
        lease=12.0,
        smtp_deadline=6.0,
    )
    dossier_id = service.filed(secretary, commune)
    return Town(service, server, post, commune, secretary, officer, head, dossier_id)
