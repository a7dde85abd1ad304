"""What is a draft worth? Its problems, its scenarios played, the ways nobody takes: one report, kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.catalogue.check import check_pack
from app.catalogue.contract import Problem
from app.catalogue.house import House
from app.catalogue.rehearse import Played, Rehearsal, rehearse_pack
from app.domain.errors import Refusal

#: Sentences kept of each kind: a broken pack may have thousands, nobody reads them.
MOST = 200


@dataclass(frozen=True)
class Performance:
    """One scenario, once played."""

    name: str
    title: str
    moves: int
    ended_on: str  #: ISO day
    status: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Report:
    """What the examination of a draft found."""

    problems: tuple[Problem, ...] = ()
    performances: tuple[Performance, ...] = ()
    #: What is wrong with the scenarios besides what each of them met.
    others: tuple[Problem, ...] = ()
    flows: int = 0
    missing: tuple[str, ...] = ()  #: Flows of the drawing no scenario takes
    #: Why the examination itself could not be brought to its end; empty when it was.
    stopped: str = ""

    @property
    def is_sound(self) -> bool:
        """It may be published: nothing to say, every scenario green, and there is at least one."""
        return not (self.stopped or self.problems or self.failures) and bool(self.performances)

    @property
    def failures(self) -> tuple[Problem, ...]:
        """Everything that went wrong in the scenarios."""
        return (*(one for played in self.performances for one in played.problems), *self.others)

    def as_json(self) -> dict[str, Any]:
        """The form kept in the database."""
        return asdict(self)


def report_from(kept: Mapping[str, Any]) -> Report:
    """The report as it was kept."""
    return Report(
        problems=_problems(kept["problems"]),
        performances=tuple(
            Performance(**{**one, "problems": _problems(one["problems"])})
            for one in kept["performances"]
        ),
        others=_problems(kept["others"]),
        flows=kept["flows"],
        missing=tuple(kept["missing"]),
        stopped=kept["stopped"],
    )


def examine(files: Mapping[str, bytes], house: House) -> Report:
    """Check the pack, then play its scenarios when nothing stands in the way.

    It runs what a stranger wrote: call it in a process of its own (examining.py).
    """
    problems = tuple(check_pack(files, house)[:MOST])
    if problems:
        return Report(problems=problems)
    try:
        rehearsal = rehearse_pack(files)
    except Refusal as refusal:
        return Report(others=(Problem("scénarios", refusal.message),))
    return _report(rehearsal)


def _report(rehearsal: Rehearsal) -> Report:
    told = {problem for played in rehearsal.played for problem in played.problems}
    return Report(
        performances=tuple(_performance(one) for one in rehearsal.played),
        others=tuple(one for one in rehearsal.problems if one not in told)[:MOST],
        flows=rehearsal.flows,
        missing=rehearsal.missing,
    )


def _performance(played: Played) -> Performance:
    return Performance(
        name=played.name,
        title=played.title,
        moves=played.moves,
        ended_on=played.ended_on.isoformat() if played.ended_on > date.min else "",
        status=played.status,
        problems=played.problems[:MOST],
    )


def _problems(kept: list[dict[str, str]]) -> tuple[Problem, ...]:
    return tuple(Problem(one["place"], one["sentence"]) for one in kept)
