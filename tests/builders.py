"""How does a test get a service that works? A published type, people, organisations, a filed dossier.

Everything is real: the pack of the house, the actions, a database, files on a disk.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import completion, documents, dossiers
from app.actions.completion import Sent
from app.actions.console import Console
from app.actions.documents import Deposit, Review, Shelf
from app.actions.filing import organisation_facts
from app.actions.people import hash_password
from app.actions.versions import publish
from app.catalogue.discover import find_pack, read_pack_files
from app.catalogue.forms import Posted, Setting, StepForm, form_class
from app.catalogue.pack import Pack, load_pack
from app.catalogue.published import PublishedTypes
from app.database import Database
from app.domain.actor import Actor
from app.domain.civil import civil_day
from app.domain.ladder import Ladder
from app.domain.permissions import Role
from app.domain.status import TaskStatus
from app.engine.run import Context, Run
from app.models.document import Document
from app.models.dossier import Dossier
from app.models.people import (
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
    Person,
    PersonRole,
)
from app.models.process import DossierProcess
from app.models.task import Task
from app.queries.documents import pieces_of
from app.queries.lookups import lookups
from app.queries.people import actor_of
from app.storage.files import Files, open_files
from app.storage.intake import Kept, take_in
from tests import sample_files

T = TypeVar("T")
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
PASSWORD = "quatre mots sans lien"
#: A furniture project that every rule accepts; amounts as people type them.
REQUEST = {
    "title": "Réaménagement de la médiathèque",
    "description": "Du mobilier neuf pour tous les publics.",
    "place": "55029",
    "first_library": "non",
    "qualified_staff": "oui",
    "years_since_last_aid": "",
    "expenses-0-label": "Rayonnages",
    "expenses-0-amount": "12 600,50 €",
    "expenses-1-label": "Banque d’accueil",
    "expenses-1-amount": "7399.50",
    "library_share": "100",
    "requested_amount": "6 000",
    "funding-0-label": "Commune",
    "funding-0-kind": "own",
    "funding-0-amount": "14000",
    "funding-0-status": "granted",
    "contact_name": "Anne Colin",
    "contact_role": "Secrétaire de mairie",
    "contact_email": "mairie@exemple.fr",
    "contact_phone": "03 29 00 00 00",
    "iban": "",
    "not_started": "oui",
    "certified": "oui",
}


@cache
def grant_pack() -> Pack:
    """The investment grant of the house."""
    return load_pack(read_pack_files(find_pack("investment_grant")))


@cache
def hashed_password() -> str:
    """One hash for all: argon2 takes its time on purpose."""
    return hash_password(PASSWORD)


@dataclass
class Service:
    """A service at work: its database, its console, its files, and people to act."""

    database: Database
    console: Console
    files: Files
    now: datetime = NOON
    _kept: Kept | None = None

    def run(self, action: Callable[[Session], T]) -> T:
        """One action in one transaction, at the service's own time."""
        return self.database.run_tx(lambda session, _now: action(session), now=self.now)

    def organisation(
        self, name: str, kind: OrganisationKind = OrganisationKind.COMMUNE, **more: Any
    ) -> UUID:
        """An organisation that asks for aid, in good standing."""
        row = {"network_agreement": True, "survey_answered": True, "population": 1200, **more}

        def add(session: Session) -> UUID:
            made = Organisation(id=uuid4(), kind=kind, name=name, **row)
            session.add(made)
            session.flush()
            return made.id

        return self.run(add)

    def person(
        self,
        email: str,
        *roles: Role,
        of: UUID | None = None,
        member: MemberRole = MemberRole.MANAGER,
    ) -> Actor:
        """Somebody with these roles and the usual password, member of an organisation or not."""

        def add(session: Session) -> Actor:
            made = Person(
                id=uuid4(),
                email=email,
                name=email.partition("@")[0].capitalize(),
                password_hash=hashed_password(),
                is_active=True,
                is_demo=False,
                language="fr",
                created_at=self.now,
                roles=[PersonRole(role=role) for role in roles],
            )
            session.add(made)
            session.flush()
            if of is not None:
                session.add(Membership(person_id=made.id, organisation_id=of, role=member))
                session.flush()
                session.refresh(made, ["memberships"])
            return actor_of(made)

        return self.run(add)

    def draft(self, actor: Actor, organisation_id: UUID, scheme: str = "LP-MOB") -> UUID:
        """A request begun."""
        return self.run(
            lambda session: (
                dossiers.open_draft(
                    session,
                    self.console,
                    actor,
                    type_key="investment_grant",
                    scheme=scheme,
                    organisation_id=organisation_id,
                    now=self.now,
                ).id
            )
        )

    def attach(
        self,
        actor: Actor,
        dossier_id: UUID,
        kind: str,
        *,
        data: bytes | None = None,
        name: str = "",
    ) -> UUID:
        """A file deposited as a piece; always the same PDF when none is given."""
        name = name or f"{kind}.pdf"
        kept = self._usual(name) if data is None and name.endswith(".pdf") else None
        if kept is None:
            asked = grant_pack().document(kind)
            stream = io.BytesIO(data or sample_files.pdf())
            kept = take_in(
                self.files.store, stream, name, formats=asked.formats, limit=20_000_000
            )
        deposit = Deposit(kind, kept)
        shelf = Shelf(self.files.store, is_scanned=self.files.scanner is not None)
        return self.run(
            lambda session: (
                documents.attach(
                    session, self.console, actor, dossier_id, deposit, shelf=shelf, now=self.now
                ).id
            )
        )

    def _usual(self, name: str) -> Kept:
        """The usual PDF, looked at once: opening a stranger's file takes its time."""
        if self._kept is None:
            stream = io.BytesIO(sample_files.pdf())
            self._kept = take_in(
                self.files.store, stream, "x.pdf", formats=("pdf",), limit=20_000_000
            )
        return replace(self._kept, filename=name)

    def filed(self, actor: Actor, organisation_id: UUID, **changed: str) -> UUID:
        """A request filed with all its pieces."""
        dossier_id = self.draft(actor, organisation_id)
        for kind in self.missing(dossier_id):
            self.attach(actor, dossier_id, kind)
        form = self.form(dossier_id, "FileRequest", self.request(**changed))
        self.run(
            lambda session: dossiers.file_request(
                session, self.console, actor, dossier_id, form.submission(), now=self.now
            )
        )
        return dossier_id

    def request(self, **changed: str) -> dict[str, str]:
        """The answers of the usual request, its dates to come."""
        days = {
            "start_date": (self.now + timedelta(days=180)).date().isoformat(),
            "end_date": (self.now + timedelta(days=540)).date().isoformat(),
        }
        return REQUEST | days | changed

    def missing(self, dossier_id: UUID) -> list[str]:
        """The kinds of pieces a draft still needs."""
        with self.database.reading() as session:
            dossier = session.get_one(Dossier, dossier_id)
            facts = {
                **organisation_facts(dossier.organisation),
                **dossier.facts,
                "first_library": False,
            }
            lines = pieces_of(session, grant_pack(), dossier, facts=facts)
        return [line.asked.key for line in lines if line.is_awaited]

    def form(self, dossier_id: UUID, step: str, answers: Mapping[str, str]) -> StepForm:
        """The form of a step as sent with these answers; it must be valid."""
        with self.database.reading() as session:
            dossier = session.get_one(Dossier, dossier_id)
            setting = Setting(
                today=civil_day(self.now),
                facts=dossier.facts,
                variables=self._variables(session, dossier_id),
            )
            made = form_class(grant_pack(), step, lookups=lookups(session), setting=setting)
            form = made(Posted({name: text.split("|") for name, text in answers.items()}))
            assert form.validate(), form.errors
        return form

    def complete(self, actor: Actor, dossier_id: UUID, step: str, **answers: str) -> None:
        """The open task of that step, done by the actor."""
        form = self.form(dossier_id, step, answers)
        task_id = self.task(dossier_id, step).id
        self.run(
            lambda session: completion.complete(
                session,
                self.console,
                actor,
                task_id,
                form.submission(),
                sent=Sent(uuid4().hex),
                now=self.now,
            )
        )

    def accept_pieces(self, officer: Actor, dossier_id: UUID) -> None:
        """Everything that was deposited is read and accepted."""

        def accept(session: Session) -> None:
            found = select(Document).where(
                Document.dossier_id == dossier_id, Document.superseded_at.is_(None)
            )
            for one in session.scalars(found).all():
                said = Review(is_accepted=True, seen_sha256=one.sha256)
                documents.review(session, officer, one.id, said, now=self.now)

        self.run(accept)

    def task(self, dossier_id: UUID, step: str) -> Task:
        """The open task of that step."""
        with self.database.reading() as session:
            return session.scalars(
                select(Task).where(
                    Task.dossier_id == dossier_id,
                    Task.step == step,
                    Task.status == TaskStatus.OPEN,
                )
            ).one()

    def open_steps(self, dossier_id: UUID) -> list[str]:
        """The names of the open tasks."""
        with self.database.reading() as session:
            found = select(Task.step).where(
                Task.dossier_id == dossier_id, Task.status == TaskStatus.OPEN
            )
            return sorted(session.scalars(found))

    def dossier(self, dossier_id: UUID) -> Dossier:
        """The dossier as it stands."""
        with self.database.reading() as session:
            return session.get_one(Dossier, dossier_id)

    def _variables(self, session: Session, dossier_id: UUID) -> Mapping[str, Any]:
        row = session.get(DossierProcess, dossier_id)
        if row is None:
            return {}
        definition = self.console.types.get(session, row.definition_id).definition
        run = Run.resume(definition, row.state, Context(now=self.now))
        return run.snapshot().variables


def no_reminders() -> Mapping[str, Ladder]:
    """Ladders without a rung, under whatever name a pack asks for."""
    return defaultdict(lambda: Ladder("none", ()))


def a_service(database: Database, folder: Path, *, clamav: str | None = None) -> Service:
    """A service with the investment grant published and one commune to speak of."""
    service = Service(
        database,
        Console(types=PublishedTypes(), ladders=no_reminders()),
        open_files(f"file:{folder / 'documents'}", folder, clamav),
    )
    service.files.store.reserve = 0  # type: ignore[attr-defined]  # a test's disk may be small
    service.run(lambda session: publish(session, grant_pack(), by="test", now=NOON))
    service.organisation("Bar-le-Duc", insee_code="55029", siret="21550029200017")
    return service
