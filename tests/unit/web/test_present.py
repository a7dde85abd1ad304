"""Are dates, delays, amounts and rates written as a French person reads them?"""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from app.domain.money import Money
from app.web import present

N = "\u00a0"
TODAY = date(2026, 11, 23)


def test_the_first_day_of_a_month_is_an_ordinal() -> None:
    assert present.long_date(date(2026, 3, 20)) == f"20{N}mars 2026"
    assert present.long_date(date(2026, 8, 1)) == f"1er{N}août 2026"


def test_a_full_date_tells_the_day_of_the_week() -> None:
    assert present.full_date(date(2026, 12, 18)) == f"vendredi 18{N}décembre 2026"


def test_a_short_date_keeps_the_year_only_when_it_is_another() -> None:
    assert present.short_date(date(2026, 10, 12), TODAY) == f"12{N}oct."
    assert present.short_date(date(2027, 1, 2), TODAY) == f"2{N}janv. 2027"


def test_an_instant_is_read_on_the_clock_of_paris() -> None:
    late = datetime(2026, 11, 22, 23, 42, tzinfo=UTC)
    assert present.clock_time(late) == f"0{N}h{N}42"
    assert present.when(late, TODAY) == f"aujourd’hui à 0{N}h{N}42"
    assert present.when(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), TODAY) == f"hier à 9{N}h"
    assert present.when(datetime(2026, 7, 1, 7, 5, tzinfo=UTC), TODAY) == (
        f"1er{N}juillet 2026 à 9{N}h{N}05"
    )


def test_a_naive_instant_has_no_day() -> None:
    with pytest.raises(ValueError, match="naive"):
        present.civil_day(datetime(2026, 11, 22, 8, 0))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    ("due", "text", "tone"),
    [
        (date(2026, 11, 19), f"Retard de 4{N}jours", "late"),
        (date(2026, 11, 22), f"Retard de 1{N}jour", "late"),
        (date(2026, 11, 23), "Aujourd’hui", "soon"),
        (date(2026, 11, 24), "Demain", "soon"),
        (date(2026, 11, 26), f"dans 3{N}jours", "soon"),
        (date(2026, 11, 29), f"dans 6{N}jours", ""),
        (date(2026, 12, 8), f"mar. 8{N}déc.", ""),
        (date(2027, 1, 15), f"ven. 15{N}janv. 2027", ""),
    ],
)
def test_a_deadline_says_how_late_or_how_near_it_is(due: date, text: str, tone: str) -> None:
    shown = present.deadline(due, TODAY)
    assert (shown.text, shown.tone) == (text, tone)
    assert shown.full == present.full_date(due)


def test_a_deadline_kept_as_an_instant_is_the_day_it_falls_in_paris() -> None:
    assert present.deadline(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), TODAY).text == "Demain"


@pytest.mark.parametrize(
    ("since", "text"),
    [
        (TODAY, "aujourd’hui"),
        (date(2026, 11, 22), f"depuis 1{N}jour"),
        (date(2026, 11, 14), f"depuis 9{N}jours"),
        (date(2026, 8, 1), f"depuis 3{N}mois"),
    ],
)
def test_a_wait_is_said_in_days_then_in_months(since: date, text: str) -> None:
    assert present.waited(since, TODAY) == text


def test_amounts_come_from_money_or_from_cents_and_nothing_is_a_dash() -> None:
    assert present.money(Money.parse("48250,50")) == f"48{N}250,50{N}€"
    assert present.money(4_825_000) == f"48{N}250{N}€"
    assert present.money(4_825_000, cents=True) == f"48{N}250,00{N}€"
    assert present.money(None) == "–"


def test_large_amounts_are_shortened_for_the_steering_page() -> None:
    assert present.millions(482_000_000) == f"4,82{N}M€"
    assert present.millions(42_000_000) == f"420{N}k€"
    assert present.millions(Money.euros(950)) == f"950{N}€"


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Fraction(45, 100), f"45{N}%"),
        (Fraction(1, 3), f"33,33{N}%"),
        (Fraction(5, 1000), f"0,5{N}%"),
        (Fraction(-1, 10), f"−10{N}%"),
        (None, "–"),
    ],
)
def test_a_rate_is_a_fraction_of_one_shown_as_a_percentage(
    rate: Fraction | None, text: str
) -> None:
    assert present.percent(rate) == text


def test_a_share_of_nothing_is_a_dash() -> None:
    assert present.ratio(Money.euros(30), Money.euros(120)) == f"25{N}%"
    assert present.ratio(Money.euros(30), Money.zero()) == "–"


def test_a_typed_amount_is_set_in_french_and_what_is_no_amount_stays() -> None:
    assert present.typed_amount("18250.50") == f"18{N}250,50"
    assert present.typed_amount("douze") == "douze"
    assert present.typed_amount("") == ""


@pytest.mark.parametrize(
    ("count", "text"), [(1, f"1{N}tâche"), (18, f"18{N}tâches"), (1204, f"1{N}204{N}tâches")]
)
def test_a_count_agrees_with_its_noun(count: int, text: str) -> None:
    assert present.counted(count, "tâche") == text


def test_small_things_read_well() -> None:
    assert present.siret("21550029200017") == f"215{N}500{N}292{N}00017"
    assert present.file_size(340_000) == f"340{N}Ko"
    assert present.file_size(1_240_000) == f"1,2{N}Mo"
    assert present.file_size(12) == f"1{N}Ko"
    assert present.listed(["le devis", "le RIB", "la délibération"]) == (
        "le devis, le RIB et la délibération"
    )
    assert present.listed([]) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Lucie Marchand", "LM"), ("Élise de la Tour", "ÉT"), ("agent", "AG"), ("", "")],
)
def test_initials_are_two_letters_at_most(name: str, letters: str) -> None:
    assert present.initials(name) == letters
