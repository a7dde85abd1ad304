"""Do the delays a service meets end when its lawyers say, told in words?"""

from dataclasses import replace
from datetime import UTC, date, datetime

from app.domain.legal_clock.duration import Duration, Unit
from app.domain.legal_clock.facts import ClockFact, FactKind
from app.domain.legal_clock.reckoning import ClockState, Reckoning, reckon
from app.domain.legal_clock.rule import ClockRule
from app.domain.legal_clock.wording import explain
from app.domain.working_days import FRANCE, Closure, WorkingCalendar

TWO_MONTHS = ClockRule(Duration(2, Unit.MONTHS))
COMPLETENESS = ClockRule(
    Duration(15, Unit.WORKING_DAYS),
    minds_closures=True,
    most_extensions=1,
    longest_extension=Duration(10, Unit.WORKING_DAYS),
)


def fact(rank: int, kind: FactKind, on: date, **more: object) -> ClockFact:
    recorded = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    return ClockFact(kind, on, more.pop("at", recorded), rank, **more)  # type: ignore[arg-type]  # as given


def received(on: date) -> ClockFact:
    return fact(0, FactKind.START, on, cause="demande reçue")


def told(found: Reckoning, calendar: WorkingCalendar = FRANCE) -> list[str]:
    return [one.replace("\u00a0", " ") for one in explain(found, calendar)]


def test_two_months_that_end_on_a_sunday_are_carried_to_monday() -> None:
    found = reckon(TWO_MONTHS, [received(date(2026, 3, 3))], FRANCE)

    assert found.due == date(2026, 5, 4)
    assert told(found) == [
        "Demande reçue le 3 mars 2026.",
        "2 mois, de quantième à quantième : 3 mai 2026.",
        "Le 3 mai 2026 est fermé (dimanche) : reporté au 4 mai 2026, premier jour ouvré.",
        "Échéance : 4 mai 2026.",
    ]


def test_silence_is_not_an_act_so_its_delay_may_end_on_a_sunday() -> None:
    rule = replace(TWO_MONTHS, rolls_over=False)

    assert reckon(rule, [received(date(2026, 3, 3))], FRANCE).due == date(2026, 5, 3)


def test_a_month_without_that_day_ends_on_its_last_one() -> None:
    found = reckon(TWO_MONTHS, [received(date(2025, 12, 31))], FRANCE)

    assert found.counted == date(2026, 2, 28)
    assert told(found)[1] == (
        "2 mois, de quantième à quantième : ce mois n’a pas de 31, donc son dernier jour, "
        "28 février 2026."
    )


def test_the_clock_of_an_association_stops_only_during_the_time_given() -> None:
    """C2: nothing came, and the delay restarts at the date given all the same."""
    asked = fact(
        1, FactKind.SUSPEND, date(2026, 3, 10), cause="pièces demandées", until=date(2026, 4, 9)
    )
    rule = replace(TWO_MONTHS, rolls_over=False)
    found = reckon(rule, [received(date(2026, 3, 3)), asked], FRANCE)

    assert found.due == date(2026, 6, 2)
    assert found.state(date(2026, 4, 8)) is ClockState.SUSPENDED
    assert found.state(date(2026, 4, 9)) is ClockState.RUNNING


def test_pieces_that_come_early_restart_it_earlier() -> None:
    asked = fact(
        1, FactKind.SUSPEND, date(2026, 3, 10), cause="pièces demandées", until=date(2026, 4, 9)
    )
    came = fact(2, FactKind.RESUME, date(2026, 3, 25), cause="pièces reçues")
    rule = replace(TWO_MONTHS, rolls_over=False)
    found = reckon(rule, [received(date(2026, 3, 3)), asked, came], FRANCE)

    assert found.due == date(2026, 5, 18)
    assert (
        "Suspendu du 10 mars 2026 au 25 mars 2026 (pièces demandées), repris avant le terme du "
        "9 avril 2026 : 15 jours ne comptent pas."
    ) in told(found)


def test_overlapping_suspensions_are_counted_once() -> None:
    several = [
        received(date(2026, 3, 2)),
        fact(1, FactKind.SUSPEND, date(2026, 3, 10), key="a", until=date(2026, 3, 20)),
        fact(2, FactKind.SUSPEND, date(2026, 3, 15), key="b", until=date(2026, 3, 30)),
    ]
    found = reckon(replace(TWO_MONTHS, rolls_over=False), several, FRANCE)

    assert found.due == date(2026, 5, 22)
    assert "En tout, 20 jours d’arrêt, les périodes communes comptées une fois." in told(found)


