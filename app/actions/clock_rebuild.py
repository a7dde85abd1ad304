"""Where do the delays stand, found again from nothing but the journal and what was answered?

For dossiers filed before their type declared delays, after a dossier changes version or the
calendar of the house changes, and whenever one doubts.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from app.actions.clock_signals import Happened, facts_heard, signals_of
from app.actions.clocks import Desk, fact_row, follow, known_facts, numbered, rule_of, write
from app.domain.civil import civil_day
from app.domain.events import EventKind
from app.domain.legal_clock.duration import Duration, Unit
from app.domain.legal_clock.facts import ClockFact, FactKind
from app.domain.legal_clock.reckoning import reckon
from app.domain.status import FINAL
from app.models.base import table_of
from app.models.clock import DossierClock, RecordedFact
from app.models.dossier import Answer
from app.models.journal import JournalEntry
from app.models.people import Person
from app.queries.past_versions import Past, past_of

_FINAL = frozenset(status.value for status in FINAL)
_FACTS = table_of(RecordedFact)
_CLOCKS = table_of(DossierClock)


def reckon_again(desk: Desk) -> None:
    """Rewrite where each delay stands from its recorded facts: the calendar may have changed."""
    known = known_facts(desk.session, desk.dossier_id)
    kept = {clock.key for clock in desk.type.pack.clocks}
    desk.session.execute(delete(_CLOCKS).where(_CLOCKS.c.dossier_id == desk.dossier_id))
    follow(desk, {key: write(desk, key, facts) for key, facts in known.items() if key in kept})


def rebuild(desk: Desk) -> None:
    """Read the journal again from its first entry, and write every fact and delay anew."""
    rows = [
        fact_row(desk.dossier_id, key, fact, seq, by_id)
        for key, facts in derived(desk).items()
        for fact, seq, by_id in facts
    ]
    desk.session.execute(delete(_FACTS).where(_FACTS.c.dossier_id == desk.dossier_id))
    if rows:
        desk.session.execute(insert(_FACTS), rows)
    reckon_again(desk)


def adopt(desk: Desk) -> None:
    """The dossier follows another version: its recorded facts stand, under the new rules.

    Delays that version is the first to declare are found in the journal.
    """
    known = known_facts(desk.session, desk.dossier_id)
    new = [clock.key for clock in desk.type.pack.clocks if clock.key not in known]
    told = derived(desk) if new else {}
    rows = [
        fact_row(desk.dossier_id, key, fact, seq, by_id)
        for key in new
        for fact, seq, by_id in told.get(key, ())
    ]
    if rows:
        desk.session.execute(insert(_FACTS), rows)
    reckon_again(desk)


Derived = dict[str, list[tuple[ClockFact, int, UUID | None]]]


def derived(desk: Desk) -> Derived:
    """The facts the journal tells, by delay: each with its entry, and who entered it."""
    found: Derived = {}
    past = past_of(desk.session, desk.dossier_id, desk.type.definition_id)
    ended = False
    for entry, name in _entries(desk):
        by_id = entry.actor_id if entry.kind == EventKind.CLOCK_CHANGED else None
        together: dict[str, list[ClockFact]] = {}
        for key, fact in _told(desk, past, entry, name):
            together.setdefault(key, []).append(fact)
        for key, facts in together.items():
            held = found.setdefault(key, [])
            fresh = numbered([fact for fact, *_ in held], facts)
            held += [(fact, entry.seq, by_id) for fact in fresh]
        if not ended and entry.body.get("status") in _FINAL:
            ended = True
            _end(desk, entry, found)
    return {key: facts for key, facts in found.items() if facts}


def _entries(desk: Desk) -> list[tuple[JournalEntry, str]]:
    rows = desk.session.execute(
        select(JournalEntry, Person.name)
        .outerjoin(Person, Person.id == JournalEntry.actor_id)
        .where(JournalEntry.dossier_id == desk.dossier_id)
        .order_by(JournalEntry.seq)
    )
    return [(entry, name or "") for entry, name in rows]


def _told(
    desk: Desk, past: Past, entry: JournalEntry, name: str
) -> Iterator[tuple[str, ClockFact]]:
    kind = EventKind(entry.kind)
    if kind is EventKind.CLOCK_CHANGED:
        known = {clock.key for clock in desk.type.pack.clocks}
        if entry.body["clock"] in known:
            yield entry.body["clock"], _by_hand(entry, name)
        return
    # What the version followed now listens to is named as that version names it.
    now = partial(past.name_now, place=past.place(entry.seq))
    opened = [now(str(step)) for step, *_ in entry.body.get("opened", ())]
    passed = [now(node) for node in entry.body.get("passed", ())]
    signals = signals_of(kind, now(entry.step) if entry.step else None, passed, opened)
    heard = tuple(one for one in signals if one in desk.type.pack.clock_watch)
    if heard:
        answers = _answers(desk, entry) if kind is EventKind.COMPLETED else {}
        happened = Happened(heard, entry.at, answers, desk.dossier_facts)
        yield from facts_heard(desk.type.pack, desk.calendar, happened)


def _answers(desk: Desk, entry: JournalEntry) -> Mapping[str, Any]:
    found = desk.session.scalar(
        select(Answer.data).where(
            Answer.dossier_id == desk.dossier_id,
            Answer.step == entry.step,
            Answer.round == entry.body.get("round", 1),
        )
    )
    return found or {}


def _by_hand(entry: JournalEntry, name: str) -> ClockFact:
    body, said = entry.body, entry.personal or {}
    extra = body.get("extra")
    return ClockFact(
        kind=FactKind(body["fact"]),
        on=date.fromisoformat(body["on"]),
        recorded_at=entry.at,
        rank=0,
        cause=str(body.get("cause") or said.get("reason", "")),
        by=name,
        key=str(body.get("key", "")),
        until=date.fromisoformat(body["until"]) if body.get("until") else None,
        extra=Duration(extra[0], Unit(extra[1])) if extra else None,
        replaces=body.get("replaces"),
    )


def _end(desk: Desk, entry: JournalEntry, found: Derived) -> None:
    """The dossier ended: what was still running has no object any more."""
    status = next(one for one in FINAL if one.value == entry.body["status"])
    cause = f"fin du dossier ({str(desk.type.pack.status(status).label).lower()})"
    for key, facts in found.items():
        rule = rule_of(desk.type.pack.clock(key), desk.type, desk.dossier_facts)
        stands = reckon(rule, [fact for fact, *_ in facts], desk.calendar) if rule else None
        if stands is not None and stands.run is not None and stands.ended is None:
            day = civil_day(entry.at)
            void = ClockFact(FactKind.VOID, day, entry.at, len(facts), cause)
            facts.append((void, entry.seq, None))
