"""Which delays does a type of dossier declare? `[[clocks]]` of a manifest, read and understood."""

from app.catalogue.contract import ClockEvent, ClockSpec
from app.catalogue.reading import Table
from app.domain.legal_clock.duration import Duration, Unit
from app.domain.legal_clock.facts import FactKind
from app.domain.legal_clock.rule import Basis, ClockRule

_UNITS = tuple(unit.value for unit in Unit)
_KINDS = tuple(kind.value for kind in FactKind)
_BASES = tuple(basis.value for basis in Basis)
_WHOSE = ("administration", "applicant")
_FROM_RULES = ("start", "completion")
_ANCHORS = ("day", "year_end")
MOMENTS = ("event", "passed", "opened", "completed")


def read_clock(key: str, table: Table) -> ClockSpec:
    """One delay; what does not fit is noted in the table."""
    length = table.table("duration", f"{table.place}, durée")
    options = {
        "counts_first_day": table.flag("counts_first_day"),
        "is_clear": table.flag("clear"),
        "rolls_over": table.flag("rolls_over"),
        "minds_closures": table.flag("closures"),
    }
    times, most = _extension(table)
    duration, from_rules = _duration(table, length)
    rule = ClockRule(
        duration or Duration(1, Unit.MONTHS),
        **options,
        most_extensions=times,
        longest_extension=most,
    )
    return ClockSpec(
        key=key,
        title=table.text("title", required=True),
        basis=Basis(table.one_of("basis", _BASES, required=True) or Basis.AID_RULES),
        whose=table.one_of("whose", _WHOSE, "administration", required=True),
        rule=rule,
        from_rules=from_rules,
        applicants=table.strings("applicants"),
        events=tuple(_event(one) for one in table.rows("events", "événement")),
        by_hand=_by_hand(table),
        extension_unit=most.unit if most else None,
        expiry=table.text("expiry"),
        public=table.text("public"),
        source=table.string("source"),
    )


def _duration(table: Table, length: Table | None) -> tuple[Duration | None, str | None]:
    if length is None:
        table.refuse("il manque la durée (duration).")
        return None, None
    from_rules = length.one_of("rules", _FROM_RULES) or None
    found = _amount(length)
    length.finish()
    if (found is None) == (from_rules is None):
        length.refuse("il faut une seule de ces clés\u00a0: rules, " + ", ".join(_UNITS) + ".")
    return found, from_rules


def _amount(table: Table) -> Duration | None:
    """The one unit given, as a positive count; None when there is not exactly one."""
    given = [(unit, table.number(unit.value)) for unit in Unit]
    counts = [(unit, count) for unit, count in given if count is not None]
    if len(counts) != 1:
        return None
    [(unit, count)] = counts
    if count < 1:
        table.refuse(f"«\u00a0{unit.value}\u00a0» doit être au moins 1.")
        return None
    return Duration(count, unit)


def _extension(table: Table) -> tuple[int, Duration | None]:
    inner = table.table("extension", f"{table.place}, prorogation")
    if inner is None:
        return 0, None
    times, most = inner.integer("times", 1), _amount(inner)
    inner.finish()
    if times < 1 or most is None:
        inner.refuse("il faut un nombre de fois (times) et un maximum en tout, en une unité.")
    return times, most


def _event(table: Table) -> ClockEvent:
    moment, _, subject = table.string("on", required=True).partition(":")
    if moment not in MOMENTS or not subject:
        table.refuse(
            "«\u00a0on\u00a0» doit s’écrire passed:Étape, opened:Étape, completed:Étape ou event:fait."
        )
    event = ClockEvent(
        does=FactKind(table.one_of("does", _KINDS, required=True) or FactKind.START),
        on=f"{moment}:{subject}",
        cause=table.string("cause", required=True),
        date=table.optional("date"),
        until=table.optional("until"),
        term_of=table.optional("term_of"),
        anchor=table.one_of("anchor", _ANCHORS, "day"),
        where=table.mapping("where"),
        applicants=table.strings("applicants"),
    )
    table.finish()
    return event


def _by_hand(table: Table) -> tuple[FactKind, ...]:
    found = []
    for name in table.strings("by_hand"):
        if name in _KINDS:
            found.append(FactKind(name))
        else:
            table.refuse(f"«\u00a0{name}\u00a0» n’est pas un fait de délai.")
    return tuple(found)
