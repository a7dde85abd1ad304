"""What makes a delay run, stop, restart or end? Facts, each with its day, its cause and its author.

A fact has two times: the day it takes effect, and the instant somebody recorded it. A late fact
is recorded after its day; a correction replaces a fact recorded with a wrong day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.legal_clock.duration import Duration


class FactKind(StrEnum):
    """What a fact does to a delay."""

    START = "start"  #: It begins to run
    SUSPEND = "suspend"  #: It stops counting, until a day or until it is resumed
    RESUME = "resume"  #: It counts again, where it was
    RESET = "reset"  #: It begins again from zero
    EXTEND = "extend"  #: It is given more time, with a motive
    STOP = "stop"  #: What was awaited is done
    VOID = "void"  #: Nothing is awaited any more: the dossier ended otherwise


@dataclass(frozen=True, slots=True)
class ClockFact:
    """One thing that matters to one delay."""

    kind: FactKind
    #: The civil day it takes effect, in Paris.
    on: date
    #: When it was recorded, and its place among what was recorded.
    recorded_at: datetime
    rank: int
    #: In French, without a capital: « demande reçue », « pièces demandées ».
    cause: str = ""
    #: Who recorded it; empty for the house itself.
    by: str = ""
    #: Names the suspension, so that a resumption ends that one; empty ends them all.
    key: str = ""
    #: SUSPEND: the day it resumes even if nothing came. EXTEND: the new due day, as decided.
    until: date | None = None
    #: EXTEND: how much is added.
    extra: Duration | None = None
    #: The rank of the fact this one replaces: it was recorded with a wrong day.
    replaces: int | None = None


def standing_facts(
    facts: Iterable[ClockFact], *, known_at: datetime | None = None
) -> list[ClockFact]:
    """The facts that hold, in order of effect: what was replaced is out.

    With `known_at`, as they were known at that instant: what was recorded later is ignored.
    """
    known = [one for one in facts if known_at is None or one.recorded_at <= known_at]
    replaced = {one.replaces for one in known}
    holding = [one for one in known if one.rank not in replaced]
    return sorted(holding, key=lambda one: (one.on, one.rank))
