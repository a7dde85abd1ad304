"""How is a scripted dossier written? A day, answers step by step, and what must then be true.

A scenario may begin as another file says (`begin = "parts/examined.toml"`): what they share is
written once, under `scenarios/parts/`, which is never played on its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.catalogue.contract import Problem
from app.catalogue.reading import Table, read_toml

SCENARIOS = "scenarios/"
PARTS = "scenarios/parts/"
FORMAT = 1


@dataclass(frozen=True)
class Expected:
    """What must be true after a move; None means « whatever »."""

    open: tuple[str, ...] | None = None
    status: str | None = None
    completed: bool | None = None
    mails: tuple[str, ...] | None = None
    pieces: tuple[str, ...] | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    amounts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ScenarioMove:
    """One thing that happens: time passes, a step is completed, a message or an event arrives."""

    place: str
    at: date | None = None
    step: str | None = None
    item: str | None = None
    by: str | None = None
    message: str | None = None
    event: str | None = None
    service: str | None = None
    error: str | None = None
    answers: Mapping[str, object] = field(default_factory=dict)
    payload: Mapping[str, object] = field(default_factory=dict)
    sets: Mapping[str, object] = field(default_factory=dict)
    refused: str | None = None
    expect: Expected = Expected()


@dataclass(frozen=True)
class Scenario:
    """A dossier played from its filing to its end."""

    name: str
    title: str
    begin: str | None
    start: date | None
    scheme: str
    organisation: Mapping[str, object]
    people: Mapping[str, tuple[str, ...]]
    lists: Mapping[str, tuple[str, ...]]
    envelopes: Mapping[str, str]
    filing: ScenarioMove | None
    moves: tuple[ScenarioMove, ...]


def read_scenario(name: str, data: bytes, problems: list[Problem]) -> Scenario | None:
    """The scenario of that file as far as it can be understood."""
    raw = read_toml(data, name, problems)
    if raw is None:
        return None
    top = Table(raw, name, problems)
    if top.number("format") != FORMAT:
        top.refuse(f"«\u00a0format\u00a0» doit valoir {FORMAT}, seule version connue.")
    filing = top.table("file", f"{name}, dépôt")
    start = _day(top, "start")
    title = top.string("title", required=True)
    scenario = Scenario(
        name=name,
        title=title,
        begin=top.optional("begin"),
        start=start,
        scheme=top.string("scheme"),
        organisation=_plain(top, "organisation"),
        people=_lists(top, "people"),
        lists=_lists(top, "lists"),
        envelopes=top.mapping("envelopes"),
        filing=_move(filing, "dépôt") if filing else None,
        moves=tuple(
            _move(table, f"mouvement {rank}")
            for rank, table in enumerate(top.rows("moves", "mouvement"), start=1)
        ),
    )
    top.finish()
    return scenario


def whole_scenario(
    name: str, files: Mapping[str, bytes], problems: list[Problem]
) -> Scenario | None:
    """The scenario with everything it begins with; None when something lacks."""
    scenario = read_scenario(name, files[name], problems)
    seen = {name}
    while scenario is not None and scenario.begin is not None:
        earlier = SCENARIOS + scenario.begin
        if earlier not in files or earlier in seen:
            problems.append(Problem(name, f"le début «\u00a0{scenario.begin}\u00a0» manque."))
            return None
        seen.add(earlier)
        before = read_scenario(earlier, files[earlier], problems)
        scenario = None if before is None else _after(before, scenario)
    if scenario is not None and (scenario.start is None or scenario.filing is None):
        sentence = "il faut un jour de dépôt (start) et une demande (file)."
        problems.append(Problem(name, sentence))
        return None
    return scenario


def _after(before: Scenario, later: Scenario) -> Scenario:
    """One scenario played after the other; what the later one says wins."""
    return replace(
        later,
        begin=before.begin,
        start=later.start or before.start,
        scheme=later.scheme or before.scheme,
        organisation={**before.organisation, **later.organisation},
        people={**before.people, **later.people},
        lists={**before.lists, **later.lists},
        envelopes={**before.envelopes, **later.envelopes},
        filing=later.filing or before.filing,
        moves=before.moves + later.moves,
    )


def _move(table: Table, place: str) -> ScenarioMove:
    step = table.optional("step")
    move = ScenarioMove(
        place=f"{place} ({step})" if step else place,
        at=_day(table, "at"),
        step=step,
        item=table.optional("item"),
        by=table.optional("by"),
        message=table.optional("message"),
        event=table.optional("event"),
        service=table.optional("service"),
        error=table.optional("error"),
        answers=_plain(table, "answers"),
        payload=_plain(table, "payload"),
        sets=_plain(table, "sets"),
        refused=table.optional("refused"),
        expect=_expected(table),
    )
    table.finish()
    return move


def _expected(table: Table) -> Expected:
    inner = table.table("expect", f"{table.place}, attendu")
    if inner is None:
        return Expected()
    expected = Expected(
        open=inner.strings("open") if inner.has("open") else None,
        status=inner.optional("status"),
        completed=inner.flag("completed") if inner.has("completed") else None,
        mails=inner.strings("mails") if inner.has("mails") else None,
        pieces=inner.strings("pieces") if inner.has("pieces") else None,
        variables=_plain(inner, "variables"),
        facts=_plain(inner, "facts"),
        amounts=inner.mapping("amounts"),
    )
    inner.finish()
    return expected


def _day(table: Table, key: str) -> date | None:
    table.read.add(key)
    found = table.raw.get(key)
    if found is None or (isinstance(found, date) and not isinstance(found, datetime)):
        return found
    table.refuse(f"«\u00a0{key}\u00a0» doit être un jour, écrit 2026-03-20 sans guillemets.")
    return None


def _plain(table: Table, key: str) -> dict[str, object]:
    """A table of JSON-like values; days become ISO texts."""
    table.read.add(key)
    found = table.raw.get(key, {})
    if not isinstance(found, dict):
        table.refuse(f"«\u00a0{key}\u00a0» doit être une table.")
        return {}
    return {name: _iso(value) for name, value in found.items()}


def _iso(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_iso(one) for one in value]
    if isinstance(value, dict):
        return {name: _iso(one) for name, one in value.items()}
    return str(value) if isinstance(value, float) else value


def _lists(table: Table, key: str) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(str(one) for one in values)
        for name, values in _plain(table, key).items()
        if isinstance(values, list)
    }
