"""Which ladders of reminders exist? Those of `schedules.toml`, read and checked once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from app.catalogue.contract import Problem
from app.catalogue.ladders import read_ladder
from app.catalogue.reading import Table
from app.domain.ladder import Ladder
from notifications.render import mail_names

PLACE = Path(__file__).with_name("schedules.toml")


class ScheduleRefused(ValueError):
    """The schedule names an audience, a mail or a key that does not exist."""


def load_ladders(path: Path = PLACE) -> Mapping[str, Ladder]:
    """The ladders by name. Refuses ScheduleRefused."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    problems: list[Problem] = []
    top = Table({"ladders": raw}, path.name, problems)
    ladders = {name: read_ladder(name, one) for name, one in top.named("ladders", "échelle")}
    known = set(mail_names())
    problems += [
        Problem(
            f"{path.name}, échelle {name}",
            f"le courriel «\u00a0{rung.mail}\u00a0» n’existe pas.",
        )
        for name, ladder in ladders.items()
        for rung in ladder.rungs
        if rung.mail not in known
    ]
    if problems:
        raise ScheduleRefused("\n".join(map(str, problems)))
    return ladders
