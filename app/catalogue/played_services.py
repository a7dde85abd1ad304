"""What do the services of automatic steps do to a dossier that is only played?

Each stands for the service of the same name and keeps what a scenario may look at. Those that ask
the world wait until the scenario says what it answered (`service = "…"`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.catalogue.contract import Fact
from app.catalogue.rehearsal_effects import PlayedDossier
from app.catalogue.service_inputs import Inputs, text_input
from app.catalogue.values import json_of
from app.domain.money import Money
from app.engine.values import Value

Variables = dict[str, Value]


class Thrown(Exception):
    """The service throws this BPMN error."""


@dataclass
class Stage:
    """What a played service reads and writes."""

    dossier: PlayedDossier
    facts: Mapping[str, Fact]
    #: What is left on the envelopes the scenario names; the others are never empty.
    envelopes: dict[str, Money]
    #: The statuses that services gave, by step.
    statuses: dict[str, str] = field(default_factory=dict)
    children: int = 0
    #: The steps that called for a mail in this movement.
    mailing: list[str] = field(default_factory=list)


Played = Callable[[Stage, str, Inputs], Variables]


def _send_mail(stage: Stage, step: str, _told: Inputs) -> Variables:
    stage.mailing.append(step)
    return {}


def _set_status(stage: Stage, step: str, told: Inputs) -> Variables:
    stage.statuses[step] = text_input(told, "status")
    return {}


def _set_fact(stage: Stage, _step: str, told: Inputs) -> Variables:
    name, value = text_input(told, "fact"), told.get("value")
    if not isinstance(value, Money):
        stage.dossier.facts[name] = json_of(stage.facts[name].type, value)
    return {}


def _reserve_budget(stage: Stage, _step: str, told: Inputs) -> Variables:
    code = text_input(told, "envelope")
    wanted: Any = told.get("amount") or stage.dossier.amount("voted")
    left = stage.envelopes.get(code)
    if left is not None and wanted > left:
        raise Thrown("ENVELOPE_EXHAUSTED")
    if left is not None:
        stage.envelopes[code] = left - wanted
    stage.dossier.amounts["committed"] = stage.dossier.amount("committed") + wanted
    return {}


def _open_child(stage: Stage, _step: str, _told: Inputs) -> Variables:
    stage.children += 1
    return {"child_reference": f"LIÉ-{stage.children}"}


def _send_message(_stage: Stage, _step: str, _told: Inputs) -> Variables:
    return {"message_sent_to": 1}


def _nothing(_stage: Stage, _step: str, _told: Inputs) -> Variables:
    return {}


PLAYED: Mapping[str, Played] = {
    "generate_document": _nothing,
    "send_mail": _send_mail,
    "set_status": _set_status,
    "set_fact": _set_fact,
    "reserve_budget": _reserve_budget,
    "open_child_dossier": _open_child,
    "send_message": _send_message,
}
