"""What is one movement of one dossier? Who moves it, when, what is held, and its live engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.actions.console import Console
from app.actions.hold import Hold
from app.actions.open_tasks import OpenTask
from app.catalogue.published import DossierType
from app.catalogue.values import facts_as_values
from app.domain.actor import Actor
from app.domain.civil import civil_day
from app.engine.run import Run
from app.engine.values import Value
from app.models.dossier import Dossier

#: What an effect writes into the process: routing variables.
Variables = dict[str, Value]


@dataclass
class Move:
    """One movement of one dossier, inside one transaction."""

    session: Session
    console: Console
    actor: Actor
    now: datetime
    dossier: Dossier
    type: DossierType
    hold: Hold
    run: Run
    #: The task rows that are open until the movement is projected.
    open_tasks: list[OpenTask]
    #: What effects want remembered in the journal entry.
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The civil day in Paris."""
        return civil_day(self.now)

    def facts(self) -> dict[str, Value]:
        """The dossier's facts as the rules read them."""
        return facts_as_values(self.type.pack.known_facts, self.dossier.facts)


#: Runs the job of a service task: (move, node) -> variables.
JobEffect = Callable[[Move, str], Variables]
