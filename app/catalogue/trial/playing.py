"""Where does a trial stand? Its scenario played again, with the real engine, forms and tables."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.catalogue.aid_rules import AidRules
from app.catalogue.contract import Mail, Phase
from app.catalogue.forms import Setting, StepForm, form_class
from app.catalogue.pack import Pack
from app.catalogue.player import Player, WentWrong
from app.catalogue.rehearsal_effects import EFFECTS
from app.catalogue.scenario import Scenario, ScenarioMove
from app.catalogue.trial.messages import with_questions
from app.domain.errors import Refusal
from app.domain.status import DossierStatus
from app.engine.errors import EngineFault
from app.engine.parse import Definition
from app.engine.run import OpenStep, Run, Snapshot
from app.engine.values import Value

#: A trial is played again at each look at it.
MOST_MOVES = 300


#: What an effect of the house meets when the form of a draft does not ask what it needs.
_MISFITS = (LookupError, ValueError, TypeError, ArithmeticError)
MISFIT = (
    "Ce que l’application fait à cette étape ne trouve pas ce qu’il lui faut dans le formulaire ou "
    "les règles de ce type ({what} : {detail})."
)


class TrialTooLong(Refusal):
    """The trial has more moves than can be played again each time."""

    sentence = (
        "Cet essai a {most} mouvements, le plus que l’on puisse jouer. Commencez-en un autre."
    )


@dataclass(frozen=True)
class Moment:
    """One thing that was done in a trial, and what followed."""

    move: ScenarioMove
    day: date
    status: str
    #: The mails that would have left.
    mails: tuple[Mail, ...]
    #: The steps that opened, and the day the first of them is due.
    opened: tuple[str, ...]
    due: date | None
    #: The facts and the answers as they were.
    facts: Mapping[str, Any]
    outcome: Mapping[str, Value]


class TrialPlayer(Player):
    """A player that tells what it did, move by move, and stops at what goes wrong."""

    def __init__(
        self, pack: Pack, definition: Definition, rules: AidRules, scenario: Scenario
    ) -> None:
        super().__init__(with_questions(pack), definition, rules, scenario)
        self.moments: list[Moment] = []
        #: The nodes left so far.
        self.passed: list[str] = []
        #: What could not be done, in one sentence.
        self.wrong = ""
        self._phase: str | None = pack.filing.phase
        self._outcome: dict[str, Value] = {}

    def play(self) -> None:
        """The filing, then every move; stops at the first that cannot be done."""
        first = [self.scenario.filing] if self.scenario.filing else []
        for move in (*first, *self.scenario.moves):
            known, self.mails, self._outcome = set(self._opened), [], {}
            try:
                self._move(move)
            except WentWrong as wrong:
                self.wrong = _sentence(str(wrong))
            except (EngineFault, Refusal) as refused:
                self.wrong = _sentence(str(refused))
            except _MISFITS as misfit:
                self.wrong = MISFIT.format(what=type(misfit).__name__, detail=misfit)
            if self.wrong:
                return
            self.done += 1
            self.moments.append(self._moment(move, known))

    def _moment(self, move: ScenarioMove, known: set[int]) -> Moment:
        sent = set(self.mails)
        opened = tuple(one.step for one in self.open_steps if one.token not in known)
        return Moment(
            move=move,
            day=self.calendar(),
            status=self.status,
            mails=tuple(mail for mail in self.pack.mails if mail.key in sent),
            opened=opened,
            due=min((day for day in map(self.due_of, opened) if day), default=None),
            facts=dict(self.dossier.facts),
            outcome=self._outcome,
        )

    def due_of(self, step: str) -> date | None:
        """The day a step that opens now is due."""
        said = self.pack.step(step)
        variable = said.deadline.variable if said.deadline else None
        found = self.names().get(variable) if variable else None
        return date.fromisoformat(found) if isinstance(found, str) else self.dossier.due(said)

    def _after(
        self,
        run: Run,
        *,
        completed: str | None = None,
        outcome: Mapping[str, Value] | None = None,
    ) -> None:
        super()._after(run, completed=completed, outcome=outcome)
        self._outcome = dict(outcome or {})
        if self.snapshot is None:
            return
        passed = [one.node for one in self.snapshot.trace]
        self.passed += passed
        for node in (*passed, *(one.step for one in self.snapshot.open_steps)):
            self._phase = self.pack.step(node).phase or self._phase

    # -- what may be done now

    @property
    def is_filed(self) -> bool:
        """The request was filed."""
        return self.snapshot is not None

    @property
    def is_over(self) -> bool:
        """Nothing more may happen."""
        return self.snapshot is not None and self.snapshot.completed

    @property
    def open_steps(self) -> tuple[OpenStep, ...]:
        """The steps that wait for somebody."""
        return self.snapshot.open_steps if self.snapshot else ()

    @property
    def awaited(self) -> tuple[str, ...]:
        """The messages of the type that the dossier waits for."""
        names = self.snapshot.messages if self.snapshot else ()
        return tuple(name for name in names if name in self.pack.messages)

    def step_form(self, step: str, sent: object = None) -> StepForm:
        """The real form of a step or of a message today, as first seen or as it was sent."""
        variables = self.snapshot.variables if self.snapshot else {}
        setting = Setting(self.calendar(), facts=self.dossier.facts, variables=variables)
        return form_class(self.pack, step, lookups=self._lookups(), setting=setting)(sent)

    def asked_besides(self, step: str) -> tuple[str, ...]:
        """The variables that an effect unknown here would have written: somebody must say them."""
        said = self.pack.step(step)
        return said.sets if said.effect is not None and said.effect not in EFFECTS else ()

    # -- what people would see

    @property
    def public_status(self) -> str:
        """The status as the applicant reads it."""
        return self.pack.status(DossierStatus(self.status)).public.fr

    @property
    def phase(self) -> Phase | None:
        """The macro-step shown to the applicant: that of the last node entered that says one."""
        return next((one for one in self.pack.phases if one.key == self._phase), None)

    @property
    def explanation(self) -> list[str]:
        """How the aid comes out with the facts of today; empty when the rules cannot say."""
        if not self.is_filed or not self.dossier.rules.model.decisions:
            return []
        try:
            told = self.dossier.rules.explain(self.dossier.facts)["explanation"]
        except Refusal as refusal:
            return [refusal.message]
        return [str(line) for line in told] if isinstance(told, list) else []


def played(
    pack: Pack, definition: Definition, rules: AidRules, scenario: Scenario
) -> TrialPlayer:
    """The trial as it stands after all its moves. Refuses TrialTooLong."""
    if len(scenario.moves) > MOST_MOVES:
        raise TrialTooLong(most=MOST_MOVES)
    player = TrialPlayer(pack, definition, rules, scenario)
    player.play()
    return player


def with_move(scenario: Scenario, move: ScenarioMove, *, files: bool = False) -> Scenario:
    """The scenario with one thing more at its end."""
    if files:
        return replace(scenario, filing=move)
    return replace(scenario, moves=(*scenario.moves, move))


def one_step_back(scenario: Scenario) -> Scenario:
    """The scenario without the last thing that was done."""
    if scenario.moves:
        return replace(scenario, moves=scenario.moves[:-1])
    return replace(scenario, filing=None)


def answers_of(form: StepForm) -> dict[str, object]:
    """What a valid form says, as a scenario writes it; a question left empty is None."""
    return {one.short_name: one.to_json() if one.answered else None for one in form.asked()}


def standing_of(player: TrialPlayer) -> dict[str, Any]:
    """Where a trial stands, for the list of trials."""
    pack = player.pack
    return {
        "filed": player.is_filed,
        "over": player.is_over,
        "day": player.calendar().isoformat(),
        "open": [str(pack.step(one.step).title) or one.step for one in player.open_steps],
    }


def next_due(snapshot: Snapshot | None) -> date | None:
    """The day the next timer of the diagram fires."""
    return snapshot.due_at.date() if snapshot and snapshot.due_at else None


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}"
