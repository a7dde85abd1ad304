"""How does a trial become a scenario of the pack? Written as TOML, with what it must end as."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date

from app.catalogue.scenario import FORMAT, ScenarioMove
from app.catalogue.trial.playing import TrialPlayer

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def scenario_text(player: TrialPlayer, title: str) -> str:
    """The file to put in the `scenarios/` of the pack; what it ends as is what it must end as."""
    scenario = player.scenario
    lines = [
        f"format = {FORMAT}",
        f"title = {_value(title)}",
        f"start = {scenario.start.isoformat() if scenario.start else ''}",
    ]
    if scenario.scheme:
        lines.append(f"scheme = {_value(scenario.scheme)}")
    for name in ("organisation", "people", "lists", "envelopes"):
        lines += _table(name, getattr(scenario, name))
    moves = [("file", scenario.filing)] if scenario.filing else []
    rows = [*moves, *(("moves", move) for move in scenario.moves)]
    for rank, (name, move) in enumerate(rows, start=1):
        lines += ["", f"[{name}]" if name == "file" else f"[[{name}]]", *_move(move, name)]
        if rank == len(rows):
            lines += [f"[{name}.expect]", *_ending(player)]
    return "\n".join([*lines, ""])


def _move(move: ScenarioMove, name: str) -> Iterator[str]:
    if move.at is not None:
        yield f"at = {move.at.isoformat()}"
    for key in ("step", "item", "by", "message", "event", "service", "error"):
        if getattr(move, key) is not None:
            yield f"{key} = {_value(getattr(move, key))}"
    for key in ("answers", "payload", "sets"):
        given = {k: v for k, v in getattr(move, key).items() if v is not None}
        if given:
            yield f"[{name}.{key}]"
            yield from (f"{_key(k)} = {_value(v)}" for k, v in given.items())


def _ending(player: TrialPlayer) -> Iterator[str]:
    yield f"open = {_value(sorted(one.step for one in player.open_steps))}"
    yield f"status = {_value(player.status)}"
    if player.is_over:
        yield "completed = true"
    yield f"mails = {_value(sorted(player.mails))}"


def _table(name: str, given: Mapping[str, object]) -> list[str]:
    if not given:
        return []
    return [
        "",
        f"[{name}]",
        *(f"{_key(key)} = {_value(value)}" for key, value in given.items()),
    ]


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: object) -> str:
    """A JSON value in TOML's writing; a day is written as a day."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, Mapping):
        inner = ", ".join(
            f"{_key(str(k))} = {_value(v)}" for k, v in value.items() if v is not None
        )
        return f"{{ {inner} }}"
    text = str(value)
    return text if _is_day(text) else _text(text)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return bool(_DAY.fullmatch(text))


def _text(text: str) -> str:
    # TOML's basic strings read JSON's escapes; DEL alone must be escaped besides.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
