"""What does somebody see of a trial? The diagram, the steps to do with their real forms, the clock, what followed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import render_template, request

from app.catalogue.compare.words import people
from app.catalogue.contract import Step
from app.catalogue.forms import StepForm
from app.catalogue.scenario import ScenarioMove
from app.catalogue.service_tasks import SERVICES
from app.catalogue.trial.playing import Moment, TrialPlayer, next_due
from app.catalogue.trial.script import scenarios_of
from app.domain.events import EventKind
from app.domain.money import Money
from app.engine.diagram import NodeState, outline, render_diagram
from app.engine.run import OpenStep
from app.models.versions import Trial
from app.web.repair_mails import subject_of
from app.web.types.words import event_name, message_name, variable_name
from app.web.words import _

_INTEGER = re.compile(r"-?\d{1,15}")
_YES_NO = {"oui": True, "non": False}


@dataclass(frozen=True)
class ToDo:
    """A step that waits: what it is, who does it, for whom."""

    open: OpenStep | None
    said: Step
    role: str

    @property
    def key(self) -> str:
        """What the address of the page names it by."""
        return str(self.open.token) if self.open else "depot"


@dataclass(frozen=True)
class Told:
    """One line of what happened."""

    title: str
    day: date
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Awaited:
    """A message the dossier waits for: its variables, each with its label and a value seen in the scenarios."""

    name: str
    title: str
    variables: list[tuple[str, str, str]]


def trial_page(
    trial: Trial, player: TrialPlayer, *, form: StepForm | None = None, error: str = ""
) -> str:
    """The page of a trial; `form` as it was sent, `error` when something could not be done."""
    steps = _steps(player)
    wanted = request.form.get("token") or request.args.get("etape", "")
    chosen = next((one for one in steps if one.key == wanted), steps[0] if steps else None)
    if chosen and form is None:
        form = player.step_form(chosen.said.key)
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
        besides=player.asked_besides(chosen.said.key) if chosen else (),
        error=error or player.wrong,
        svg=render_diagram(
            player.pack.shown_diagram, states=states, taken=player.flows, around=_around(player)
        ),
        outline=outline(player.pack.shown_diagram, states=states),
        told=[_told(player, one) for one in reversed(player.moments)],
        moved=moved,
        due=next_due(player.snapshot),
        awaited=_awaited(player),
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


def typed_values(names: Iterable[str]) -> dict[str, object]:
    """What was typed for these variables: oui, non, a whole number, an amount in euros, else a text.

    Refuses BadAmount.
    """
    typed = {name: request.form.get(f"v-{name}", "").strip() for name in names}
    return {name: _typed(name, text) for name, text in typed.items() if text}


def _typed(name: str, text: str) -> object:
    if text.lower() in _YES_NO:
        return _YES_NO[text.lower()]
    if name.endswith("_cents"):
        return Money.parse(text).cents
    return int(text) if _INTEGER.fullmatch(text) else text


def _steps(player: TrialPlayer) -> list[ToDo]:
    if not player.is_filed:
        return [ToDo(None, player.pack.filing, people("applicant"))]
    lanes = player.pack.lanes
    return [
        ToDo(one, player.pack.step(one.step), people(lanes.get(one.lane or "", "")))
        for one in player.open_steps
    ]


def _states(player: TrialPlayer) -> dict[str, NodeState]:
    states = dict.fromkeys(player.passed, NodeState.DONE)
    for name in player.snapshot.marking.split() if player.snapshot else ():
        states[name] = NodeState.WAITING
    states |= {one.step: NodeState.CURRENT for one in player.open_steps}
    return states


def _around(player: TrialPlayer) -> list[str]:
    return player.snapshot.marking.split() if player.snapshot else []


def _told(player: TrialPlayer, moment: Moment) -> Told:
    """One thing that was done, the mails and the steps that followed."""
    mails = tuple(
        _("Courriel « %(mail)s » pour %(who)s", mail=subject_of(mail.key), who=people(mail.to))
        for mail in moment.mails
    )
    return Told(_title(player, moment.move), moment.day, mails)


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


def _awaited(player: TrialPlayer) -> list[Awaited]:
    pack, seen = player.pack, _payloads(player)
    return [
        Awaited(
            name,
            message_name(pack, name),
            [
                (one, variable_name(pack, name, one), seen.get(name, {}).get(one, ""))
                for one in pack.messages[name].sets
            ],
        )
        for name in (player.snapshot.messages if player.snapshot else ())
        if name in pack.messages
    ]


def _payloads(player: TrialPlayer) -> dict[str, dict[str, str]]:
    """For each message, the values that the scenarios of the type give it."""
    found: dict[str, dict[str, str]] = {}
    for scenario in scenarios_of(player.pack).values():
        for move in scenario.moves:
            for name, value in move.payload.items():
                found.setdefault(str(move.message), {}).setdefault(name, _shown(name, value))
    return found


def _shown(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name.endswith("_cents") and isinstance(value, int):
        return Money(value).french().removesuffix("\u00a0€")
    return str(value)


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
