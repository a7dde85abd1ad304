"""Which delays heard the same thing happen? Its day is corrected for all of them, or for none.

A request received earlier than it was entered moves every delay that starts when it is received.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.actions.clocks import Desk
from app.catalogue.contract import ClockSpec
from app.domain.events import EventKind
from app.domain.legal_clock.facts import ClockFact, FactKind
from app.models.base import table_of
from app.models.clock import RecordedFact

_FACTS = table_of(RecordedFact)
_FILED = (f"event:{EventKind.FILED.value}", None)


@dataclass(frozen=True)
class Heard:
    """A fact of one delay, and what the pack says made it."""

    spec: ClockSpec
    fact: ClockFact


def same_happening(
    desk: Desk, wrong: Heard, known: Mapping[str, Sequence[ClockFact]]
) -> Iterator[Heard]:
    """The facts of the other delays that came of the same thing and still stand."""
    source, entries = _sources(wrong), _entries(desk)
    entry = entries[wrong.spec.key, wrong.fact.rank]
    for spec in desk.type.pack.clocks:
        held = known.get(spec.key, ())
        if spec.key == wrong.spec.key:
            continue
        replaced = {one.replaces for one in held}
        for fact in held:
            heard = Heard(spec, fact)
            stands = fact.rank not in replaced and entries[spec.key, fact.rank] == entry
            if stands and source & _sources(heard):
                yield heard


def is_filing(heard: Heard) -> bool:
    """The fact is the day the request was received."""
    return heard.fact.kind is FactKind.START and _FILED in _sources(heard)


def _sources(heard: Heard) -> frozenset[tuple[str, str | None]]:
    """What may have made a fact, and where its day was read; nothing for what a person entered."""
    return frozenset(
        (one.on, one.date)
        for one in heard.spec.events
        if (one.does, one.cause) == (heard.fact.kind, heard.fact.cause) and one.anchor == "day"
    )


def _entries(desk: Desk) -> dict[tuple[str, int], int]:
    """(Delay, rank) → the journal entry that first told the fact, corrections put aside."""
    rows = desk.session.execute(
        select(_FACTS.c.clock, _FACTS.c.rank, _FACTS.c.seq, _FACTS.c.replaces)
        .where(_FACTS.c.dossier_id == desk.dossier_id)
        .order_by(_FACTS.c.clock, _FACTS.c.rank)
    )
    found: dict[tuple[str, int], int] = {}
    for row in rows:
        first = found.get((row.clock, row.replaces)) if row.replaces is not None else None
        found[row.clock, row.rank] = row.seq if first is None else first
    return found
