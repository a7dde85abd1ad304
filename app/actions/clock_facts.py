"""What may an officer enter of a delay? A late fact, a correction, a suspension, an extension."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.actions import hold as holds
from app.actions.clock_siblings import Heard, is_filing, same_happening
from app.actions.clocks import Desk, follow, keep, known_facts, rule_of
from app.actions.console import Console
from app.actions.hold import Hold
from app.actions.journal import Entry, record
from app.catalogue.contract import ClockSpec
from app.catalogue.published import DossierType
from app.domain.actor import Actor
from app.domain.civil import PARIS, civil_day
from app.domain.errors import NotAllowed, NotFound
from app.domain.events import EventKind
from app.domain.legal_clock.duration import Duration
from app.domain.legal_clock.facts import ClockFact, FactKind
from app.domain.legal_clock.reckoning import Reckoning, Refused, reckon
from app.domain.legal_clock.refusals import (
    ExtensionRefused,
    ExtensionWithoutLength,
    FactChangesNothing,
    FactInTheFuture,
    FactNotAllowed,
    FactTooEarly,
    FactWithoutReason,
    SuspensionWithoutEnd,
)
from app.domain.legal_clock.rule import ClockRule
from app.domain.legal_clock.wording import REFUSALS
from app.domain.permissions import Permission
from app.models.dossier import Dossier

_LONGEST_REASON = 500
_EARLIEST = timedelta(days=365)


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to enter of one delay."""

    clock: str
    kind: FactKind
    on: date
    reason: str
    #: Suspension: the day it resumes.
    until: date | None = None
    #: Extension: how many units of the delay's own.
    count: int | None = None
    #: Correction: the rank of the fact that has the wrong day.
    replaces: int | None = None


@dataclass(frozen=True)
class Changed:
    """What the fact changed: the due day before, and after."""

    clock: str
    title: str
    before: date | None
    after: date | None
    #: Titles of the other delays that heard the same thing, corrected with it.
    others: tuple[str, ...] = ()


def enter(
    session: Session,
    console: Console,
    actor: Actor,
    dossier_id: UUID,
    wanted: Wanted,
    *,
    now: datetime,
) -> Changed:
    """Enter one fact; the delay is reckoned again and the tasks that depend on it follow.

    A corrected day is corrected for every delay that heard the same thing. Refuses NotAllowed,
    NotFound, FactNotAllowed, FactInTheFuture, FactTooEarly, FactWithoutReason,
    SuspensionWithoutEnd, ExtensionWithoutLength, ExtensionRefused, FactChangesNothing.
    """
    if not actor.may(Permission.KEEP_CLOCKS):
        raise NotAllowed
    hold = holds.take(session, dossier_id)
    dossier = session.get_one(Dossier, dossier_id, populate_existing=True)
    type_ = console.types.get(session, hold.definition_id)
    desk = Desk(session, console, type_, dossier_id, dossier.facts, now)
    spec = _spec(desk, wanted.clock)
    every = known_facts(session, dossier_id)
    known = every.get(spec.key, [])
    fact = _fact(spec, known, wanted, actor, now=now)
    _check(spec, wanted, fact, filed=civil_day(dossier.filed_at or now), today=civil_day(now))
    wrong = next((one for one in known if one.rank == fact.replaces), None)
    others = list(same_happening(desk, Heard(spec, wrong), every)) if wrong is not None else []
    others = [one for one in others if one.fact.on != fact.on]
    before, after = _compared(rule_of(spec, type_, dossier.facts), known, fact, desk)
    if _same(before, after) and not others:
        raise FactChangesNothing
    if wrong is not None and is_filing(Heard(spec, wrong)):
        _file_on(dossier, desk.type, fact.on)
    writing = _Writing(desk, hold, actor, wanted.reason.strip())
    writing.write(Heard(spec, fact), before, after)
    for one in others:
        held = every[one.spec.key]
        moved = _moved(one.fact, wanted.on, actor, now=now, rank=len(held))
        rule = rule_of(one.spec, type_, dossier.facts)
        if rule is not None:
            old, new = (reckon(rule, facts, desk.calendar) for facts in (held, [*held, moved]))
            writing.write(Heard(one.spec, moved), old, new)
    titles = tuple(one.spec.title.fr for one in others)
    return Changed(spec.key, spec.title.fr, before.due, after.due, titles)


@dataclass(frozen=True)
class _Writing:
    """What one person enters of one dossier, and why."""

    desk: Desk
    hold: Hold
    actor: Actor
    reason: str

    def write(self, heard: Heard, before: Reckoning, after: Reckoning) -> None:
        """One fact, what comes of it, and its line of history."""
        spec, fact, desk = heard.spec, heard.fact, self.desk
        body = {
            "clock": spec.key,
            "fact": fact.kind.value,
            "on": fact.on.isoformat(),
            "until": fact.until.isoformat() if fact.until else None,
            "extra": [fact.extra.count, fact.extra.unit.value] if fact.extra else None,
            "replaces": fact.replaces,
            "key": fact.key,
            # What a correction repeats is the pack's own words, and not personal.
            "cause": fact.cause if fact.replaces is not None else None,
            "before": before.due.isoformat() if before.due else None,
            "after": after.due.isoformat() if after.due else None,
        }
        personal = {"actor": self.actor.name, "reason": self.reason}
        by_id = self.actor.person_id
        due = keep(desk, [(spec.key, fact)], seq=self.hold.next_seq, by_id=by_id)
        follow(desk, due)
        entry = Entry(EventKind.CLOCK_CHANGED, body=body, personal=personal)
        record(desk.session, self.hold, self.actor, entry, now=desk.now)


