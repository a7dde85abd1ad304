"""Is a fact that cannot be right refused, in a sentence that names it?"""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue.aid_facts import AID_FACTS, BadFact
from app.domain.money import Money
from tests.unit.catalogue.rules import E1, E6, rules


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("scheme", "LP-EMPLOI", "qui n’est pas un dispositif de ces règles"),
        ("scheme", "x" * 500, "qui n’est pas un dispositif"),
        ("scheme", None, "manque"),
        ("scheme", 3, "qui n’est pas un code"),
        ("applicant_type", None, "manque"),
        ("applicant_type", "", "manque"),
        ("applicant_type", "mairie", "au lieu de commune, epci, association"),
        ("applicant_type", ["commune"], "au lieu de commune"),
        ("eligible_cost", "-1", "il ne peut pas être négatif"),
        ("eligible_cost", -28000, "il ne peut pas être négatif"),
        ("eligible_cost", "douze", "qui n’est pas un nombre"),
        ("eligible_cost", "12 600", "qui n’est pas un nombre"),
        ("eligible_cost", "12600,50", "qui n’est pas un nombre"),
        ("eligible_cost", "1e6", "qui n’est pas un nombre"),
        ("eligible_cost", "NaN", "qui n’est pas un nombre"),
        ("eligible_cost", float("inf"), "qui n’est pas un nombre"),
        ("eligible_cost", Decimal("1e999999999"), "qui n’est pas un nombre"),
        ("eligible_cost", True, "qui n’est pas un nombre"),
        ("eligible_cost", {"euros": 1}, "qui n’est pas un nombre"),
        ("eligible_cost", "28000.001", "deux décimales au plus"),
        ("eligible_cost", 10**20, "qui n’est pas un nombre"),
        ("population", -3, "négatif"),
        ("population", "12.5", "qui n’est pas un nombre entier"),
        ("fiscal_potential_ratio", "-0.1", "négatif"),
        ("library_share", "1.01", "une part va de 0 à 1"),
        ("library_share", "3/2", "une part va de 0 à 1"),
        ("library_share", "1/0", "qui n’est pas un nombre"),
        ("qualified_staff", "oui", "écrivez true ou false"),
        ("qualified_staff", 1, "écrivez true ou false"),
        ("start_date", "20/03/2026", "qui n’est pas une date"),
        ("start_date", "2026-02-30", "qui n’est pas une date"),
        ("start_date", "2026-03-20T10:00", "qui n’est pas une date"),
        ("start_date", 20260320, "qui n’est pas une date"),
        ("years_since_last_aid", "-1", "négatif"),
        ("requested_amount", "-1", "négatif"),
    ],
)
def test_a_bad_fact_is_refused(name: str, value: object, reason: str) -> None:
    with pytest.raises(BadFact) as refused:
        rules().explain({**E1, name: value})
    sentence = refused.value.message.replace("\u00a0", " ")
    assert sentence.startswith(f"Le fait « {name} » ")
    assert reason in sentence
    assert len(sentence) < 200


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("kind", None, "manque"),
        ("kind", "solde", "au lieu de advance, interim, final"),
        ("voted_aid", None, "manque"),
        ("voted_aid", "-3", "négatif"),
        ("base", None, "manque"),
        ("base", "0", "vaut 0"),
        ("justified", "beaucoup", "qui n’est pas un nombre"),
        ("scheme", "LP-EMPLOI", "qui n’est pas un dispositif"),
    ],
)
def test_a_bad_payment_fact_is_refused(name: str, value: object, reason: str) -> None:
    with pytest.raises(BadFact, match=reason):
        rules().settle({**E6, name: value})


@pytest.mark.parametrize(
    "cost",
    [
        *["28000", "28000.0", "28000.00", 28000, 28000.0],
        *[Decimal(28000), Fraction(28000), Money.euros(28000)],
    ],
)
def test_an_amount_may_be_given_in_many_exact_ways(cost: object) -> None:
    assert rules().explain({**E1, "eligible_cost": cost})["aid"] == "12600.00"


def test_days_may_be_dates() -> None:
    early = {"start_date": date(2026, 3, 1), "complete_date": date(2026, 3, 2)}
    assert rules().explain({**E1, **early})["reasons"] == ["COMMENCEMENT_ANTICIPE"]


def test_a_missing_fact_is_its_documented_default() -> None:
    defaults: dict[str, object] = {
        "private_funding": "0",
        "other_public_funding": "0",
        "library_share": "1",
        "network_agreement": True,
        "survey_answered": True,
        "first_library": False,
        "contract_or_label": False,
        "library_network": False,
        "republican_commitment": False,
    }
    short = {name: value for name, value in E1.items() if name not in defaults}
    assert rules().explain(short) == rules().explain({**short, **defaults})
    nothing = dict.fromkeys(AID_FACTS)
    assert rules().explain({**nothing, **short}) == rules().explain(short)


def test_facts_of_the_dossier_that_the_rules_do_not_know_are_left_aside() -> None:
    assert rules().explain({**E1, "title": "Une médiathèque"}) == rules().explain(E1)


_AMOUNTS = st.integers(0, 10**9).map(lambda cents: Money(cents).plain())


@given(
    st.fixed_dictionaries(
        {
            "scheme": st.sampled_from(["LP-BAT", "LP-MOB", "LP-NUM", "LP-FONDS", "LP-CTL"]),
            "applicant_type": st.sampled_from(["commune", "epci", "association"]),
            "population": st.one_of(st.none(), st.integers(0, 20_000)),
            "fiscal_potential_ratio": st.one_of(
                st.none(), st.decimals(0, 3, places=4).map(str)
            ),
            "qualified_staff": st.booleans(),
            "contract_or_label": st.booleans(),
            "library_network": st.booleans(),
            "republican_commitment": st.booleans(),
            "eligible_cost": _AMOUNTS,
            "total_cost": _AMOUNTS,
            "private_funding": _AMOUNTS,
            "other_public_funding": _AMOUNTS,
            "library_share": st.decimals(0, 1, places=3).map(str),
            "requested_amount": st.one_of(st.none(), _AMOUNTS),
        }
    )
)
@settings(max_examples=150, deadline=None)
def test_any_project_gets_a_consistent_answer(facts: dict[str, object]) -> None:
    result = rules().assess(facts)
    assert result.explanation
    if result.decision == "ineligible":
        assert result.reasons
        assert result.aid is None
        return
    assert result.aid is not None
    assert result.theoretical is not None
    assert result.rate is not None
    assert Money.zero() <= result.aid <= result.theoretical
    if result.public_cap is not None and result.aid.cents:
        assert result.aid.exact <= result.public_cap
    if facts["requested_amount"] is not None:
        assert result.aid <= Money.parse(str(facts["requested_amount"]))
    if result.decision == "proposed":
        assert result.aid >= Money.euros(200)
        assert result.instalments[-1].up_to == result.aid
        assert all(
            earlier.up_to <= later.up_to
            for earlier, later in zip(result.instalments, result.instalments[1:], strict=False)
        )
