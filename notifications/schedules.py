"""Which ladders of reminders exist? Those of `schedules.toml`, read and checked once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain.ladder import Ladder, Rung
from notifications.audience import AUDIENCES
from notifications.render import mail_names

PLACE = Path(__file__).with_name("schedules.toml")
_RUNG_KEYS = {"key", "days", "months", "mail", "to"}


class ScheduleRefused(ValueError):
    """The schedule names an audience, a mail or a key that does not exist."""


def load_ladders(path: Path = PLACE) -> Mapping[str, Ladder]:
    """The ladders by name. Refuses ScheduleRefused."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: _ladder(name, table) for name, table in raw.items()}


def _ladder(name: str, table: Mapping[str, Any]) -> Ladder:
    rungs = tuple(_rung(name, row) for row in table["rungs"])
    if len({rung.key for rung in rungs}) != len(rungs):
        raise ScheduleRefused(f"{name}: two rungs have the same key")
    return Ladder(name, rungs)


def _rung(ladder: str, row: Mapping[str, Any]) -> Rung:
    place = f"{ladder}.{row.get('key', '?')}"
    if unknown := set(row) - _RUNG_KEYS:
        raise ScheduleRefused(f"{place}: unknown keys {sorted(unknown)}")
    rung = Rung(**row)
    if rung.to not in AUDIENCES:
        raise ScheduleRefused(f"{place}: nobody is called {rung.to}")
    if rung.mail not in mail_names():
        raise ScheduleRefused(f"{place}: no mail is called {rung.mail}")
    return rung
