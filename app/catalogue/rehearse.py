"""Do the scripted dossiers of a pack end as they should, and do they take every way of its drawing?

A scenario is played on the real engine with the real forms and the real tables, on a clock that
jumps; the state is saved and loaded between any two moves, as it is in a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.catalogue.aid_rules import AidRules, load_aid_rules
from app.catalogue.contract import PackRefused, Problem
from app.catalogue.pack import Pack, load_pack
from app.catalogue.player import Player
from app.catalogue.scenario import PARTS, SCENARIOS, Scenario, whole_scenario
from app.engine.errors import DiagramRefused
from app.engine.parse import Definition, parse_diagram


@dataclass(frozen=True)
class Played:
    """One scenario played: how far it went, what was wrong, the ways it took."""

    name: str
    title: str
    moves: int
    ended_on: date
    status: str
    problems: tuple[Problem, ...]
    flows: frozenset[str]
    largest_state: int  #: Bytes of the engine's state where it was largest


@dataclass(frozen=True)
class Rehearsal:
    """All the scenarios of a pack."""

    played: tuple[Played, ...]
    problems: tuple[Problem, ...]
    missing: tuple[str, ...]  #: Flows of the drawing no scenario takes
    flows: int

    @property
    def coverage(self) -> Fraction:
        """The share of the flows of the drawing that some scenario takes."""
        return (
            Fraction(self.flows - len(self.missing), self.flows) if self.flows else Fraction(1)
        )

    @property
    def is_good(self) -> bool:
        """Every scenario ends as it should."""
        return not self.problems


def rehearse_pack(files: Mapping[str, bytes]) -> Rehearsal:
    """Play every scenario of a pack. Refuses PackRefused when it cannot be read at all."""
    pack = load_pack(files)
    definition, rules = diagram_of(pack), load_aid_rules(files)
    problems: list[Problem] = []
    played = [
        _play(pack, definition, rules, scenario) for scenario in _scenarios(files, problems)
    ]
    problems += [problem for one in played for problem in one.problems]
    taken = frozenset[str]().union(*(one.flows for one in played))
    missing = [flow.id for flow in definition.flows if flow.id not in taken]
    return Rehearsal(tuple(played), tuple(problems), tuple(missing), len(definition.flows))


def diagram_of(pack: Pack) -> Definition:
    """The diagram of a pack, ready to run. Refuses PackRefused with every problem found."""
    try:
        return parse_diagram(pack.diagram, process_id=pack.process, called=pack.called)
    except DiagramRefused as refusal:
        found = tuple(Problem(one.element, one.sentence) for one in refusal.problems)
        raise PackRefused(found) from refusal


def scenarios_of(files: Mapping[str, bytes]) -> list[Scenario]:
    """The scripted dossiers of a pack. Refuses PackRefused when one cannot be read."""
    problems: list[Problem] = []
    found = list(_scenarios(files, problems))
    if problems or not found:
        raise PackRefused(tuple(problems) or (Problem(SCENARIOS, "aucun scénario à jouer."),))
    return found


def _scenarios(files: Mapping[str, bytes], problems: list[Problem]) -> Iterable[Scenario]:
    for name in sorted(files):
        if name.startswith(SCENARIOS) and name.endswith(".toml") and not name.startswith(PARTS):
            scenario = whole_scenario(name, files, problems)
            if scenario is not None:
                yield scenario


def _play(pack: Pack, definition: Definition, rules: AidRules, scenario: Scenario) -> Played:
    player = Player(pack, definition, rules, scenario)
    player.play()
    return Played(
        name=scenario.name,
        title=scenario.title,
        moves=player.done,
        ended_on=player.now.date(),
        status=player.status,
        problems=tuple(player.problems),
        flows=frozenset(player.flows),
        largest_state=player.largest_state,
    )
