"""What happens exactly on the thresholds of the aid rules, and with unusual projects?"""

from fractions import Fraction

import pytest

from app.engine.values import Value
from tests.unit.catalogue.rules import E1, E3, E6, Facts, rules, rules_with, said

ELIGIBLE = {"proposed", "below_minimum"}


def rate(**facts: object) -> object:
    return rules().explain({**E1, **facts})["rate"]


def reasons(facts: Facts, **more: object) -> object:
    return rules().explain({**facts, **more})["reasons"]


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        (0, "0.50"),
        (499, "0.50"),
        (500, "0.45"),
        (1999, "0.45"),
        (2000, "0.40"),
        (4999, "0.40"),
        (5000, "0.35"),
        (16000, "0.35"),
        (None, "0.40"),
    ],
)
def test_population(population: int | None, expected: str) -> None:
    assert rate(population=population) == expected


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        ("0.7499", "0.45"),
        ("0.75", "0.42"),
        ("0.9999", "0.42"),
        ("1", "0.40"),
        ("1.4999", "0.40"),
        ("1.5", "0.35"),
        (None, "0.40"),
    ],
)
def test_fiscal_potential(ratio: str | None, expected: str) -> None:
    assert rate(fiscal_potential_ratio=ratio) == expected


def test_population_counts_for_communes_and_the_network_for_intercommunal_bodies() -> None:
    assert rate(library_network=True) == "0.45"
    assert rate(applicant_type="epci", population=100) == "0.40"
    assert rate(applicant_type="epci", library_network=True) == "0.45"


@pytest.mark.parametrize(
    ("cost", "expected"), [("1999.99", ["PLANCHER"]), ("2000", []), ("2000.01", [])]
)
def test_the_floor_itself_is_enough(cost: str, expected: list[str]) -> None:
    facts = {**E1, "eligible_cost": cost, "total_cost": cost, "other_public_funding": 0}
    assert reasons(facts) == expected


def test_the_floor_looks_at_the_librarys_share() -> None:
    half = {**E1, "library_share": "0.5", "other_public_funding": 0}
    assert rules().explain({**half, "eligible_cost": "4000"})["base"] == "2000.00"
    assert reasons(half, eligible_cost="3999.98") == ["PLANCHER"]
    assert reasons(half, library_share="0") == ["PLANCHER"]


def test_a_share_of_areas_stays_exact() -> None:
    result = rules().explain({**E1, "library_share": "2/3"})
    assert result["base"] == "18666.6666666666"
    assert result["aid"] == "8400.00"  # 18 666.666… × 45 %, not 8 399 from a rounded base
    assert "× 66,67 % pour la bibliothèque" in said(result)


@pytest.mark.parametrize(
    ("cost", "aid", "convention"),
    [
        ("51111.10", "22999.00", False),
        ("51111.12", "23000.00", True),
    ],
)
def test_an_aid_of_exactly_23000_asks_for_a_convention(
    cost: str, aid: str, *, convention: bool
) -> None:
    result = rules().explain(
        {**E1, "eligible_cost": cost, "total_cost": cost, "other_public_funding": 0}
    )
    assert (result["aid"], result["convention_required"]) == (aid, convention)
    assert result["instalments"][0]["kind"] == "interim"  # type: ignore[index]  # a list


@pytest.mark.parametrize(
    ("aid", "authority"), [("100000", "standing_committee"), ("100000.01", "assembly")]
)
def test_the_assembly_decides_above_one_hundred_thousand(aid: str, authority: str) -> None:
    facts: dict[str, Value] = {"aid": Fraction(aid), "applicant_type": "commune"}
    assert rules().decide("authority", facts)["authority"] == authority


@pytest.mark.parametrize(
    ("aid", "kinds"),
    [
        ("3000", ["final"]),
        ("3001", ["interim", "final"]),
        ("23000", ["interim", "final"]),
        ("23001", ["advance", "interim", "final"]),
    ],
)
def test_instalments_follow_the_amount(aid: str, kinds: list[str]) -> None:
    facts = {**E3, "other_public_funding": 0, "requested_amount": aid}
    result = rules().explain(facts)
    assert result["aid"] == f"{aid}.00"
    assert [one["kind"] for one in result["instalments"]] == kinds  # type: ignore[attr-defined]  # a list


