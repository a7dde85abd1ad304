"""How does a test tell the story of a dossier? In a few lines, through the forms and actions of people.

A `Department` is a service at work: the people of the demonstration, the investment grant
published, an envelope. A `Play` is one dossier of it: `do` completes a step with given answers,
`until` plays the usual road up to a step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import budget, committee, completion, tasks, timers
from app.actions.committee import Ballot
from app.actions.completion import Completed, Sent
from app.actions.console import Console
from app.actions.documents import Shelf
from app.catalogue.forms import Submission
from app.database import Database
from app.demo.player import Player
from app.domain.actor import Actor
from app.domain.civil import civil_day
from app.domain.money import Money
from app.domain.permissions import Role
from app.domain.status import DossierStatus, TaskStatus, Vote
from app.models.budget import Commitment
from app.models.committee import AgendaItem
from app.models.dossier import Dossier
from app.models.journal import JournalEntry
from app.models.payment import PaymentClaim, PaymentOrder
from app.models.people import MemberRole, Membership, Organisation, Person, PersonRole
from app.models.process import DossierProcess
from app.models.task import Task
from app.queries.people import actor_of
from tests.usual import LOGINS, usual_answers

T = TypeVar("T")
NOON = datetime(2026, 1, 12, 11, tzinfo=UTC)
TOWN = "Commune de Commercy"
DISTRICT = "CC des Portes de Meuse"
#: 28 000 € of furniture: the rules give the town hall 12 600 €.
PROJECT: Mapping[str, Any] = {"scheme": "LP-MOB", "cost": 28_000, "other_public": 5_600}


@dataclass
class Department:
    """A service at work; `now` is the time of everything that is done through it."""

    database: Database
    console: Console
    shelf: Shelf
    people: dict[str, Person]
    envelope: UUID
    now: datetime

    def run(self, action: Callable[[Session], T]) -> T:
        """An action in one transaction, at the department's own time."""
        return self.database.run_tx(lambda session, _now: action(session), now=self.now)

    def read(self, query: Callable[[Session], T]) -> T:
        """What a reading transaction answers."""
        with self.database.reading() as session:
            return query(session)

    def actor(self, login: str) -> Actor:
        """Somebody as who acts."""
        return actor_of(self.people[login])

    def wait(self, *, days: int = 0, until: date | None = None) -> None:
        """Let time pass; `until` is the end of the morning of that day."""
        if until is not None:
            self.now = datetime(until.year, until.month, until.day, 11, tzinfo=UTC)
        self.now += timedelta(days=days)

    def colleague(self, login: str, *roles: Role, of: str = "") -> Person:
        """One more person, with these roles; `of` is the organisation they file for."""

        def add(session: Session) -> Person:
            person = Person(
                id=uuid4(),
                email=f"{login}@demo.example",
                name=login.capitalize(),
                created_at=self.now,
                roles=[PersonRole(role=role) for role in roles],
            )
            session.add(person)
            session.flush()
            if of:
                home = session.scalars(
                    select(Organisation.id).where(Organisation.name == of)
                ).one()
                role = MemberRole.MANAGER
                session.add(Membership(person_id=person.id, organisation_id=home, role=role))
                session.flush()
            session.expire(person)
            return session.scalars(select(Person).where(Person.id == person.id)).one()

        self.people[login] = self.run(add)
        return self.people[login]

    def dossier(self, *, until: str = "CheckCompleteness", **project: Any) -> "Play":
        """A request filed by the town hall (or `place`), and played until that step is open."""
        place = str(project.pop("place", TOWN))
        applicant = "mairie.commercy" if place == TOWN else "cc.portes-de-meuse"
        project = {**PROJECT, **project}

        def file(session: Session) -> UUID:
            home = session.scalars(select(Organisation).where(Organisation.name == place)).one()
            player = Player(session, self.console, self.shelf, self.now)
            answers = usual_answers("FileRequest", civil_day(self.now), project)
            filed = player.file(self.people[applicant], home, project["scheme"], answers)
            return filed.id

        play = Play(self, self.run(file), applicant, project)
        play.until(until)
        return play

    def open_envelope(self, code: str, voted: Money) -> UUID:
        """One more envelope, of that amount."""
        return self.run(
            lambda session: (
                budget.open_envelope(
                    session,
                    self.actor("finances"),
                    code=code,
                    label=code,
                    year=2026,
                    account="204142",
                    voted=voted,
                ).id
            )
        )

    def kept(self, step: str) -> "Play":
        """A dossier of the town hall that waits there since before the test."""
        ready = select(Dossier.id).where(Dossier.status == DossierStatus.READY)
        at_step = select(Dossier.id).join(Task, Task.dossier_id == Dossier.id)
        query = at_step.where(Task.step == step, Task.status == TaskStatus.OPEN)
        found = self.read(
            lambda session: session.scalar(ready if step == "AwaitSession" else query)
        )
        assert found is not None
        return Play(self, found, "mairie.commercy", PROJECT)

    def give(self, play: "Play", step: str, login: str) -> None:
        """The head of service gives the open task of a step to somebody."""
        task, person = play.task(step), self.people[login]
        self.run(
            lambda session: tasks.assign(
                session, self.actor("chef"), task.id, person.id, now=self.now
            )
        )

    def session(self, plays: Sequence["Play"], *, held_on: date | None = None) -> UUID:
        """A session with these dossiers on its agenda."""
        day = held_on or civil_day(self.now)
        office = self.actor("assemblees")

        def plan(session: Session) -> UUID:
            sitting = committee.create_session(
                session,
                office,
                body="standing_committee",
                held_on=day,
                agenda_closes_on=day - timedelta(days=7),
                place="Bar-le-Duc",
                now=self.now,
            )
            ids = [play.dossier_id for play in plays]
            committee.put_on_agenda(session, office, sitting.id, ids, now=self.now)
            return sitting.id

        return self.run(plan)

    def lines(self, sitting: UUID) -> dict[UUID, UUID]:
        """The agenda: dossier → line."""
        query = select(AgendaItem).where(AgendaItem.session_id == sitting)
        return self.read(
            lambda session: {one.dossier_id: one.id for one in session.scalars(query)}
        )

    def decide(self, sitting: UUID, votes: Mapping[UUID, Ballot]) -> int:
        """Hold a session: dossier → ballot; how many dossiers moved."""
        lines = self.lines(sitting)
        ballots = {lines[dossier]: ballot for dossier, ballot in votes.items()}
        return self.run(
            lambda session: committee.record_and_apply(
                session,
                self.console,
                self.actor("assemblees"),
                sitting,
                ballots=ballots,
                is_final=True,
                now=self.now,
            )
        )


