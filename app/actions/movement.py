"""What is one movement of one dossier? Who moves it, when, what is held, and its live engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from app.actions import entity
from app.actions.console import Console
from app.actions.hold import Hold
from app.actions.open_tasks import OpenTask
from app.catalogue.published import DossierType
from app.catalogue.values import facts_as_values
from app.domain.actor import Actor
from app.domain.civil import civil_day
from app.domain.status import DossierStatus
from app.engine.run import OpenJob, Run
from app.engine.values import Value
from app.models.base import Json
from app.models.dossier import Dossier
from app.prepared import Call, Line

#: What an effect writes into the process: routing variables.
Variables = dict[str, Value]


@dataclass(frozen=True)
class Before:
    """Where the dossier stood when it was held: what changed since is written, and only that."""

    jobs: frozenset[int] = frozenset()
    awaited: frozenset[tuple[str, str]] = frozenset()
    status: DossierStatus | None = None


@dataclass
class Move:
    """One movement of one dossier, inside one transaction."""

    _session: Session
    console: Console
    actor: Actor
    now: datetime
    dossier: Dossier
    type: DossierType
    hold: Hold
    run: Run
    #: The task rows that are open until the movement is projected.
    open_tasks: list[OpenTask]
    before: Before = Before()
    #: Jobs that are left for the clock: why, by token.
    left: dict[int, "Left"] = field(default_factory=dict)
    #: What was just answered, when a task is being completed.
    answers: Mapping[str, Any] = field(default_factory=dict)
    #: The statuses that services gave, by step: they count as if the step said them.
    statuses: dict[str, DossierStatus] = field(default_factory=dict)
    #: What effects want remembered in the journal entry.
    notes: dict[str, Any] = field(default_factory=dict)
    _waiting: list[Call] = field(default_factory=list, init=False, repr=False)
    #: The facts the diagram reads: those the dossier had when they were last given to it.
    _read: Json = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """The run was just woken with the facts of the dossier."""
        self._read = self.dossier.facts

    @property
    def session(self) -> Session:
        """The transaction; whoever asks for it finds there all that was said before."""
        self.send()
        return self._session

    @cached_property
    def line(self) -> Line:
        """The transaction too, for the statements of each step."""
        return Line(self._session)

    def later(self, *calls: Call) -> None:
        """Statements that may wait for others to go with, until somebody asks for the session."""
        self._waiting += calls

    def send(self, *calls: Call) -> None:
        """Send what waits, and these after it."""
        calls = (*self._waiting, *calls)
        self._waiting.clear()
        if calls:
            self.line.together(*calls)

    def flush(self) -> None:
        """Send what the session holds back, after what waits; often it is the dossier alone."""
        session, written = self._session, None
        changed = list(session.dirty)
        if changed == [self.dossier] and not session.new and not session.deleted:
            written = entity.writing_back(session, self.dossier)
        if written is not None:
            self.later(written)
        elif changed or session.new or session.deleted:
            self.session.flush()

    @property
    def today(self) -> date:
        """The civil day in Paris."""
        return civil_day(self.now)

    def reread(self) -> None:
        """Let the diagram read the facts as they are now, when some changed."""
        if self.dossier.facts is not self._read:
            self._read = self.dossier.facts
            self.run.know(self.facts())

    def facts(self) -> dict[str, Value]:
        """The dossier's facts as the rules read them."""
        return facts_as_values(self.type.pack.known_facts, self.dossier.facts)


#: Runs the job of a service task: (move, job) -> variables.
JobEffect = Callable[[Move, OpenJob], Variables]


@dataclass(frozen=True)
class Left:
    """Why a job is left for the clock; without a cause it waits for something else than time."""

    cause: str = ""
    #: For the technician.
    detail: str = ""
    #: Trying again will not help: a person must look.
    is_final: bool = False


class NotYet(Exception):
    """What a job needs is not there yet; whoever brings it wakes the job."""
