"""How is a dossier played without a browser? Through the same forms and the same actions as people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import completion, documents, dossiers
from app.actions.completion import Completed, Sent
from app.actions.console import Console
from app.actions.documents import Deposit, Review, Shelf
from app.catalogue.forms import Setting, StepForm, Submission, form_class
from app.catalogue.pack import Pack
from app.demo.samples import sample_pdf
from app.domain.civil import civil_day
from app.domain.status import PieceStatus, TaskStatus
from app.engine.run import Context, Run
from app.models.document import Document
from app.models.dossier import Dossier
from app.models.people import Organisation, Person
from app.models.process import DossierProcess
from app.models.task import Task
from app.queries.documents import open_requests, step_pieces
from app.queries.lookups import lookups
from app.queries.people import actor_of
from app.storage.intake import Kept

_PDF_LIMIT = 20_000_000


class BadAnswers(Exception):
    """The answers of a script do not pass the form; its sentences say why."""


@dataclass
class Player:
    """Plays one dossier inside one transaction; `at` is the time of each thing it does."""

    session: Session
    console: Console
    shelf: Shelf
    at: datetime
    dossier: Dossier = field(init=False)

    def file(
        self,
        person: Person,
        organisation: Organisation,
        scheme: str,
        answers: Mapping[str, Any],
    ) -> Dossier:
        """Write a draft, attach every required piece, file it."""
        self.draft(person, organisation, scheme, answers)
        return self.send_draft(person, answers)

    def draft(
        self,
        person: Person,
        organisation: Organisation,
        scheme: str,
        answers: Mapping[str, Any],
    ) -> Dossier:
        """Begin a request and leave it there."""
        actor = actor_of(person)
        self.dossier = dossiers.open_draft(
            self.session,
            self.console,
            actor,
            type_key="investment_grant",
            scheme=scheme,
            organisation_id=organisation.id,
            now=self.at,
        )
        step = self._pack().filing_step
        typed = dict(self._form_class(step).encode(answers))
        dossiers.save_draft(
            self.session, self.console, actor, self.dossier.id, typed, now=self.at
        )
        return self.dossier

    def send_draft(self, person: Person, answers: Mapping[str, Any]) -> Dossier:
        """File the draft with its pieces."""
        submission = self.submission(self._pack().filing_step, answers)
        self.attach_required(person, self._pack().filing_step, submission.facts)
        dossiers.file_request(
            self.session,
            self.console,
            actor_of(person),
            self.dossier.id,
            submission,
            now=self.at,
        )
        return self.dossier

    def do(self, step: str, person: Person, answers: Mapping[str, Any]) -> Completed:
        """Complete the open task of a step (the person's own, when several are open)."""
        task = self.open_task(step, person)
        submission = self.submission(step, answers)
        actor = actor_of(person)
        asking = [one.name for one in self._pack().step(step).fields if one.type == "pieces"]
        if asking and not any(submission.answers.get(name) for name in asking):
            self.accept_all(person)
        if self.dossier.organisation_id in actor.writable_ids:
            self.attach_required(person, step, submission.facts)
            self.attach_requested(person)
        return completion.complete(
            self.session,
            self.console,
            actor,
            task.id,
            submission,
            sent=Sent(uuid4().hex),
            now=self.at,
        )

    def open_task(self, step: str, person: Person) -> Task:
        """The task of a step that this person may do now."""
        found = self.session.scalars(
            select(Task).where(
                Task.dossier_id == self.dossier.id,
                Task.step == step,
                Task.status == TaskStatus.OPEN,
            )
        ).all()
        mine = [one for one in found if one.assignee_id == person.id]
        return (mine or list(found))[0]

    def open_steps(self) -> list[str]:
        """The steps that wait for somebody, by name."""
        return list(
            self.session.scalars(
                select(Task.step)
                .where(Task.dossier_id == self.dossier.id, Task.status == TaskStatus.OPEN)
                .order_by(Task.step)
            )
        )

    def attach_required(self, person: Person, step: str, facts: Mapping[str, Any]) -> None:
        """Deposit every piece the step requires, given its answers."""
        pack = self._pack()
        lines = step_pieces(
            self.session,
            pack,
            self.dossier,
            step,
            is_claim=pack.step(step).effect == "file_claim",
            facts={**self.dossier.facts, **facts},
        )
        for line in lines:
            if line.asked.is_required and not line.is_there:
                self.attach(person, line.asked.key, line.asked.title)

    def attach_requested(self, person: Person) -> None:
        """Deposit every piece the officer asked for."""
        for request in open_requests(self.session, self.dossier.id):
            title = str(self._pack().document(request.kind).title)
            self.attach(person, request.kind, title)

    def accept_all(self, officer: Person) -> None:
        """Accept every piece that waits for a check."""
        waiting = self.session.scalars(
            select(Document).where(
                Document.dossier_id == self.dossier.id,
                Document.status == PieceStatus.TO_CHECK,
                Document.superseded_at.is_(None),
            )
        ).all()
        for document in waiting:
            said = Review(is_accepted=True, seen_sha256=document.sha256)
            documents.review(self.session, actor_of(officer), document.id, said, now=self.at)

    def attach(self, person: Person, kind: str, title: str) -> UUID:
        """Deposit one small PDF as a piece."""
        subtitle = (
            f"{self.dossier.title or 'Projet'} - version du {civil_day(self.at):%d/%m/%Y}"
        )
        kept = self._kept(f"{kind.replace('_', '-')}.pdf", sample_pdf(title, subtitle))
        document = documents.attach(
            self.session,
            self.console,
            actor_of(person),
            self.dossier.id,
            Deposit(kind, kept),
            shelf=self.shelf,
            now=self.at,
        )
        return document.id

    def _kept(self, name: str, data: bytes) -> Kept:
        """Our own bytes: they need no look, only a place."""
        store = self.shelf.store
        with store.receive([data], limit=_PDF_LIMIT, name=name) as received:
            store.keep(received)
        return Kept(name, "application/pdf", received.size, received.sha256)

    def submission(self, step: str, answers: Mapping[str, Any]) -> Submission:
        """What a valid form of the step says. Raises BadAnswers with the sentences of the form."""
        made = self._form_class(step)
        form = made(made.encode(answers))
        if not form.validate():
            raise BadAnswers(step, form.errors)
        return form.submission()

    def _form_class(self, step: str) -> type[StepForm]:
        row = self.session.get(DossierProcess, self.dossier.id)
        variables = {}
        if row is not None:
            self.session.refresh(row)
            definition = self.console.types.get(self.session, row.definition_id).definition
            run = Run.resume(definition, row.state, Context(now=self.at))
            variables = dict(run.snapshot().variables)
        setting = Setting(
            today=civil_day(self.at), facts=self.dossier.facts, variables=variables
        )
        return form_class(self._pack(), step, lookups=lookups(self.session), setting=setting)

    def _pack(self) -> Pack:
        return self.console.types.get(self.session, self.dossier.definition_id).pack
