"""How is a delay shown? Its date, how far it has run, why that day, and what may be done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.catalogue.contract import ClockSpec
from app.catalogue.pack import Pack
from app.domain.legal_clock.duration import Duration
from app.domain.legal_clock.facts import FactKind
from app.domain.legal_clock.reckoning import ClockState
from app.domain.legal_clock.rule import Basis
from app.models.clock import DossierClock
from app.models.dossier import Dossier
from app.queries.legal_clocks import Recorded, clocks_of, facts_of, state_of
from app.web.words import _, ngettext

#: Width of the drawn bar, in units of its own.
WIDTH = 1000
#: What is shown of the days to come when nobody knows the end.
_UNKNOWN = timedelta(days=30)


@dataclass(frozen=True)
class Bar:
    """The life of a delay on one line, from 0 to 1000."""

    #: (where it begins, how long it is, what it is: run, left, paused, over)
    parts: tuple[tuple[int, int, str], ...]
    today: int | None
    due: int | None


@dataclass(frozen=True)
class Line:
    """One delay, as its page shows it."""

    clock: DossierClock
    spec: ClockSpec
    state: ClockState
    #: Days until the due day; negative once it has passed.
    left: int | None
    bar: Bar
    facts: Sequence[Recorded]

    @property
    def is_open(self) -> bool:
        """Something is still awaited."""
        return self.clock.ended_on is None

    @property
    def is_missed(self) -> bool:
        """A day we had promised has passed: it is not promised again.

        What the law draws from a day stays true once that day has passed.
        """
        is_ours = self.spec.whose == "administration" and self.clock.basis is Basis.AID_RULES
        return is_ours and self.is_open and self.left is not None and self.left < 0

    @property
    def sentences(self) -> list[str]:
        """Why that day."""
        return list(self.clock.explanation.get("sentences", ()))

    @property
    def by_hand(self) -> list[FactKind]:
        """What may be entered now: nothing is resumed that does not wait."""
        found = list(self.spec.by_hand) if self.is_open else []
        if self.state is not ClockState.SUSPENDED and FactKind.RESUME in found:
            found.remove(FactKind.RESUME)
        if self.state is ClockState.SUSPENDED and FactKind.SUSPEND in found:
            found.remove(FactKind.SUSPEND)
        return found

    @property
    def extension(self) -> Duration | None:
        """How much may still be added, at most; None when it may not be extended."""
        most, given = self.spec.rule.longest_extension, self._given
        used = sum(given)
        may = self.state in (ClockState.RUNNING, ClockState.SUSPENDED)
        if most is None or not may or len(given) >= self.spec.rule.most_extensions:
            return None
        return Duration(most.count - used, most.unit) if used < most.count else None

    @property
    def no_extension(self) -> str:
        """Why a delay that may be extended no longer can; empty when it still can, or never could."""
        most, given = self.spec.rule.longest_extension, self._given
        if most is None or not self.is_open or self.extension is not None:
            return ""
        if self.state is ClockState.EXPIRED:
            return _("Ce délai a expiré : il ne peut plus être prorogé.")
        used = Duration(sum(given), most.unit)
        if used.count >= most.count:
            return _("Déjà prorogé de %(used)s, le maximum permis.", used=used)
        return ngettext(
            "Déjà prorogé de %(used)s sur %(most)s : une seule prorogation est permise.",
            "Déjà prorogé de %(used)s sur %(most)s : %(num)s prorogations sont permises.",
            self.spec.rule.most_extensions,
            used=used,
            most=most.count,
        )

    @property
    def _given(self) -> list[int]:
        """What each extension that holds added."""
        return [
            one.fact.extra_count
            for one in self.facts
            if one.fact.kind is FactKind.EXTEND and one.fact.extra_count and not one.is_replaced
        ]


def lines_of(session: Session, dossier: Dossier, pack: Pack, today: date) -> list[Line]:
    """Every delay of a dossier, open ones first, the most pressing on top."""
    facts = facts_of(session, dossier.id)
    specs = {clock.key: clock for clock in pack.clocks}
    return [
        _line(clock, specs[clock.clock], facts.get(clock.clock, []), today)
        for clock in clocks_of(session, dossier.id)
        if clock.clock in specs
    ]


def pressing(session: Session, dossier: Dossier, pack: Pack, today: date) -> list[Line]:
    """The delays under way, for the short card beside a dossier."""
    return [one for one in lines_of(session, dossier, pack, today) if one.is_open]


def by_basis(lines: Sequence[Line]) -> Mapping[Basis, list[Line]]:
    """Open delays: those of the law, then those of the aid rules."""
    return {
        basis: [one for one in lines if one.is_open and one.clock.basis is basis]
        for basis in Basis
    }


def _line(clock: DossierClock, spec: ClockSpec, facts: Sequence[Recorded], today: date) -> Line:
    left = (clock.due_on - today).days if clock.due_on else None
    return Line(clock, spec, state_of(clock, today), left, _bar(clock, today), facts)


def _bar(clock: DossierClock, today: date) -> Bar:
    now = min(today, clock.ended_on) if clock.ended_on else today
    last = max(clock.due_on or now + _UNKNOWN, now, clock.started_on + timedelta(days=1))
    scale = _Scale(clock.started_on, last)
    run_to = min(now, clock.due_on or now)
    parts = [(clock.started_on, run_to, "run"), (run_to, clock.due_on or last, "left")]
    if clock.due_on is not None and now > clock.due_on:
        parts[1] = (clock.due_on, now, "over")
    for first, until in _pauses(clock, last):
        parts.append((first, until, "paused"))
    drawn = [(scale.at(a), scale.at(b) - scale.at(a), kind) for a, b, kind in parts if b > a]
    here = scale.at(today) if clock.ended_on is None else None
    return Bar(tuple(drawn), here, scale.at(clock.due_on) if clock.due_on else None)


def _pauses(clock: DossierClock, last: date) -> list[tuple[date, date]]:
    spans = clock.explanation.get("pauses", ())
    return [
        (
            max(date.fromisoformat(first), clock.started_on),
            min(date.fromisoformat(until), last) if until else last,
        )
        for first, until in spans
    ]


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def at(self, day: date) -> int:
        """Where a day stands on the bar, held inside it."""
        whole = max((self.last - self.first).days, 1)
        return max(0, min(WIDTH, round((day - self.first).days * WIDTH / whole)))
