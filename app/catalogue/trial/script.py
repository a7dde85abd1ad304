"""What does a trial remember? The scenario written so far, as JSON; everything else is played again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app.catalogue.contract import Problem
from app.catalogue.pack import Pack
from app.catalogue.scenario import PARTS, SCENARIOS, Scenario, ScenarioMove, whole_scenario
from app.domain.permissions import Role

NAME = "essai"
#: Two persons a role, so that four eyes can be tried.
_PEOPLE = ("Camille", "Dominique")
_PLAIN = ("step", "item", "by", "message", "event", "service", "error")
_TABLES = ("answers", "payload", "sets")


def new_script(pack: Pack, day: date, *, like: str = "", whole: bool = False) -> Scenario:
    """The beginning of a trial: like a scenario of the pack, or like the first; `whole` keeps its moves."""
    models = scenarios_of(pack)
    model = models.get(like) or next(iter(models.values()), None)
    if model is None:
        scheme = pack.schemes[0].code if pack.schemes else ""
        blank = Scenario(NAME, "", None, day, scheme, {}, {}, {}, {}, None, ())
        return _with_people(blank)
    kept = model if whole else replace(model, start=day, filing=None, moves=())
    return _with_people(replace(_playable(kept), name=NAME, begin=None, title=""))


def scenarios_of(pack: Pack) -> dict[str, Scenario]:
    """The whole scenarios of a pack, by their file."""
    found = {}
    for name in sorted(pack.files):
        if name.startswith(SCENARIOS) and name.endswith(".toml") and not name.startswith(PARTS):
            problems: list[Problem] = []
            scenario = whole_scenario(name, pack.files, problems)
            if scenario is not None and not problems:
                found[name] = scenario
    return found


def _playable(scenario: Scenario) -> Scenario:
    """Without the moves that are there to be refused: a trial only remembers what was done."""
    return replace(
        scenario, moves=tuple(move for move in scenario.moves if move.refused is None)
    )


def _with_people(scenario: Scenario) -> Scenario:
    usual = {role.value: _PEOPLE for role in Role}
    lists = {"envelopes": ("Enveloppe d’essai",), **scenario.lists}
    return replace(scenario, people={**usual, **scenario.people}, lists=lists)


def script_to_json(scenario: Scenario) -> dict[str, Any]:
    """The scenario as the database keeps it; what was expected of it is left out."""
    return {
        "title": scenario.title,
        "start": scenario.start.isoformat() if scenario.start else "",
        "scheme": scenario.scheme,
        "organisation": dict(scenario.organisation),
        "people": {name: list(who) for name, who in scenario.people.items()},
        "lists": {name: list(lines) for name, lines in scenario.lists.items()},
        "envelopes": dict(scenario.envelopes),
        "filing": _move_to_json(scenario.filing) if scenario.filing else None,
        "moves": [_move_to_json(move) for move in scenario.moves],
    }


def script_from(kept: Mapping[str, Any]) -> Scenario:
    """The scenario as it was kept."""
    return Scenario(
        name=NAME,
        title=kept["title"],
        begin=None,
        start=date.fromisoformat(kept["start"]),
        scheme=kept["scheme"],
        organisation=kept["organisation"],
        people={name: tuple(who) for name, who in kept["people"].items()},
        lists={name: tuple(lines) for name, lines in kept["lists"].items()},
        envelopes=kept["envelopes"],
        filing=_move_from(kept["filing"], "dépôt") if kept["filing"] else None,
        moves=tuple(
            _move_from(move, f"mouvement {rank}") for rank, move in enumerate(kept["moves"], 1)
        ),
    )


def _move_to_json(move: ScenarioMove) -> dict[str, Any]:
    told = {name: getattr(move, name) for name in _PLAIN}
    told |= {name: dict(getattr(move, name)) for name in _TABLES}
    told["at"] = move.at.isoformat() if move.at else None
    return {name: value for name, value in told.items() if value not in (None, {})}


def _move_from(kept: Mapping[str, Any], place: str) -> ScenarioMove:
    given = {name: kept[name] for name in (*_PLAIN, *_TABLES) if name in kept}
    if "at" in kept:
        given["at"] = date.fromisoformat(kept["at"])
    return ScenarioMove(place=place, **given)
