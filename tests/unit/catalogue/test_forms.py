"""Do declared questions become forms that read, refuse and give back what people answer?"""

from fractions import Fraction

import pytest

from tests.unit.catalogue.small_packs import a_form, field, first_error

NBSP = "\u00a0"
PLAN = (
    field("expenses", "lines", 'required = true\nfacts = {total = "total_cost"}')
    + field("asked", "euros", 'required = true\nfact = "requested_amount"')
    + field(
        "plan",
        "funding_plan",
        'required = true\nbalance = "expenses"\nrequest = "asked"\n'
        'facts = {private = "private_funding", public = "other_public_funding"}',
    )
)


@pytest.mark.parametrize("typed", ["12 600,50 €", "12600.5", f"12{NBSP}600,50{NBSP}€"])
def test_an_amount_is_read_as_people_write_it(typed: str) -> None:
    form = a_form(
        field("cost", "euros", 'fact = "total_cost"\nvariable = "cost"'), {"cost": typed}
    )

    assert form.validate()
    said = form.submission()
    assert said.answers == {"cost": "12600.50"}
    assert said.facts == {"total_cost": "12600.50"}
    assert said.variables == {"cost": 1_260_050}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-5", "Le montant doit être positif ou nul."),
        ("douze", "« douze » n’est pas un montant : écrivez par exemple 12 600,50."),
        ("9" * 20, "Ce montant est trop grand : treize chiffres au plus avant la virgule."),
        ("12,345", "« 12,345 » n’est pas un montant : écrivez par exemple 12 600,50."),
    ],
)
def test_what_is_not_an_amount_is_refused_and_shown_again(typed: str, sentence: str) -> None:
    form = a_form(field("cost", "euros"), {"cost": typed})

    assert first_error(form, "cost").replace(NBSP, " ") == sentence.replace(NBSP, " ")
    assert typed in str(form["cost"]())


@pytest.mark.parametrize("typed", ["2026-03-20", "20/03/2026", "20 mars 2026"])
def test_a_date_is_read_in_french_or_from_a_date_input(typed: str) -> None:
    form = a_form(field("day", "date"), {"day": typed})

    assert form.validate()
    assert form.submission().answers == {"day": "2026-03-20"}


def test_a_planned_start_may_not_be_in_the_past() -> None:
    body = field("start", "date", 'min = "today()"')

    assert first_error(a_form(body, {"start": "19/03/2026"}), "start") == (
        "La date doit être le 20 mars 2026 ou plus tard."
    )
    assert a_form(body, {"start": "20/03/2026"}).validate()


def test_an_act_may_not_be_dated_tomorrow() -> None:
    body = field(
        "act", "date", 'max = "today()"\nmax_sentence = "Cet acte n’est pas encore signé."'
    )

    assert first_error(a_form(body, {"act": "21/03/2026"}), "act") == (
        "Cet acte n’est pas encore signé."
    )


def test_a_day_that_does_not_exist_is_named_so() -> None:
    form = a_form(field("day", "date"), {"day": "30/02/2026"})

    assert first_error(form, "day") == "Cette date n’existe pas dans le calendrier."


def test_a_percentage_is_kept_exact() -> None:
    form = a_form(field("share", "percent", 'fact = "library_share"'), {"share": "33,3 %"})

    assert form.validate()
    assert form["share"].value() == Fraction(333, 1000)
    assert form.submission().facts == {"library_share": "0.333"}


def test_a_required_question_says_what_is_expected() -> None:
    body = field("ok", "yesno", "required = true") + field("box", "attest", "required = true")
    form = a_form(body, {"x": "1"})

    assert first_error(form, "ok") == "Répondez par oui ou par non."
    assert form.errors["box"] == ["Cochez cette case pour continuer."]


