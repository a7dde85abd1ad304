"""Who works in the database that is measured? One officer, one town hall, and dossiers just filed."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import dossiers, people
from app.actions.completion import Completed, Sent, complete
from app.actions.console import Console
from app.actions.versions import publish
from app.bench.script import Work
from app.catalogue.forms import Submission
from app.catalogue.pack import Pack
from app.database import Database
from app.domain.actor import Actor
from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.models.people import (
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    PersonRole,
)
from app.models.task import Task
from app.queries.people import actor_of


@dataclass(frozen=True)
class Town:
    """A database at work, and who works in it."""

    database: Database
    console: Console
    pack: Pack
    officer: Actor
    officer_id: UUID
    applicant: Actor
    organisation_id: UUID

    def on(self, database: Database) -> "Town":
        """The same people in a copy of the database."""
        return replace(self, database=database)

    def file(self, number: int, *, now: datetime | None = None) -> list[UUID]:
        """File so many dossiers, each already in the officer's hands."""
        return [self._file_one(now) for _ in range(number)]

    def _file_one(self, now: datetime | None) -> UUID:
        def action(session: Session, at: datetime) -> UUID:
            dossier = dossiers.open_draft(
                session,
                self.console,
                self.applicant,
                type_key=self.pack.key,
                scheme=self.pack.schemes[0].code,
                organisation_id=self.organisation_id,
                now=at,
            )
            dossier.officer_id = self.officer_id
            told = Submission({"title": "Mesure"})
            dossiers.file_request(
                session, self.console, self.applicant, dossier.id, told, now=at
            )
            return dossier.id

        return self.database.run_tx(action, now=now)

    def open_task(self, dossier_id: UUID, step: str) -> UUID:
        """An open task of that step."""
        with self.database.reading() as session:
            return session.scalars(
                select(Task.id)
                .where(
                    Task.dossier_id == dossier_id,
                    Task.step == step,
                    Task.status == TaskStatus.OPEN,
                )
                .order_by(Task.id)
                .limit(1)
            ).one()

    def do(self, task_id: UUID, work: Work) -> Completed:
        """Complete one task as the web does: one transaction, acknowledged after its commit."""
        told = Submission(work.answers, work.variables)
        sent = Sent(uuid4().hex)
        return self.database.run_tx(
            lambda session, now: complete(
                session, self.console, self.officer, task_id, told, sent=sent, now=now
            )
        )

    def sign_in(self) -> str:
        """The token of a browser signed in as the officer."""
        return self.database.run_tx(
            lambda session, now: people.sign_in(session, self.officer_id, account=None, now=now)
        )


def settle(database: Database, console: Console, pack: Pack) -> Town:
    """Bring the people and a type into an empty, migrated database."""

    def action(session: Session, now: datetime) -> tuple[Actor, UUID, Actor, UUID]:
        publish(session, pack, by="bench", now=now)
        home = Organisation(id=uuid4(), kind=OrganisationKind.COMMUNE, name="Commune de Mesure")
        officer = _person("officer", Role.OFFICER, now)
        applicant = _person("applicant", Role.APPLICANT, now)
        session.add_all([home, officer, applicant])
        session.flush()
        session.add(
            Membership(person_id=applicant.id, organisation_id=home.id, role=MemberRole.MANAGER)
        )
        session.flush()
        session.refresh(applicant, ["memberships"])
        return actor_of(officer), officer.id, actor_of(applicant), home.id

    return Town(database, console, pack, *database.run_tx(action))


def _person(name: str, role: Role, now: datetime) -> Person:
    return Person(
        id=uuid4(),
        email=f"{name}@bench.example",
        name=name.capitalize(),
        created_at=now,
        roles=[PersonRole(role=role)],
    )
