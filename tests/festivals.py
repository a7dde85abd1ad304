"""How does a test play a festival? The type that calls every service, its places, a web service, a clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import asking, completion, dossiers
from app.actions.completion import Sent
from app.actions.versions import publish
from app.catalogue.discover import find_packs, read_pack_files
from app.catalogue.forms import Posted, Setting, StepForm, form_class
from app.catalogue.pack import load_pack
from app.database import Database
from app.domain.civil import civil_day
from app.domain.status import TaskStatus
from app.jobs import Clock, sweep
from app.models.dossier import Dossier
from app.models.job import DossierLink, Job
from app.models.journal import JournalEntry
from app.models.people import Membership
from app.models.process import Incident
from app.models.task import Task
from app.outbound.allowed import Allowed
from app.outbound.client import Client
from app.queries.lookups import lookups
from app.storage.files import open_files
from notifications.post import Post
from tests.json_server import JsonServer
from tests.stories import Department

PLACE = Path(__file__).parent / "cartridge" / "processes"
ENVELOPE = "AP-LP-2026"


@dataclass
class Fair:
    """A department with the festivals published, and a web service to ask."""

    house: Department
    server: JsonServer
    folder: Path

    @classmethod
    def of(cls, house: Department, server: JsonServer, folder: Path) -> "Fair":
        """Publish the two types in a department."""
        packs = find_packs([str(PLACE)])
        found = [
            load_pack(read_pack_files(one)) for one in packs.values() if "fest" in one.name
        ]

        def store(session: Session) -> None:
            for pack in found:
                publish(session, pack, by="test", now=house.now)

        house.run(store)
        return cls(house, server, folder)

    def clock(self, database: Database | None = None, whole: float = 5.0) -> Clock:
        """A clock of its own, as another process would have."""
        return Clock(
            database or self.house.database,
            self.house.console,
            Post("", "aides@example.org", "http://liasse.example"),
            None,
            files=open_files(f"file:{self.folder / 'documents'}", self.folder),
            client=Client(Allowed.of((self.server.url,)), whole=whole),
            authority="Département de la Meuse",
        )

    def tick(self, *, later: timedelta = timedelta(0), turns: int = 1) -> int:
        """Some turns of a clock over the jobs; how many were done."""
        self.house.now += later
        clock = self.clock()
        return sum(sweep(clock, "jobs", now=self.house.now) for _ in range(turns))

    def file(self, **answers: str) -> "Festival":
        """A festival the town hall asks for."""
        house, applicant = self.house, self.house.actor("mairie.commercy")
        home = house.read(
            lambda session: session.scalars(
                select(Membership.organisation_id).where(
                    Membership.person_id == applicant.person_id
                )
            ).first()
        )
        assert home is not None

        def draft(session: Session) -> UUID:
            return dossiers.open_draft(
                session,
                house.console,
                applicant,
                type_key="festival",
                scheme="FEST",
                organisation_id=home,
                now=house.now,
            ).id

        festival = Festival(self, house.run(draft))
        given = {
            "title": "Fest’Ornain",
            "siret": "21550029200017",
            "register_url": f"{self.server.url}/v1",
            "envelope": ENVELOPE,
            **answers,
        }
        form = festival.form("AskForFestival", **{name: [text] for name, text in given.items()})
        house.run(
            lambda session: dossiers.file_request(
                session, house.console, applicant, festival.id, form.submission(), now=house.now
            )
        )
        return festival

    def jobs(self, **like: Any) -> list[Job]:
        """The job rows, the oldest first."""
        query = select(Job).filter_by(**like).order_by(Job.created_at, Job.token, Job.id)
        return self.house.read(lambda session: list(session.scalars(query)))

    def incidents(self) -> list[Incident]:
        """The open incidents."""
        query = (
            select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.raised_at)
        )
        return self.house.read(lambda session: list(session.scalars(query)))


@dataclass
class Festival:
    """One dossier of a festival, or of one of its places."""

    fair: Fair
    id: UUID

    def form(self, step: str, **answers: Sequence[str]) -> StepForm:
        """The form of a step, as sent; it must be valid."""
        house = self.fair.house

        def make(session: Session) -> StepForm:
            dossier = session.get_one(Dossier, self.id)
            pack = house.console.types.get(session, dossier.definition_id).pack
            setting = Setting(civil_day(house.now), facts=dossier.facts, variables={})
            made = form_class(pack, step, lookups=lookups(session), setting=setting)
            return made(Posted({name: list(texts) for name, texts in answers.items()}))

        form = house.read(make)
        assert form.validate(), form.errors
        return form

    def do(self, step: str, login: str = "agent", **answers: Sequence[str]) -> None:
        """Complete the open task of a step."""
        house = self.fair.house
        submission = self.form(step, **answers).submission()
        query = select(Task.id).where(
            Task.dossier_id == self.id, Task.step == step, Task.status == TaskStatus.OPEN
        )
        task_id = house.read(lambda session: session.scalars(query).one())
        house.run(
            lambda session: completion.complete(
                session,
                house.console,
                house.actor(login),
                task_id,
                submission,
                sent=Sent(uuid4().hex),
                now=house.now,
            )
        )

    def send(self, message: str, login: str, **answers: Sequence[str]) -> None:
        """Send a message of the manifest, as from the page of the dossier."""
        house = self.fair.house
        submission = self.form(message, **answers).submission()
        house.run(
            lambda session: asking.ask(
                session,
                house.console,
                house.actor(login),
                self.id,
                message,
                submission,
                now=house.now,
            )
        )

    @property
    def tasks(self) -> list[Task]:
        """The open tasks."""
        query = select(Task).where(Task.dossier_id == self.id, Task.status == TaskStatus.OPEN)
        return self.fair.house.read(lambda session: list(session.scalars(query)))

    def examine(self, amount: str = "3000", places: Sequence[str] = ("nord", "sud")) -> None:
        """The officer gives that much, for those places."""
        self.do("Examine", amount=[amount], places=places)

    @property
    def row(self) -> Dossier:
        """The dossier as it stands."""
        return self.fair.house.read(lambda session: session.get_one(Dossier, self.id))

    @property
    def open(self) -> list[str]:
        """The steps that wait for somebody."""
        query = select(Task.step).where(
            Task.dossier_id == self.id, Task.status == TaskStatus.OPEN
        )
        return self.fair.house.read(lambda session: sorted(session.scalars(query)))

    @property
    def journal(self) -> list[JournalEntry]:
        """Everything that happened, in order."""
        query = select(JournalEntry).where(JournalEntry.dossier_id == self.id)
        return self.fair.house.read(
            lambda session: list(session.scalars(query.order_by(JournalEntry.seq)))
        )

    @property
    def places(self) -> list["Festival"]:
        """The dossiers it opened, in the order of their references."""
        query = (
            select(DossierLink.child_id)
            .join(Dossier, Dossier.id == DossierLink.child_id)
            .where(DossierLink.parent_id == self.id)
            .order_by(Dossier.reference)
        )
        found = self.fair.house.read(lambda session: list(session.scalars(query)))
        return [Festival(self.fair, one) for one in found]
