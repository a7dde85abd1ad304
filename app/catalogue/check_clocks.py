"""Do the delays a pack declares hold together? Each begins, ends, and reads what exists."""

from collections.abc import Iterator, Mapping

from app.catalogue.check_steps import HUMAN
from app.catalogue.contract import ClockEvent, ClockSpec, Manifest, Problem
from app.catalogue.manifest import PLACE
from app.domain.events import EventKind
from app.domain.legal_clock.facts import FactKind
from app.domain.legal_clock.rule import Basis
from app.engine.elements import Node
from app.models.people import OrganisationKind

#: What moves a dossier without being a step; nothing else is told to its delays.
EVENTS = (
    EventKind.FILED.value,
    EventKind.VOTED.value,
    EventKind.WITHDRAWN.value,
    EventKind.EXTENSION_ASKED.value,
)
_APPLICANTS = tuple(kind.value for kind in OrganisationKind)


def clock_problems(
    manifest: Manifest, nodes: Mapping[str, Node], facts: frozenset[str]
) -> Iterator[Problem]:
    """Everything wrong in the delays of a manifest, one French sentence each."""
    for clock in manifest.clocks:
        place = f"{PLACE}, délai {clock.key}"
        yield from _whole(place, clock)
        for event in clock.events:
            yield from _event(place, event, manifest, nodes, facts)
    known = {clock.key for clock in manifest.clocks}
    for step in manifest.steps.values():
        if step.deadline and step.deadline.clock and step.deadline.clock not in known:
            yield Problem(
                f"{PLACE}, étape {step.key}",
                f"le délai «\u00a0{step.deadline.clock}\u00a0» n’est pas déclaré (clocks).",
            )


def _whole(place: str, clock: ClockSpec) -> Iterator[Problem]:
    does = {event.does for event in clock.events} | set(clock.by_hand)
    if FactKind.START not in does:
        yield Problem(place, "rien ne le fait partir (does = 'start').")
    if FactKind.STOP not in does:
        yield Problem(place, "rien ne le termine (does = 'stop').")
    ends = FactKind.RESUME in does
    for event in clock.events:
        if event.does is FactKind.SUSPEND and event.term_of is None and not ends:
            yield Problem(place, f"suspendu par {event.on}, rien ne le reprend.")
    if clock.basis is Basis.LEGAL and clock.rule.minds_closures:
        yield Problem(
            place, "une fermeture du service ne repousse pas un délai légal (closures)."
        )
    longest = clock.rule.longest_extension
    if longest and not longest.adds_to(clock.rule.duration):
        yield Problem(place, f"une prorogation en {longest} ne s’ajoute pas à ce délai.")
    for name in sorted(set(_of_applicants(clock)) - set(_APPLICANTS)):
        yield Problem(place, f"«\u00a0{name}\u00a0» n’est pas une nature de demandeur.")


def _of_applicants(clock: ClockSpec) -> Iterator[str]:
    yield from clock.applicants
    for event in clock.events:
        yield from event.applicants


def _event(
    place: str,
    event: ClockEvent,
    manifest: Manifest,
    nodes: Mapping[str, Node],
    facts: frozenset[str],
) -> Iterator[Problem]:
    if event.moment == "event":
        if event.subject not in EVENTS:
            known = ", ".join(EVENTS)
            yield Problem(
                place, f"aucun délai ne suit «\u00a0{event.subject}\u00a0»\u00a0: {known}."
            )
    elif event.subject not in nodes:
        yield Problem(place, f"l’étape {event.subject} n’existe pas.")
    elif event.moment != "passed" and nodes[event.subject].kind not in HUMAN:
        yield Problem(
            place, f"{event.subject} n’est pas une tâche\u00a0: écrivez passed:{event.subject}."
        )
    yield from _days_read(place, event, manifest, facts)
    yield from _term(place, event, manifest)


def _days_read(
    place: str, event: ClockEvent, manifest: Manifest, facts: frozenset[str]
) -> Iterator[Problem]:
    step = manifest.steps.get(event.subject) if event.moment == "completed" else None
    asked = {one.name for one in step.fields} if step else set()
    for name in filter(None, (event.date, event.until, *event.where)):
        if name.startswith("fact:"):
            if name.removeprefix("fact:") not in facts:
                yield Problem(place, f"le fait «\u00a0{name[5:]}\u00a0» n’existe pas.")
        elif name not in asked:
            yield Problem(
                place, f"«\u00a0{name}\u00a0» n’est pas une réponse de {event.subject}."
            )


def _term(place: str, event: ClockEvent, manifest: Manifest) -> Iterator[Problem]:
    if event.term_of is None:
        return
    step = manifest.steps.get(event.term_of)
    deadline = step.deadline if step else None
    if deadline is None or deadline.variable or deadline.clock:
        yield Problem(place, f"l’étape {event.term_of} ne donne pas de délai en jours.")