def _file_on(dossier: Dossier, type_: DossierType, day: date) -> None:
    """The dossier was filed that day, whatever hour: lists, pages and mails say so."""
    dossier.filed_at = datetime.combine(day, time.min, PARIS)
    first = type_.pack.phases[0].key if type_.pack.phases else ""
    if first in dossier.phase_dates:
        dossier.phase_dates = {**dossier.phase_dates, first: day.isoformat()}


def _spec(desk: Desk, key: str) -> ClockSpec:
    applicant = desk.dossier_facts.get("applicant_type")
    for clock in desk.type.pack.clocks:
        if clock.key == key and clock.concerns(applicant):
            return clock
    raise NotFound


def _fact(
    spec: ClockSpec, known: list[ClockFact], wanted: Wanted, actor: Actor, *, now: datetime
) -> ClockFact:
    """The fact as it will be recorded. Refuses NotFound, FactNotAllowed."""
    reason = wanted.reason.strip()[:_LONGEST_REASON]
    if wanted.replaces is not None:
        wrong = next((one for one in known if one.rank == wanted.replaces), None)
        if wrong is None or any(one.replaces == wanted.replaces for one in known):
            raise NotFound
        return _moved(wrong, wanted.on, actor, now=now, rank=len(known))
    if wanted.kind is not FactKind.EXTEND and wanted.kind not in spec.by_hand:
        raise FactNotAllowed
    extra = None
    if wanted.kind is FactKind.EXTEND:
        if spec.extension_unit is None:
            raise FactNotAllowed
        if not wanted.count or wanted.count < 1:
            raise ExtensionWithoutLength
        extra = Duration(wanted.count, spec.extension_unit)
    return ClockFact(
        wanted.kind, wanted.on, now, len(known), reason, actor.name,
        key=f"hand:{len(known)}" if wanted.kind is FactKind.SUSPEND else "",
        until=wanted.until if wanted.kind is FactKind.SUSPEND else None,
        extra=extra,
    )  # fmt: skip


def _moved(wrong: ClockFact, on: date, actor: Actor, *, now: datetime, rank: int) -> ClockFact:
    """The same fact on its true day."""
    return replace(
        wrong, on=on, until=_moved_term(wrong, on), recorded_at=now, by=actor.name,
        rank=rank, replaces=wrong.rank,
    )  # fmt: skip


def _moved_term(wrong: ClockFact, on: date) -> date | None:
    """The time given keeps its length when the day it was given on is corrected."""
    if wrong.kind is not FactKind.SUSPEND or wrong.until is None:
        return wrong.until
    return on + (wrong.until - wrong.on)


def _check(
    spec: ClockSpec, wanted: Wanted, fact: ClockFact, *, filed: date, today: date
) -> None:
    if not wanted.reason.strip():
        raise FactWithoutReason
    if fact.on > today and fact.replaces is None:
        raise FactInTheFuture
    if fact.on > today and not _may_be_later(spec):
        raise FactInTheFuture
    if fact.on < filed - _EARLIEST:
        raise FactTooEarly
    if fact.kind is FactKind.SUSPEND and (fact.until is None or fact.until <= fact.on):
        raise SuspensionWithoutEnd


def _may_be_later(spec: ClockSpec) -> bool:
    """The end of a year is known before it comes."""
    return any(event.anchor == "year_end" for event in spec.events)


def _compared(
    rule: ClockRule | None, known: list[ClockFact], fact: ClockFact, desk: Desk
) -> tuple[Reckoning, Reckoning]:
    """The delay without the fact and with it. Refuses ExtensionRefused, FactChangesNothing."""
    if rule is None:
        raise NotFound
    before = reckon(rule, known, desk.calendar)
    after = reckon(rule, [*known, fact], desk.calendar)
    for refused, why in after.refused:
        if refused.rank == fact.rank:
            most = rule.longest_extension if why is Refused.TOO_LONG else None
            raise ExtensionRefused(why=REFUSALS[why] + (f" ({most})" if most else ""))
    wrong = next((one for one in known if one.rank == fact.replaces), None)
    if wrong is not None and wrong.on == fact.on:
        raise FactChangesNothing
    return before, after


def _same(before: Reckoning, after: Reckoning) -> bool:
    kept = (before.due, before.pauses, before.ended, before.run)
    return kept == (after.due, after.pauses, after.ended, after.run)
