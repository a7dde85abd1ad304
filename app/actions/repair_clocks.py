"""What becomes of the delays of a dossier that is repaired? Those that change, those that will not."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app.actions.clock_signals import listening
from app.actions.movement import Move
from app.actions.repair_jumps import Unheard
from app.catalogue.contract import ClockEvent, ClockSpec
from app.catalogue.naming import node_name
from app.domain.legal_clock.facts import FactKind
from app.models.base import Json, table_of
from app.models.clock import DossierClock

_CLOCKS = table_of(DossierClock)
#: What is worth saying of a delay that runs; one that does not run can only begin.
_RUNNING = frozenset(
    {FactKind.STOP, FactKind.VOID, FactKind.SUSPEND, FactKind.RESUME, FactKind.RESET}
)


def clocks_of(move: Move) -> dict[str, Json]:
    """Where each delay of the dossier stands, by key, as a plan keeps it."""
    rows = move.session.execute(
        select(
            _CLOCKS.c.clock,
            _CLOCKS.c.title,
            _CLOCKS.c.started_on,
            _CLOCKS.c.due_on,
            _CLOCKS.c.ended_on,
            _CLOCKS.c.paused_from,
            _CLOCKS.c.paused_until,
        )
        .where(_CLOCKS.c.dossier_id == move.dossier.id)
        .order_by(_CLOCKS.c.clock)
    )
    return {
        row.clock: {
            "title": row.title,
            "started": _day(row.started_on),
            "due": _day(row.due_on),
            "ended": _day(row.ended_on),
            "is_paused": _is_paused(row.paused_from, row.paused_until, move.today),
        }
        for row in rows
    }


def not_told(move: Move, lost: Unheard, clocks: Mapping[str, Json]) -> list[Json]:
    """What the delays will not be told, one line a delay and an effect, in the order of the diagram.

    `clocks` is where they stand once the repair is done.
    """
    applicant = move.dossier.facts.get("applicant_type")
    found: dict[tuple[str, str], Json] = {}
    for signal in lost.signals:
        for spec, event in listening(move.type.pack, signal, applicant):
            key = (spec.key, event.does.value)
            if key not in found and _matters(event, clocks.get(spec.key)):
                found[key] = {
                    "title": spec.title.fr,
                    "does": event.does.value,
                    "step": node_name(move.type, event.subject),
                    "due": (clocks.get(spec.key) or {}).get("due"),
                    "may_come": _may_come(spec, event, lost),
                }
    return list(found.values())


def _matters(event: ClockEvent, clock: Json | None) -> bool:
    runs = clock is not None and clock["ended"] is None
    if event.does is FactKind.RESUME:
        return runs and clock is not None and bool(clock["is_paused"])
    return event.does in _RUNNING if runs else event.does is FactKind.START


def _may_come(spec: ClockSpec, event: ClockEvent, lost: Unheard) -> bool:
    """Something still ahead may have the same effect."""
    return any(one.does is event.does and one.on in lost.awaited for one in spec.events)


def _is_paused(first: date | None, last: date | None, today: date) -> bool:
    return first is not None and first <= today and (last is None or today <= last)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
