"""Do the example's tables give, to the euro, what its worked examples say?"""

import json
import time

import pytest

from app.catalogue.aid_rules import load_aid_rules
from app.catalogue.aid_tables import RulesBroken
from app.engine.errors import DiagramRefused
from tests.unit.catalogue.rules import (
    E1,
    E2,
    E3,
    E4,
    E5,
    E6,
    Facts,
    files,
    rules,
    rules_with,
    said,
    text,
)
from tests.unit.engine.tables import ATable, document

AMOUNTS = ("decision", "rate", "base", "theoretical", "public_cap", "aid", "own_share")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(
            E1,
            ("proposed", "0.45", "28000.00", "12600.00", "16800.00", "12600.00", "9800.00"),
            id="E1 nominal",
        ),
        pytest.param(
            E2,
            *[
                (
                    *("proposed", "0.38", "600000.00", "228000.00"),
                    *("450000.00", "228000.00", "472000.00"),
                )
            ],
            id="E2 ceiling",
        ),
        pytest.param(
            E3,
            ("proposed", "0.40", "120000.00", "48000.00", "24000.00", "24000.00", "24000.00"),
            id="E3 public cap",
        ),
        pytest.param(E4, ("ineligible", *[None] * 6), id="E4 floor"),
        pytest.param(
            E5,
            ("proposed", "0.35", "50000.00", "17500.00", "12000.00", "12000.00", "8000.00"),
            id="E5 patronage",
        ),
    ],
)
def test_a_worked_example_is_right_to_the_euro(
    facts: Facts, expected: tuple[object, ...]
) -> None:
    result = rules().explain(facts)
    assert tuple(result[name] for name in AMOUNTS) == expected


def test_e4_says_why() -> None:
    result = rules().explain(E4)
    assert result["reasons"] == ["PLANCHER"]
    assert said(result) == (
        "Les dépenses retenues, 850 €, sont inférieures au minimum de 1 000 € de ce dispositif."
    )


def test_the_rate_is_told_as_a_sum() -> None:
    first = text(rules().assess(E1).explanation[0])
    assert first == (
        "Taux : 45 % = 30 % (taux de base du mobilier) "
        "+ 5 % (commune de 500 à 1 999 habitants) "
        "+ 5 % (potentiel financier inférieur à 75 % de la moyenne de la strate) "
        "+ 5 % (personnel qualifié)."
    )


def test_the_whole_calculation_is_told() -> None:
    told = said(rules().explain(E5))
    assert "Base retenue : 50 000 € (dépenses éligibles de 50 000 €)." in told
    assert "Aide théorique : 17 500 € = 50 000 € × 35 %." in told
    assert (
        "Plafond des aides publiques : 12 000 € = 80 % × (50 000 € de coût − 10 000 € de "
        "financement privé) − 20 000 € d’autres aides publiques ; il réduit l’aide." in told
    )
    assert (
        "Aide proposée : 12 000 € ; il reste 8 000 € à la charge du demandeur, "
        "soit 20 % des financements publics." in told
    )


def test_e1_is_decided_by_the_standing_committee_and_paid_in_two() -> None:
    result = rules().explain(E1)
    assert (result["authority"], result["act"]) == ("standing_committee", "letter")
    assert result["convention_required"] is False
    assert result["instalments"] == [
        {"kind": "interim", "share": "0.50", "up_to": "6300.00"},
        {"kind": "final", "share": "1.00", "up_to": "12600.00"},
    ]
    assert "un acompte de 6 300 € au plus, puis le solde" in said(result)


def test_e2_goes_to_the_assembly_with_a_convention_and_an_advance() -> None:
    result = rules().explain(E2)
    assert (result["authority"], result["act"]) == ("assembly", "convention")
    assert [one["up_to"] for one in result["instalments"]] == [  # type: ignore[attr-defined]  # a list of objects
        "45600.00",
        "182400.00",
        "228000.00",
    ]
    assert "plafond du dispositif" in said(result)


def test_e6_pays_what_was_spent() -> None:
    assert {k: v for k, v in rules().settle(E6).items() if k != "explanation"} == {
        "pro_rata": "0.45",
        "entitlement": "10055.00",
        "payable": "3755.00",
        "release": "2545.00",
        "recovery": "0.00",
    }


def test_an_overrun_never_raises_the_aid() -> None:
    spent = {"justified": "31000", "real_cost": "31000", "real_other_public": "5600"}
    result = rules().settle({**E6, **spent})
    assert (result["entitlement"], result["payable"]) == ("12600.00", "6300.00")
    assert "dépassent la base retenue : elles n’augmentent pas l’aide" in said(result)


@pytest.mark.parametrize(
    ("facts", "aid", "cap"),
    [
        (
            {"scheme": "LP-FONDS", "applicant_type": "commune", "eligible_cost": "5000"},
            "2500",
            None,
        ),
        (
            {"scheme": "LP-FONDS", "applicant_type": "epci", "eligible_cost": "30000"},
            "6000",
            None,
        ),
        (
            {
                "scheme": "LP-ACTION",
                "applicant_type": "association",
                "eligible_cost": "20000",
                "republican_commitment": True,
            },
            "5000",
            None,
        ),
        (
            {"scheme": "LP-CTL", "applicant_type": "epci", "eligible_cost": "90000"},
            "15000",
            None,
        ),
    ],
)
def test_running_costs_have_their_rate_no_bonus_and_no_public_cap(
    facts: Facts, aid: str, cap: object
) -> None:
    rich = {"qualified_staff": True, "population": 100, "total_cost": facts["eligible_cost"]}
    result = rules().explain({**facts, **rich, "other_public_funding": facts["eligible_cost"]})
    assert (result["decision"], result["aid"]) == ("proposed", f"{aid}.00")
    assert result["public_cap"] is cap
    assert "+" not in text(result["explanation"][0])  # type: ignore[index]  # a list of sentences