def test_an_association_above_23000_in_the_year_signs_a_convention() -> None:
    facts = {
        "scheme": "LP-ACTION",
        "applicant_type": "association",
        "eligible_cost": "12500",
        "total_cost": "12500",
        "republican_commitment": True,
    }
    assert rules().explain({**facts, "aid_already_this_year": "18000"})["act"] == "letter"
    above = rules().explain({**facts, "aid_already_this_year": "18000.01"})
    assert (above["act"], above["convention_required"]) == ("convention", True)
    assert "décret 2001-495" in said(above)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"start_date": "2026-03-20", "complete_date": "2026-03-20"}, []),
        (
            {"start_date": "2026-03-19", "complete_date": "2026-03-20"},
            ["COMMENCEMENT_ANTICIPE"],
        ),
        ({"start_date": "2026-03-19"}, []),
        ({"complete_date": "2026-03-20"}, []),
        (
            {
                "start_date": "2026-03-19",
                "complete_date": "2026-03-20",
                "waiver_date": "2026-03-01",
            },
            [],
        ),
        ({"start_date": "2026-02-28", "waiver_date": "2026-03-01"}, ["COMMENCEMENT_ANTICIPE"]),
    ],
)
def test_an_early_start(dates: dict[str, object], expected: list[str]) -> None:
    assert reasons(E1, **dates) == expected


def test_an_early_start_is_told_with_its_date() -> None:
    result = rules().explain({**E1, "start_date": "2026-03-01", "complete_date": "2026-03-02"})
    assert "Le projet commence le 1er mars 2026" in said(result)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"network_agreement": False}, ["CONVENTION_RESEAU"]),
        ({"survey_answered": False}, ["NEOSCRIB"]),
        ({"network_agreement": False, "first_library": True}, []),
        ({"survey_answered": False, "first_library": True}, []),
        ({"years_since_last_aid": 6}, ["NON_CUMUL"]),
        ({"years_since_last_aid": "6.99"}, ["NON_CUMUL"]),
        ({"years_since_last_aid": 7}, []),
        ({"applicant_type": "association"}, ["BENEFICIAIRE", "CER"]),
        ({"applicant_type": "association", "republican_commitment": True}, ["BENEFICIAIRE"]),
        (
            {"network_agreement": False, "survey_answered": False, "eligible_cost": "10"},
            ["PLANCHER", "CONVENTION_RESEAU", "NEOSCRIB"],
        ),
    ],
)
def test_every_reason_is_given_in_the_order_of_the_rules(
    facts: dict[str, object], expected: list[str]
) -> None:
    result = rules().explain({**E1, **facts})
    assert result["reasons"] == expected
    assert "{" not in said(result)


def test_the_delay_between_two_aids_is_told() -> None:
    result = rules().explain({**E1, "years_since_last_aid": 3})
    assert said(result) == (
        "Une aide du même dispositif a été accordée il y a 3 an(s) : il en faut 7."
    )


@pytest.mark.parametrize("scheme", ["LP-ACTION", "LP-CTL"])
def test_agreement_survey_and_delay_do_not_bind_actions_and_contracts(scheme: str) -> None:
    refused = {"network_agreement": False, "survey_answered": False, "years_since_last_aid": 0}
    assert reasons({**E1, "scheme": scheme}, **refused) == []


def test_no_other_money_leaves_four_fifths() -> None:
    result = rules().explain({**E1, "other_public_funding": None})
    assert (result["public_cap"], result["own_share"]) == ("22400.00", "15400.00")


def test_the_cap_is_told_exact() -> None:
    result = rules().explain(
        {**E1, "total_cost": "28000.33", "other_public_funding": "9800.27"}
    )
    assert result["public_cap"] == "12599.994"
    assert result["aid"] == "12599.00"


@pytest.mark.parametrize(
    ("requested", "aid", "decision"),
    [
        ("12600", "12600.00", "proposed"),
        ("12599.99", "12599.00", "proposed"),
        ("99999", "12600.00", "proposed"),
        ("200", "200.00", "proposed"),
        ("199.99", "199.00", "below_minimum"),
        ("0", "0.00", "below_minimum"),
    ],
)
def test_never_more_than_what_was_asked_for(requested: str, aid: str, decision: str) -> None:
    result = rules().explain({**E1, "requested_amount": requested})
    assert (result["aid"], result["decision"]) == (aid, decision)


def test_an_aid_under_the_minimum_is_not_proposed() -> None:
    result = rules().explain({**E1, "requested_amount": "150"})
    assert result["reasons"] == ["REJET_AIDE_MINIMALE"]
    assert (result["authority"], result["instalments"]) == (None, [])
    assert "L’aide calculée, 150 €, est inférieure au minimum de 200 €" in said(result)