@dataclass
class Play:
    """One dossier being played."""

    house: Department
    dossier_id: UUID
    applicant: str
    project: Mapping[str, Any] = field(default_factory=dict)

    def do(self, step: str, login: str = "", **answers: Any) -> Completed:
        """Complete the open task of a step; `login` is who usually does it when not given."""
        person = self.house.people[login or LOGINS.get(step) or self.applicant]
        return self._with_player(lambda player: player.do(step, person, answers))

    def usual(self, step: str, login: str = "", **changed: Any) -> Completed:
        """Complete a step with the usual answers, but those given."""
        return self.do(step, login, **self.answers(step, **changed))

    def complete(self, task_id: UUID, login: str, step: str, **answers: Any) -> Completed:
        """Send the form of a task seen before, open or not."""
        submission = self.submission(step, **answers)
        return self.send(task_id, login, submission, uuid4().hex)

    def send(self, task_id: UUID, login: str, submission: Submission, key: str) -> Completed:
        """Send a form under a key, as the browser does."""
        house = self.house
        return house.run(
            lambda session: completion.complete(
                session,
                house.console,
                house.actor(login),
                task_id,
                submission,
                sent=Sent(key),
                now=house.now,
            )
        )

    def attach_requested(self) -> None:
        """The applicant deposits the pieces asked for, and does not send them yet."""
        person = self.house.people[self.applicant]
        self._with_player(lambda player: player.attach_requested(person))

    def answers(self, step: str, **changed: Any) -> dict[str, Any]:
        """The usual answers of a step, but those given."""
        experts = [str(self.house.people[one].id) for one in ("expert.drac", "expert.bd")]
        known = {"facts": self.row.facts, "envelope": str(self.house.envelope)}
        project = {**self.project, **known, "experts": experts}
        return {**usual_answers(step, self.today, project), **changed}

    def submission(self, step: str, **answers: Any) -> Submission:
        """What the form of a step says with these answers, without sending it."""
        return self._with_player(lambda player: player.submission(step, answers))

    def until(self, step: str) -> "Play":
        """Play the usual road until that step is open; `AwaitSession` waits for a vote."""
        for _ in range(40):
            opened = self.open
            if step in opened or (step == "AwaitSession" and not opened):
                return self
            if not opened:
                self.vote()
            elif opened[0] == "GiveOpinion":
                for login in ("expert.drac", "expert.bd")[: len(opened)]:
                    self.usual("GiveOpinion", login)
            else:
                self.usual(opened[0])
        raise AssertionError(f"{step} never opened: {self.open}")

    def vote(self, vote: Vote = Vote.GRANTED, amount: Money | None = None) -> None:
        """A session of its own decides the dossier."""
        self.house.wait(days=1)
        sitting = self.house.session([self])
        self.house.decide(sitting, {self.dossier_id: Ballot(vote, amount)})

    def accept_pieces(self) -> None:
        """The officer reads and accepts every piece."""
        officer = self.house.people["agent"]
        self._with_player(lambda player: player.accept_all(officer))

    def pay(self, **claim: Any) -> None:
        """Claim a payment, and play it until the payer has paid."""
        self.do("ClaimPayment", **claim)
        for step in ("CheckClaim", "CertifyService"):
            self.usual(step)
        if self.open != ["IssuePaymentOrder"]:
            return
        self.usual("IssuePaymentOrder", order_number=f"M-{len(self.claims)}")
        self.usual("RecordPayerAnswer")

    def wait(self, **delay: Any) -> "Play":
        """Let time pass, then let the clock fire this dossier's timers."""
        self.house.wait(**delay)
        self.house.run(
            lambda session: timers.fire(
                session, self.house.console, self.dossier_id, now=self.house.now
            )
        )
        return self

    @property
    def today(self) -> date:
        """The civil day of the department."""
        return civil_day(self.house.now)

    @property
    def row(self) -> Dossier:
        """The dossier as it stands."""
        return self.house.read(lambda session: session.get_one(Dossier, self.dossier_id))

    @property
    def open(self) -> list[str]:
        """The steps that wait for somebody, by name."""
        query = select(Task.step).where(
            Task.dossier_id == self.dossier_id, Task.status == TaskStatus.OPEN
        )
        return self.house.read(lambda session: list(session.scalars(query.order_by(Task.step))))

    @property
    def journal(self) -> list[JournalEntry]:
        """Everything that happened, in order."""
        query = select(JournalEntry).where(JournalEntry.dossier_id == self.dossier_id)
        return self.house.read(
            lambda session: list(session.scalars(query.order_by(JournalEntry.seq)))
        )

    @property
    def claims(self) -> list[PaymentClaim]:
        """The claims, in order."""
        query = select(PaymentClaim).where(PaymentClaim.dossier_id == self.dossier_id)
        return self.house.read(
            lambda session: list(session.scalars(query.order_by(PaymentClaim.number)))
        )

    @property
    def orders(self) -> list[PaymentOrder]:
        """The payment and recovery orders, by number."""
        query = select(PaymentOrder).join(PaymentClaim)
        mine = query.where(PaymentClaim.dossier_id == self.dossier_id)
        return self.house.read(
            lambda session: list(session.scalars(mine.order_by(PaymentOrder.number)))
        )

    @property
    def process(self) -> DossierProcess:
        """The engine's row."""
        return self.house.read(lambda session: session.get_one(DossierProcess, self.dossier_id))

    @property
    def left_of_commitment(self) -> Money:
        """What is still set aside for the dossier."""
        query = select(Commitment).where(Commitment.dossier_id == self.dossier_id)
        rows = self.house.read(lambda session: session.scalars(query).all())
        return Money(sum(row.amount.cents for row in rows))

    def task(self, step: str) -> Task:
        """The open task of a step."""
        query = select(Task).where(
            Task.dossier_id == self.dossier_id,
            Task.step == step,
            Task.status == TaskStatus.OPEN,
        )
        return self.house.read(lambda session: session.scalars(query).one())

    def told(self, kind: str, step: str | None = None) -> list[JournalEntry]:
        """What the journal says of a kind of event, of one step when it is given."""
        return [one for one in self.journal if one.kind == kind and step in {None, one.step}]

    def _with_player(self, action: Callable[[Player], T]) -> T:
        def play(session: Session) -> T:
            house = self.house
            player = Player(session, house.console, house.shelf, house.now)
            player.dossier = session.get_one(Dossier, self.dossier_id)
            return action(player)

        return self.house.run(play)