@pytest.mark.parametrize(
    ("old", "new", "rate", "aid"),
    [
        ("<text>0.30</text>", "<text>0.25</text>", "0.40", "11200.00"),
        ("<text>0.10</text>", "<text>0.48</text>", "0.48", "13440.00"),
        ("<text>[500..2000[</text>", "<text>[900..2000[</text>", "0.40", "11200.00"),
        ("<text>60000</text>", "<text>10000</text>", "0.45", "4500.00"),
        ("<text>0.80</text>", "<text>0.50</text>", "0.45", "8400.00"),
        ("<text>1</text>", "<text>1000</text>", "0.45", "12000.00"),
    ],
)
def test_a_change_in_a_table_changes_the_aid(old: str, new: str, rate: str, aid: str) -> None:
    result = rules_with(old, new).explain(E1)
    assert (result["rate"], result["aid"]) == (rate, aid)


def test_a_change_of_label_changes_the_sentence() -> None:
    changed = rules_with("taux de base du mobilier", "taux de base des meubles")
    assert "30 % (taux de base des meubles)" in said(changed.explain(E1))


def test_a_rate_beyond_its_bounds_is_told_with_the_bound() -> None:
    high = {**E3, "scheme": "LP-NUM", "eligible_cost": "20000", "total_cost": "20000"}
    result = rules().explain({**high, "other_public_funding": 0, "qualified_staff": True})
    assert result["rate"] == "0.50"
    assert said(result).startswith(
        "Taux : 50 %, maximum du règlement des aides, au lieu de 60 % = 40 % "
    )
    low = rules_with("<text>0.10</text>", "<text>0.20</text>").explain(
        {**E2, "applicant_type": "commune", "population": 9000, "fiscal_potential_ratio": 2}
        | {"qualified_staff": False, "contract_or_label": False}
    )
    assert low["rate"] == "0.20"
    assert "minimum du règlement des aides, au lieu de 15 % = 25 %" in said(low)
    assert "− 5 % (commune de 5 000 habitants ou plus)" in said(low)


def test_deadlines_belong_to_the_scheme() -> None:
    months = {
        scheme: (found.start, found.completion)
        for scheme in ("LP-BAT", "LP-MOB", "LP-NUM", "LP-FONDS", "LP-ACTION", "LP-CTL")
        for found in [rules().deadlines({"scheme": scheme})]
    }
    assert months == {
        "LP-BAT": (12, 36),
        "LP-MOB": (12, 24),
        "LP-NUM": (12, 24),
        "LP-FONDS": (None, 12),
        "LP-ACTION": (None, 12),
        "LP-CTL": (None, 36),
    }


def test_a_diagram_asks_one_decision_at_a_time() -> None:
    facts = {"scheme": "LP-BAT", "applicant_type": "commune", "eligible_cost": "850"}
    assert rules().decide("eligibility", facts) == {"reasons": ["PLANCHER"]}
    voted = rules().decide("authority", {**facts, "voted_cents": 2_300_000})
    assert voted == {
        "authority": "standing_committee",
        "act": "convention",
        "convention_required": True,
    }


def test_the_tables_lack_nothing_and_say_what_they_would_lack() -> None:
    assert rules().problems() == []
    assert load_aid_rules({}).problems() == []
    partial = load_aid_rules({"payment.dmn": files()["payment.dmn"]})
    assert any("Il manque la table" in one for one in partial.problems())
    renamed = rules_with('name="base_rate"', 'name="rate"')
    assert [text(one) for one in renamed.problems()] == [
        "La table « parameters » doit donner « base_rate »."
    ]
    with pytest.raises(RulesBroken, match="base_rate"):
        renamed.explain(E1)
    reading = rules_with("<text>library_network</text>", "<text>moon_phase</text>")
    assert ["moon_phase" in one for one in reading.problems()] == [True]
    telling = rules_with("minimum de {floor}", "minimum de {flor}")
    assert [text(one) for one in telling.problems()] == [
        "La table « eligibility », règle 2, nomme « {flor} », qui n’est pas connu."
    ]


def test_a_type_without_tables_refuses_in_a_sentence() -> None:
    with pytest.raises(RulesBroken, match="manque"):
        load_aid_rules({"process.bpmn": b"<x/>"}).explain(E1)


def test_a_broken_table_does_not_load() -> None:
    with pytest.raises(DiagramRefused):
        rules_with("<text>[500..2000[</text>", "<text>[500..</text>")


def test_results_are_plain_json() -> None:
    for facts in (E1, E2, E3, E4, E5):
        result = rules().explain(facts)
        assert json.loads(json.dumps(result)) == result
    assert json.loads(json.dumps(rules().settle(E6)))


def test_an_explanation_takes_a_few_milliseconds() -> None:
    rules().explain(E2)
    started = time.process_time()
    for _ in range(20):
        rules().explain(E2)
    assert (time.process_time() - started) / 20 < 0.02


def test_a_type_may_have_a_table_of_its_own_without_aid_rules() -> None:
    own = document(ATable([(("-",), ("1",))], id="eligibility").xml())
    assert load_aid_rules({"own.dmn": own}).problems() == []