def test_pieces_received_on_the_twelfth_but_entered_on_the_twentieth() -> None:
    """A late fact: the date moves, and says what was first written and when it was mended."""
    asked = fact(1, FactKind.SUSPEND, date(2026, 3, 5), until=date(2026, 4, 4))
    came = fact(2, FactKind.RESUME, date(2026, 3, 20), cause="pièces reçues")
    mended = fact(
        3,
        FactKind.RESUME,
        date(2026, 3, 12),
        cause="pièces reçues",
        at=datetime(2026, 3, 23, 9, tzinfo=UTC),
        replaces=2,
    )
    rule = replace(TWO_MONTHS, rolls_over=False)
    before = [received(date(2026, 3, 2)), asked, came]

    assert reckon(rule, before, FRANCE).due == date(2026, 5, 17)
    assert reckon(rule, [*before, mended], FRANCE).due == date(2026, 5, 9)
    known = reckon(rule, [*before, mended], FRANCE, known_at=datetime(2026, 3, 21, tzinfo=UTC))
    assert known.due == date(2026, 5, 17)


def test_a_reception_entered_with_the_wrong_day_says_so() -> None:
    mended = fact(
        1,
        FactKind.START,
        date(2026, 3, 3),
        cause="demande reçue",
        by="Léa Martin",
        at=datetime(2026, 3, 10, 9, tzinfo=UTC),
        replaces=0,
    )
    found = reckon(TWO_MONTHS, [received(date(2026, 3, 5)), mended], FRANCE)

    assert told(found)[0] == (
        "Demande reçue le 3 mars 2026 (date corrigée le 10 mars 2026 par Léa Martin ; "
        "d’abord saisi au 5 mars 2026)."
    )


def test_working_days_skip_holidays_and_closures_and_name_them() -> None:
    closed = (Closure(date(2026, 4, 13), date(2026, 4, 14), "inventaire"),)
    calendar = WorkingCalendar(closures=closed)
    found = reckon(COMPLETENESS, [received(date(2026, 3, 30))], calendar)

    assert found.due == date(2026, 4, 23)
    assert (
        "Jours non comptés en chemin : 6 avril 2026 (lundi de Pâques) ; 13 avril 2026 au "
        "14 avril 2026 (inventaire)."
    ) in told(found, calendar)


def test_closures_never_move_a_delay_of_the_law() -> None:
    calendar = WorkingCalendar(
        closures=(Closure(date(2026, 5, 4), date(2026, 5, 4), "inventaire"),)
    )

    assert reckon(TWO_MONTHS, [received(date(2026, 3, 3))], calendar).due == date(2026, 5, 4)


def test_good_friday_is_closed_in_alsace_moselle_only() -> None:
    rule = ClockRule(Duration(30, Unit.DAYS))
    started = [received(date(2026, 3, 4))]

    assert reckon(rule, started, FRANCE).due == date(2026, 4, 3)
    assert reckon(rule, started, WorkingCalendar(alsace_moselle=True)).due == date(2026, 4, 7)


def test_a_second_extension_is_not_taken_into_account_and_says_why() -> None:
    longer = Duration(5, Unit.WORKING_DAYS)
    several = [
        received(date(2026, 3, 2)),
        fact(1, FactKind.EXTEND, date(2026, 3, 10), cause="dossier volumineux", extra=longer),
        fact(2, FactKind.EXTEND, date(2026, 3, 12), cause="encore", extra=longer),
    ]
    found = reckon(COMPLETENESS, several, FRANCE)

    assert found.due == date(2026, 3, 30)
    assert told(found)[-1] == (
        "La prorogation de 5 jours ouvrés du 12 mars 2026 n’est pas retenue : ce délai a déjà "
        "été prorogé autant de fois qu’il peut l’être."
    )


def test_what_is_done_late_says_by_how_much() -> None:
    done = fact(1, FactKind.STOP, date(2026, 5, 6), cause="décision prise")
    found = reckon(TWO_MONTHS, [received(date(2026, 3, 3)), done], FRANCE)

    assert found.state(date(2026, 6, 1)) is ClockState.LATE
    assert told(found)[-1] == "Décision prise le 6 mai 2026, 2 jours après l’échéance."


def test_jours_ouvrables_count_saturdays() -> None:
    rule = ClockRule(Duration(6, Unit.WORKABLE_DAYS), rolls_over=False)

    assert reckon(rule, [received(date(2026, 3, 2))], FRANCE).due == date(2026, 3, 9)


def test_a_clear_delay_counts_neither_its_first_nor_its_last_day() -> None:
    rule = ClockRule(Duration(12, Unit.DAYS), is_clear=True, rolls_over=False)

    assert reckon(rule, [received(date(2026, 3, 2))], FRANCE).due == date(2026, 3, 15)


def test_a_leap_day_ends_a_year_on_the_twenty_eighth() -> None:
    rule = ClockRule(Duration(1, Unit.YEARS), rolls_over=False)

    assert reckon(rule, [received(date(2024, 2, 29))], FRANCE).due == date(2025, 2, 28)
