"""What does a browser test need? A served installation with people in it, a clock, a mail server."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session
from waitress.server import create_server

from app.actions import budget
from app.actions.versions import publish
from app.catalogue.discover import find_pack, read_pack_files
from app.catalogue.pack import load_pack
from app.database import Database
from app.demo.people import settle_in
from app.domain.money import Money
from app.factory import create_app
from app.jobs import Clock, tick
from app.models.people import Organisation, Person
from app.queries.people import actor_of
from app.settings import Settings
from app.web.console import build_console
from tests.mail_server import MailServer


@dataclass
class House:
    """A running installation."""

    url: str
    database: Database
    clock: Clock
    mail: MailServer
    people: dict[str, UUID] = field(default_factory=dict)

    def tick(self) -> None:
        """Let the clock run twice: what one sweep plans, the next one sends."""
        tick(self.clock)
        tick(self.clock)

    def mails_to(self, login: str) -> list[EmailMessage]:
        """The mails somebody received, the first one first."""
        return [one for one in self.mail.taken if str(one["To"]).find(f"{login}@") >= 0]

    def subjects_to(self, login: str) -> list[str]:
        """The subjects of those mails."""
        return [str(one["Subject"]) for one in self.mails_to(login)]


@contextmanager
def open_house(database: Database, mail: MailServer, data_dir: Path) -> Iterator[House]:
    """Serve an installation on a free port until the block ends."""
    url = database.engine.url.render_as_string(hide_password=False)
    settings = Settings(
        data_dir=data_dir,
        database_url=url,
        secret_key="0123456789abcdef0123456789abcdef",
        smtp_url=mail.url,
        mail_from="aides@meuse.example",
        storage_url=f"file:{data_dir / 'documents'}",
        authority_name="Département de la Meuse",
    )
    console = build_console()
    pack = load_pack(read_pack_files(find_pack("investment_grant")))

    def prepare(session: Session, now: datetime) -> dict[str, UUID]:
        publish(session, pack, by="les tests", now=now)
        people = settle_in(session, now=now)
        _open_envelope(session, people["finances"])
        _be_example_e1(people["mairie.bar-le-duc"].memberships[0].organisation)
        return {login: person.id for login, person in people.items()}

    people = database.run_tx(prepare)
    app = create_app(settings, database=database, console=console, demo=False)
    server = create_server(app, host="127.0.0.1", port=0, threads=6)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    clock = Clock.of(settings, database=database, console=console)
    try:
        yield House(f"http://127.0.0.1:{server.effective_port}", database, clock, mail, people)
    finally:
        server.close()
        thread.join(timeout=5)


def _be_example_e1(commune: Organisation) -> None:
    """The figures of the worked example E1 (domain.md §12): 45 % = 30 + 5 + 5 + 5."""
    commune.population = 820
    commune.fiscal_potential_ratio = Decimal("0.70")
    commune.network_agreement = commune.survey_answered = True
    commune.contract_or_label = commune.library_network = False


def _open_envelope(session: Session, person: Person) -> None:
    budget.open_envelope(
        session,
        actor_of(person),
        code="AP-LP-2026",
        label="Lecture publique – investissement",
        year=2026,
        account="204142",
        voted=Money.euros(900_000),
    )