def test_a_hidden_question_is_neither_checked_nor_kept() -> None:
    choices = 'required = true\nchoices = [{value = "yes", label = "Oui"}, {value = "no", label = "Non"}]'
    body = field("ok", "choice", choices + '\nvariable = "ok"') + field(
        "why", "text", "required = true\nshow_if = \"ok == 'no'\""
    )

    accepted = a_form(body, {"ok": "yes", "why": "resté là"})
    assert accepted.validate()
    assert accepted.submission().answers == {"ok": "yes"}
    assert first_error(a_form(body, {"ok": "no"}), "why") == "Répondez à cette question."


def test_an_answer_that_is_not_offered_is_refused() -> None:
    body = field("ok", "choice", 'choices = [{value = "yes", label = "Oui"}]')

    assert first_error(a_form(body, {"ok": "maybe"}), "ok") == (
        "Choisissez une des réponses proposées."
    )


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("siret", "732 829 320 00074", "73282932000074"),
        ("siret", "356 000 000 18723", "35600000018723"),
        ("rna", "w551000123", "W551000123"),
        ("iban", "FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"),
        ("email", "Mairie@Commune.FR", "Mairie@commune.fr"),
        ("phone", "0329123456", "03 29 12 34 56"),
        ("phone", "+33 (0)3 29 12 34 56", "03 29 12 34 56"),
        ("phone", "+352 26 12 34 56", "+35226123456"),
        ("commune", "Bar-le-Duc", "55029"),
        ("commune", "55029", "55029"),
        ("commune", "Bar-le-Duc (55029)", "55029"),
    ],
)
def test_identifiers_are_checked_and_kept_without_blanks(
    kind: str, typed: str, kept: str
) -> None:
    form = a_form(field("it", kind), {"it": typed})

    assert form.validate(), form.errors
    assert form.submission().answers == {"it": kept}


@pytest.mark.parametrize(
    ("kind", "typed", "part"),
    [
        ("siret", "73282932000075", "contient une erreur"),
        ("siret", "123", "compte 14 chiffres"),
        ("rna", "55123", "commence par W"),
        ("iban", "FR7630006000011234567890188", "contient une erreur"),
        ("email", "pas un mail", "par exemple mairie@commune.fr"),
        ("email", "mairie@", "par exemple mairie@commune.fr"),
        ("phone", "12", "dix chiffres"),
        ("commune", "Nullepart", "Aucune commune"),
        ("commune", "Saint-Martin", "55101"),
    ],
)
def test_a_wrong_identifier_gets_a_sentence(kind: str, typed: str, part: str) -> None:
    assert part in first_error(a_form(field("it", kind), {"it": typed}), "it")


def plan_sent(own: str = "22 400,00") -> dict[str, str | list[str]]:
    return {
        "expenses-0-label": "Rayonnages",
        "expenses-0-amount": "20 000",
        "expenses-1-label": "Fauteuils",
        "expenses-1-amount": "8 000",
        "asked": "3 600",
        "plan-0-label": "Commune",
        "plan-0-kind": "own",
        "plan-0-amount": own,
        "plan-0-status": "granted",
        "plan-1-label": "DRAC",
        "plan-1-kind": "public",
        "plan-1-amount": "2000",
        "plan-1-status": "requested",
    }


def test_a_balanced_plan_gives_its_sums_as_facts() -> None:
    form = a_form(PLAN, plan_sent())

    assert form.validate(), form.errors
    assert form.submission().facts == {
        "total_cost": "28000.00",
        "requested_amount": "3600.00",
        "private_funding": "0.00",
        "other_public_funding": "2000.00",
    }


def test_a_plan_one_cent_short_says_both_amounts_and_the_gap() -> None:
    sentence = first_error(a_form(PLAN, plan_sent("22 399,99")), "plan").replace(NBSP, " ")

    assert sentence == (
        "Le plan de financement n’est pas équilibré : les financements, aide demandée comprise, "
        "font 27 999,99 € pour un coût de 28 000 € ; il manque 0,01 €."
    )


def test_a_row_without_amount_is_named_by_its_number() -> None:
    sent = plan_sent() | {"expenses-1-amount": ""}

    assert first_error(a_form(PLAN, sent), "expenses").replace(NBSP, " ") == (
        "Ligne 2 : indiquez le montant."
    )