@pytest.mark.parametrize(
    ("public", "decision"), [("22200", "proposed"), ("22200.01", "below_minimum")]
)
def test_the_cap_may_bring_the_aid_under_the_minimum(public: str, decision: str) -> None:
    result = rules().explain({**E1, "other_public_funding": public})
    assert result["decision"] == decision
    if decision == "below_minimum":
        assert result["reasons"] == ["PLAFOND_PUBLIC"]
        assert "Les aides publiques atteignent déjà 80 %" in said(result)


def test_an_aid_already_too_small_does_not_blame_the_cap() -> None:
    facts = {**E1, "requested_amount": "150", "other_public_funding": "28000"}
    result = rules().explain(facts)
    assert (result["reasons"], result["aid"]) == (["REJET_AIDE_MINIMALE"], "0.00")


def test_cents_are_cut_only_at_the_end() -> None:
    result = rules().explain({**E1, "eligible_cost": "27999.99", "total_cost": "27999.99"})
    assert (result["base"], result["theoretical"]) == ("27999.99", "12599.00")
    assert "arrondie à l’euro inférieur" in said(result)


def test_a_cost_smaller_than_the_eligible_spending_is_pointed_out() -> None:
    result = rules().explain({**E1, "total_cost": "20000"})
    assert "Attention : le coût total (20 000 €) est inférieur" in said(result)


def test_an_advance_an_interim_and_a_final_payment_follow_each_other() -> None:
    award: Facts = {
        "scheme": "LP-BAT",
        "voted_aid": "228000",
        "base": "600000",
        "real_cost": "1250000",
        "real_other_public": "550000",
    }
    advance = rules().settle({**award, "kind": "advance"})
    assert (advance["entitlement"], advance["payable"]) == ("45600.00", "45600.00")
    interim = rules().settle(
        {**award, "kind": "interim", "justified": "550000", "already_paid": "45600"}
    )
    assert (interim["entitlement"], interim["payable"]) == ("209000.00", "136800.00")
    assert "ne dépassent pas 80 % de l’aide votée, soit 182 400 €" in said(interim)
    final = rules().settle(
        {**award, "kind": "final", "justified": "600000", "already_paid": "182400"}
    )
    assert (final["payable"], final["release"]) == ("45600.00", "0.00")


def test_a_small_aid_has_neither_advance_nor_interim_payment() -> None:
    small = {**E6, "voted_aid": "3000", "already_paid": "0"}
    for kind, word in (("advance", "avance"), ("interim", "acompte")):
        result = rules().settle({**small, "kind": kind})
        assert result["payable"] == "0.00"
        assert f"ne prévoit pas d’{word} pour cette aide" in said(result)


def test_an_interim_payment_is_never_negative_and_a_final_one_is_recovered() -> None:
    overpaid = {**E6, "already_paid": "12000"}
    assert rules().settle({**overpaid, "kind": "interim"})["payable"] == "0.00"
    final = rules().settle(overpaid)
    assert (final["payable"], final["recovery"]) == ("-1945.00", "1945.00")
    assert final["release"] == "2545.00"
    assert "À reverser par le bénéficiaire : 1 945 € (12 000 € déjà versés)" in said(final)


def test_the_cap_is_checked_again_on_the_real_financing() -> None:
    result = rules().settle({**E6, "real_private": "5000", "real_other_public": "10000"})
    assert result["entitlement"] == "3876.00"  # 0.8 × (22 345.67 − 5 000) − 10 000
    assert "il réduit le droit" in said(result)
    free = rules().settle({**E6, "scheme": "LP-FONDS", "real_other_public": "22000"})
    assert free["entitlement"] == "10055.00"


def test_the_real_cost_is_what_was_justified_when_nobody_gives_it() -> None:
    assert rules().settle({**E6, "real_cost": None}) == rules().settle(E6)


def test_the_library_share_counts_in_payments_too() -> None:
    result = rules().settle({**E6, "library_share": "0.5", "real_other_public": 0})
    assert result["entitlement"] == "5027.00"


def test_payments_may_follow_the_total_cost_instead_of_the_base() -> None:
    on_cost = rules_with('<text>"base"</text>', '<text>"total_cost"</text>')
    facts = {**E6, "total_cost": "40000", "justified": "20000", "real_other_public": 0}
    result = on_cost.settle(facts)
    assert (result["pro_rata"], result["entitlement"]) == ("0.315", "6300.00")
