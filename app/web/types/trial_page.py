"""What does somebody see of a trial? The diagram, the steps to do with their real forms, the clock, what followed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import render_template, request

from app.catalogue.compare.words import people
from app.catalogue.contract import Step
from app.catalogue.forms import Posted, StepForm
from app.catalogue.scenario import ScenarioMove
from app.catalogue.service_tasks import SERVICES
from app.catalogue.trial.messages import typed
from app.catalogue.trial.playing import TrialPlayer, next_due
from app.domain.events import EventKind
from app.domain.money import Money
from app.engine.diagram import NodeState, outline, render_diagram
from app.engine.run import OpenStep
from app.models.base import Json
from app.models.versions import Trial
from app.web.database import reading
from app.web.language import language
from app.web.types.trial_mails import subjects
from app.web.types.words import event_name, message_name
from app.web.words import _


@dataclass(frozen=True)
class ToDo:
    """A form that waits: a step, who does it, for whom; or a message that may come."""

    open: OpenStep | None
    said: Step
    role: str
    title: str
    is_message: bool = False

    @property
    def key(self) -> str:
        """What the address of the page names it by."""
        if self.is_message:
            return f"message-{self.said.key}"
        return str(self.open.token) if self.open else "depot"

    @property
    def name(self) -> str:
        """What is typed in it is kept under this name."""
        item = self.open.item if self.open else None
        return f"{self.said.key}:{item}" if item else self.said.key


def form_name(sent: Mapping[str, str]) -> str:
    """The name of the form that was sent, as `ToDo.name`; empty when it keeps nothing."""
    name = sent.get("message") or sent.get("step") or sent.get("filing") or ""
    return f"{name}:{sent['item']}" if sent.get("item") else name


@dataclass(frozen=True)
class Told:
    """One line of what happened."""

    title: str
    day: date
    notes: tuple[str, ...]


def trial_page(
    trial: Trial, player: TrialPlayer, *, form: StepForm | None = None, error: str = ""
) -> str:
    """The page of a trial; `form` as it was sent, `error` when something could not be done."""
    steps = _steps(player)
    wanted = request.form.get("token") or request.args.get("etape", "")
    chosen = next((one for one in steps if one.key == wanted), steps[0] if steps else None)
    kept = (trial.typed or {}).get(chosen.name) if chosen else None
    if chosen and form is None:
        form = player.step_form(chosen.said.key, Posted(kept["fields"]) if kept else None)
    states = _states(player)
    moved = sum(1 for one in player.moments if one.move.step or one.move.message)
    return render_template(
        "types/trial.html",
        trial=trial,
        player=player,
        pack=player.pack,
        steps=steps,
        chosen=chosen,
        form=form,
        saved=datetime.fromisoformat(kept["at"]) if kept else None,
        typed=_typed_besides(kept),
        besides=player.asked_besides(chosen.said.key) if chosen else (),
        error=error or player.wrong,
        svg=render_diagram(
            player.pack.shown_diagram,
            states=states,
            taken=player.flows,
            around=_around(player),
            say=_,
        ),
        outline=outline(player.pack.shown_diagram, states=states, say=_),
        told=_told(player),
        moved=moved,
        due=next_due(player.snapshot),
        events=_events(player),
        services=_services(player),
        amounts=[
            (_(label), player.dossier.amounts[name])
            for name, label in _AMOUNTS
            if name in player.dossier.amounts
        ],
    )


_AMOUNTS = (
    ("computed", "Aide calculée"),
    ("proposed", "Aide proposée"),
    ("voted", "Aide votée"),
    ("committed", "Engagé"),
    ("payable", "À verser"),
    ("paid", "Versé"),
    ("recovered", "Reversé"),
    ("released", "Libéré"),
)


def _typed_besides(kept: Json | None) -> Mapping[str, str]:
    """What stands in the fields that the form of the step does not know."""
    before = {name: given[0] for name, given in kept["fields"].items() if given} if kept else {}
    return {**before, **request.form.to_dict()}


def typed_values(names: Iterable[str]) -> dict[str, object]:
    """What was typed for these variables: oui, non, a whole number, an amount in euros, else a text.

    Refuses BadAmount.
    """
    sent = {name: request.form.get(f"v-{name}", "").strip() for name in names}
    return {
        name: Money.parse(text).cents if name.endswith("_cents") else typed(text)
        for name, text in sent.items()
        if text
    }


def _steps(player: TrialPlayer) -> list[ToDo]:
    pack, lang = player.pack, language()
    if not player.is_filed:
        title = pack.filing.title.to(lang) or pack.filing.key
        return [ToDo(None, pack.filing, people("applicant"), title)]
    steps = []
    for one in player.open_steps:
        said = pack.step(one.step)
        title = said.title.to(lang) or said.key
        title = f"{title} – {one.item}" if one.item else title
        steps.append(ToDo(one, said, people(pack.lanes.get(one.lane or "", "")), title))
    return [*steps, *(_message(player, name) for name in player.awaited)]


def _message(player: TrialPlayer, name: str) -> ToDo:
    title = _("Message : %(name)s", name=message_name(player.pack, name))
    said = replace(player.pack.step(name), key=name)
    return ToDo(None, said, "", title, is_message=True)


def _states(player: TrialPlayer) -> dict[str, NodeState]:
    states = dict.fromkeys(player.passed, NodeState.DONE)
    for name in player.snapshot.marking.split() if player.snapshot else ():
        states[name] = NodeState.WAITING
    states |= {one.step: NodeState.CURRENT for one in player.open_steps}
    return states


def _around(player: TrialPlayer) -> list[str]:
    return player.snapshot.marking.split() if player.snapshot else []


def _told(player: TrialPlayer) -> list[Told]:
    """What was done and the mails that would have left, the latest first."""
    mails = subjects(reading(), player)
    told = [
        Told(
            _title(player, moment.move),
            moment.day,
            tuple(
                _("Courriel « %(mail)s » pour %(who)s", mail=subject, who=people(mail.to))
                for mail, subject in mails[rank]
            ),
        )
        for rank, moment in enumerate(player.moments)
    ]
    return told[::-1]


def _title(player: TrialPlayer, move: ScenarioMove) -> str:
    pack = player.pack
    if move is player.scenario.filing:
        title = _("Demande déposée")
    elif move.step:
        named = pack.step(move.step).title.fr or move.step
        title = f"{named} ({move.item})" if move.item else named
    elif move.message:
        title = _("Message reçu : %(name)s", name=message_name(pack, move.message))
    elif move.service:
        named = pack.step(move.service).title.fr or move.service
        title = _("Réponse du service de « %(step)s »", step=named)
    elif move.event:
        title = event_name(move.event)
    else:
        title = _("Le temps passe")
    return str(title)


def _events(player: TrialPlayer) -> list[str]:
    """What may happen around the dossier that this type sends a mail for."""
    asked = {mail.subject for mail in player.pack.mails if mail.moment == "event"}
    automatic = {
        EventKind.FILED,
        EventKind.VOTED,
        EventKind.WITHDRAWN,
        EventKind.EXTENSION_ASKED,
    }
    return sorted(asked - {one.value for one in automatic}) if player.is_filed else []


def _services(player: TrialPlayer) -> list[tuple[str, str, list[str], tuple[str, ...]]]:
    """The automatic steps that wait for the world: id, title, what they write, what may go wrong."""
    jobs = player.snapshot.jobs if player.snapshot else ()
    return [
        (
            job.step,
            player.pack.step(job.step).title.fr or job.step,
            sorted(SERVICES[job.topic].written(job.inputs)),
            SERVICES[job.topic].errors,
        )
        for job in jobs
        if job.topic in SERVICES
    ]
