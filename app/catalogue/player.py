"""How is one scripted dossier played? Move by move; it stops at the first thing that is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time

from app.catalogue.aid_rules import AidRules
from app.catalogue.contract import Problem
from app.catalogue.forms import Lookups, Setting, StepForm, Submission, form_class
from app.catalogue.outcomes import differences, mails_sent
from app.catalogue.pack import Pack
from app.catalogue.played_services import PLAYED, Stage, Thrown
from app.catalogue.rehearsal_effects import EFFECTS, JOBS, PlayedDossier
from app.catalogue.scenario import Scenario, ScenarioMove
from app.catalogue.service_inputs import read_inputs
from app.catalogue.service_tasks import SERVICES
from app.catalogue.values import calendar_functions, facts_as_values
from app.domain.civil import PARIS, civil_day
from app.domain.lookups import Person, Place
from app.domain.money import Money
from app.engine.errors import EngineFault
from app.engine.parse import Definition
from app.engine.run import Context, OpenJob, OpenStep, Run, Snapshot
from app.engine.values import Value, admit

#: The journal's word for each message, as mails name it.
EVENTS = {
    "committee_decision": "voted",
    "withdrawal": "withdrawn",
    "extension_request": "extension_asked",
}


#: Instants that one move of a scenario may live through.
MAX_TICKS = 2_000


class WentWrong(Exception):
    """The scenario cannot go on; `args[0]` is the sentence."""


class Player:
    """One scenario being played."""

    def __init__(
        self, pack: Pack, definition: Definition, rules: AidRules, scenario: Scenario
    ) -> None:
        self.pack = pack
        self.definition = definition
        self.scenario = scenario
        start = scenario.start or date.min
        self.dossier = PlayedDossier(
            rules, start, {**scenario.organisation, "scheme": scenario.scheme}
        )
        self.now = _morning(start)
        self.status = "draft"
        self.done = 0
        self.problems: list[Problem] = []
        self.flows: set[str] = set()
        self.mails: list[str] = []
        self.snapshot: Snapshot | None = None
        envelopes = {name: Money.parse(left) for name, left in scenario.envelopes.items()}
        self.stage = Stage(self.dossier, pack.known_facts, envelopes)
        self.largest_state = 0
        self._by: dict[str, str | None] = {}
        self._opened: set[int] = set()

    def play(self) -> None:
        """The filing, then every move."""
        first = [self.scenario.filing] if self.scenario.filing else []
        for move in (*first, *self.scenario.moves):
            self.mails = []
            try:
                self._move(move)
            except WentWrong as wrong:
                self._note(move, str(wrong))
                return
            except EngineFault as fault:
                self._note(move, f"le moteur s’arrête\u00a0: {fault}")
                return
            self.done += 1
            for sentence in differences(self, move.expect):
                self._note(move, sentence)

    def names(self) -> dict[str, Value]:
        """Everything the expressions of the pack may read now."""
        variables = self.snapshot.variables if self.snapshot else {}
        return {**facts_as_values(self.pack.known_facts, self.dossier.facts), **variables}

    def calendar(self) -> date:
        """The civil day of the scenario."""
        return civil_day(self.now)

    # -- one move

    def _note(self, move: ScenarioMove, sentence: str) -> None:
        self.problems.append(Problem(f"{self.scenario.name}, {move.place}", sentence))

    def _move(self, move: ScenarioMove) -> None:
        if move.at is not None:
            self._wait_until(_morning(move.at))
        if move is self.scenario.filing:
            self._file(move)
        elif move.step is not None:
            self._complete(move)
        elif move.message is not None:
            self._receive(move)
        elif move.service is not None:
            self._answer(move)
        if move.event is not None:
            self.mails += mails_sent(self.pack, self.names(), event=move.event)

    def _file(self, move: ScenarioMove) -> None:
        submission = self._answered(self.pack.filing_step, move)
        if submission is None:
            return
        self.dossier.facts |= {**submission.facts, "scheme": self.scenario.scheme}
        self._after(Run.start(self.definition, {}, self._context()))

    def _complete(self, move: ScenarioMove) -> None:
        step = self._open_step(move)
        if self._is_same_person(move):
            return
        submission = self._answered(step.step, move)
        if submission is None:
            return
        self.dossier.facts |= submission.facts
        said = self.pack.step(step.step)
        variables: dict[str, Value] = dict(submission.variables)
        if said.effect is not None:
            effect = EFFECTS.get(said.effect)
            if effect is None and not move.sets:
                raise WentWrong(
                    f"l’effet «\u00a0{said.effect}\u00a0» ne se joue pas\u00a0: donnez sets."
                )
            variables |= effect(self.dossier, submission) if effect else {}
        run = self._resume()
        run.complete(step.token, {**variables, **_values(move.sets)})
        self._by[step.step] = move.by
        self._after(run, completed=step.step, outcome=submission.variables)

    def _receive(self, move: ScenarioMove) -> None:
        message = str(move.message)
        self.dossier.vote(move.payload.get("voted_cents"))
        known = self.pack.known_facts
        self.dossier.facts |= {k: v for k, v in move.payload.items() if k in known}
        sets = self.pack.message(message).sets
        heard = {k: v for k, v in move.payload.items() if k in sets or k not in known}
        run = self._resume()
        if not run.receive(message, _values(heard)):
            raise WentWrong(f"personne n’attend le message «\u00a0{message}\u00a0».")
        self._after(run)
        self.mails += mails_sent(self.pack, self.names(), event=EVENTS.get(message, message))

    def _wait_until(self, instant: datetime) -> None:
        if instant < self.now:
            raise WentWrong("le temps ne recule pas.")
        for due in self._instants_before(instant):
            self.now = due.astimezone(PARIS)
            run = self._resume()
            run.tick()
            self._after(run)
        self.now = instant
        self.dossier.today = self.calendar()

    def _instants_before(self, instant: datetime) -> Iterator[datetime]:
        """Each timer due until then, one after the other; refuses a diagram that has thousands."""
        for _ in range(MAX_TICKS):
            due = self.snapshot.due_at if self.snapshot else None
            if due is None or due > instant:
                return
            yield due
        raise WentWrong(f"plus de {MAX_TICKS} échéances tombent d’ici là.")

    # -- forms

    def _answered(self, step_id: str, move: ScenarioMove) -> Submission | None:
        """What the real form says of these answers; None when it was right to refuse them."""
        form = self._form(step_id, move.answers)
        good = form.validate()
        sentences = [str(one) for errors in form.errors.values() for one in errors]
        if move.refused is not None:
            if good or not any(move.refused in sentence for sentence in sentences):
                raise WentWrong(
                    f"le refus «\u00a0{move.refused}\u00a0» était attendu\u00a0; reçu\u00a0: {sentences}."
                )
            return None
        if not good:
            detail = " ".join(
                f"{_asked(form, name)}\u00a0: {errors[0]}"
                for name, errors in form.errors.items()
            )
            raise WentWrong(f"le formulaire refuse les réponses. {detail}")
        return form.submission()

    def _form(self, step_id: str, answers: Mapping[str, object]) -> StepForm:
        variables = self.snapshot.variables if self.snapshot else {}
        setting = Setting(self.calendar(), facts=self.dossier.facts, variables=variables)
        cls = form_class(self.pack, step_id, lookups=self._lookups(), setting=setting)
        proposed = {
            name: one.kwargs["default"]
            for name, one in cls.declared.items()
            if one.kwargs["default"] is not None
        }
        return cls(cls.encode({**proposed, **answers}))

    def _lookups(self) -> Lookups:
        def named(names: Sequence[str]) -> list[Person]:
            return [Person(name, name) for name in names]

        def place(text: str) -> list[Place]:
            return [Place(text, text)]

        return Lookups(
            communes=place,
            epcis=place,
            persons=lambda role: named(self.scenario.people.get(role, ())),
            lists=lambda name: named(self.scenario.lists.get(name, ())),
        )

    # -- the engine

    def _context(self) -> Context:
        return Context(
            now=self.now,
            facts=facts_as_values(self.pack.known_facts, self.dossier.facts),
            functions=calendar_functions(self.calendar()),
            decide=self.dossier.rules.decide,
        )

    def _resume(self) -> Run:
        if self.snapshot is None or self.snapshot.completed:
            raise WentWrong("le dossier est terminé\u00a0: plus rien ne peut lui arriver.")
        self.dossier.today = self.calendar()
        return Run.resume(self.definition, self.snapshot.state, self._context())

    def _after(
        self,
        run: Run,
        *,
        completed: str | None = None,
        outcome: Mapping[str, Value] | None = None,
    ) -> None:
        """Do the jobs, then note the ways taken, the mails sent and where the dossier stands."""
        snapshot = self._work(run)
        self.snapshot = snapshot
        self.largest_state = max(self.largest_state, len(snapshot.state))
        passed = [one.node for one in snapshot.trace]
        fresh = [one for one in snapshot.open_steps if one.token not in self._opened]
        self._opened |= {one.token for one in snapshot.open_steps}
        self.flows |= {flow for one in snapshot.trace for flow in one.flow_ids}
        waiting = [one.step for one in snapshot.jobs]
        for node in (*passed, *(one.step for one in fresh), *waiting):
            said = self.pack.step(node).status
            status = self.stage.statuses.get(node) or (said.value if said else "")
            self.status = status or self.status
        self.mails += mails_sent(
            self.pack,
            {**self.names(), **(outcome or {})},
            passed=passed,
            opened=[one.step for one in fresh],
            completed=completed,
            service=self.stage.mailing,
        )
        self.stage.mailing = []

    def _work(self, run: Run) -> Snapshot:
        """Do every job that asks nothing of the world, and those it leads to."""
        self.stage.statuses = {}
        while True:
            snapshot = run.snapshot()
            job = next((one for one in snapshot.jobs if not _asks_the_world(one)), None)
            if job is None:
                return snapshot
            try:
                run.finish_job(job.token, self._done(run, job))
            except Thrown as thrown:
                self._throw(run, job, str(thrown))

    def _done(self, run: Run, job: OpenJob) -> Mapping[str, Value]:
        """What the service of that job gives here."""
        general = PLAYED.get(job.topic)
        if general is None:
            work = JOBS.get(job.topic)
            return work(self.dossier, self.pack.step(job.step)) if work else {}
        told = read_inputs(
            SERVICES[job.topic], job.inputs, lambda source: run.evaluate(job.token, source)
        )
        return general(self.stage, job.step, told)

    def _throw(self, run: Run, job: OpenJob, code: str) -> None:
        if not run.fail(job.token, code):
            raise WentWrong(f"aucun événement de {job.step} n’attrape l’erreur {code}.")

    def _answer(self, move: ScenarioMove) -> None:
        """The world answers a service that asked it something."""
        run = self._resume()
        job = next((one for one in run.snapshot().jobs if one.step == move.service), None)
        if job is None:
            raise WentWrong(f"l’étape automatique {move.service} n’attend rien.")
        if move.error is not None:
            self._throw(run, job, move.error)
        else:
            service = SERVICES[job.topic]
            strange = sorted(set(move.sets) - service.written(job.inputs))
            if strange:
                raise WentWrong(f"{job.topic} n’écrit pas {', '.join(strange)}.")
            run.finish_job(job.token, _values(move.sets))
        self._after(run)

    def _open_step(self, move: ScenarioMove) -> OpenStep:
        steps = self.snapshot.open_steps if self.snapshot else ()
        for one in steps:
            if one.step == move.step and (move.item is None or one.item == move.item):
                return one
        names = ", ".join(one.step for one in steps) or "aucune"
        raise WentWrong(f"l’étape n’est pas ouverte (ouvertes\u00a0: {names}).")

    def _is_same_person(self, move: ScenarioMove) -> bool:
        """Four eyes: the person already did the other step, and the scenario knew it."""
        said = self.pack.step(str(move.step))
        twice = move.by is not None and any(
            self._by.get(one) == move.by for one in said.four_eyes
        )
        if twice and move.refused != "four_eyes":
            done = ", ".join(f"« {self.pack.step(one).title.fr} »" for one in said.four_eyes)
            raise WentWrong(
                f"{move.by} a déjà fait {done}\u00a0: choisissez une autre personne."
            )
        if move.refused == "four_eyes" and not twice:
            raise WentWrong("une autre personne peut faire cette étape, le refus n’a pas lieu.")
        return twice


def _asks_the_world(job: OpenJob) -> bool:
    service = SERVICES.get(job.topic)
    return service is not None and service.asks_the_world


def _asked(form: StepForm, name: str) -> str:
    """« Le dossier est-il complet ? » (completeness)."""
    return f"«\u00a0{form[name].label.text}\u00a0» ({name})" if name in form else name


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), PARIS)


def _values(given: Mapping[str, object]) -> dict[str, Value]:
    return {name: admit(value) for name, value in given.items()}