def test_rows_are_added_and_removed_by_buttons_without_losing_the_others() -> None:
    more = a_form(PLAN, plan_sent() | {"add-expenses": "1"})
    assert more.edited
    assert [row.typed["label"] for row in more["expenses"].rows] == [
        "Rayonnages",
        "Fauteuils",
        "",
    ]

    less = a_form(PLAN, plan_sent() | {"remove-expenses-0": "1"})
    assert less.edited
    assert [row.typed["label"] for row in less["expenses"].rows] == ["Fauteuils"]


def test_stored_answers_come_back_in_the_form_and_validate_again() -> None:
    first = a_form(PLAN, plan_sent())
    assert first.validate()
    answers = first.submission().answers

    shown = a_form(PLAN, stored=answers)
    assert 'value="20000.00"' in str(shown["expenses"]()) or "20 000" in str(
        shown["expenses"]()
    )

    again = type(first)(type(first).encode(answers))
    assert again.validate(), again.errors
    assert again.submission().answers == answers


def test_each_piece_asked_again_needs_a_reason() -> None:
    body = (
        '[[documents]]\nkey = "quote"\ntitle = "Devis"\nstep = "Ask"\n'
        '[[documents]]\nkey = "plan"\ntitle = "Plans"\nstep = "Ask"\noffered = "scheme == \'B\'"\n'
        '[facts.scheme]\ntype = "text"\nsource = "form"\n'
        + field("missing", "pieces", 'required = true\nvariable = "missing"')
    )
    form = a_form(body, {"missing": ["quote", "plan"], "missing-quote-reason": "Illisible"})
    assert form.validate(), form.errors
    assert form.submission().answers == {"missing": [{"piece": "quote", "reason": "Illisible"}]}
    assert form.submission().variables == {"missing": ["quote"]}

    assert "Devis" in first_error(a_form(body, {"missing": ["quote"]}), "missing")


def test_persons_are_chosen_among_those_of_the_role() -> None:
    body = field("experts", "persons", 'role = "expert"\nvariable = "experts"')

    chosen = a_form(body, {"experts": ["p2", "p1"]})
    assert chosen.validate()
    assert chosen.submission().variables == {"experts": ["p1", "p2"]}
    assert not a_form(body, {"experts": ["p9"]}).validate()
    nobody = a_form(body, {})
    assert nobody.validate()
    assert nobody.submission().variables == {"experts": []}


def test_a_computed_answer_ignores_what_a_browser_sends() -> None:
    body = field("cost", "euros") + field(
        "half", "computed", 'value = "cost / 2"\nformat = "euros"\nfact = "half"'
    )
    form = a_form(body, {"cost": "100", "half": "999999"})

    assert form.validate()
    assert form.submission().facts == {"half": "50.00"}


def test_defaults_come_from_the_facts_of_the_dossier() -> None:
    body = '[facts.total_cost]\ntype = "euros"\nsource = "form"\n' + field(
        "kept", "euros", 'default = "total_cost"\nmax = "total_cost"'
    )
    facts: dict[str, object] = {"total_cost": "28000.00"}

    assert "28 000" in str(a_form(body, facts=facts)["kept"]()).replace(NBSP, " ")
    too_much = first_error(a_form(body, {"kept": "28000,01"}, facts=facts), "kept")
    assert too_much.replace(NBSP, " ") == "Il faut au plus 28 000 €."


def test_a_rule_between_answers_speaks_at_its_question() -> None:
    body = (
        field("cost", "euros")
        + field("asked", "euros")
        + '[[steps.Ask.rules]]\nexpect = "asked <= cost"\nfield = "asked"\n'
        'sentence = "Vous demandez plus que le coût."\n'
    )

    assert first_error(a_form(body, {"cost": "10", "asked": "11"}), "asked") == (
        "Vous demandez plus que le coût."
    )
    assert a_form(body, {"cost": "10"}).validate()


def test_what_a_browser_sends_is_escaped_when_shown_again() -> None:
    form = a_form(field("name", "text"), {"name": '"><script>alert(1)</script>'})

    assert "<script>" not in str(form["name"]())
