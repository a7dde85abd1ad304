"""Does one dossier go from the town hall to its last euro, through pages only?"""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Browser

from app.domain.civil import civil_day
from tests.browser.desk import Desk
from tests.browser.house import House
from tests.sample_files import pdf

#: The worked example E1 of the trade: 28 000 € of furniture, 5 600 € from the State.
TITLE = "Mobilier de la médiathèque"


@pytest.mark.timeout(600)
def test_one_dossier_from_the_town_hall_to_its_last_euro(
    chromium: Browser, house: House
) -> None:
    reference = _file(chromium, house)
    house.tick()
    assert any(reference in one for one in house.subjects_to("mairie.bar-le-duc"))

    _examine(chromium, house, reference)
    _visas(chromium, house, reference)
    _vote(chromium, house, reference)
    _award(chromium, house, reference)
    _claim(chromium, house, reference)
    _pay(chromium, house, reference)
    house.tick()

    with Desk(chromium, house.url, "mairie.bar-le-duc") as mairie:
        mairie.follow(TITLE)
        mairie.sees("Terminé")
        mairie.sees("10 055 € versés le")
    _read_the_mails(house)


def _file(chromium: Browser, house: House) -> str:
    """The town hall writes its request, joins its pieces, files it."""
    start = _today() + timedelta(days=200)
    with Desk(chromium, house.url, "mairie.bar-le-duc") as mairie:
        mairie.open("/portail/demandes/nouvelle")
        mairie.fill({"dispositif": "LP-MOB"})
        mairie.press("Commencer la demande")
        if not mairie.page.url.endswith("/questions"):
            mairie.follow("questions")
        mairie.fill(
            {
                "title": TITLE,
                "description": "Rayonnages, assises et signalétique.",
                "place": "Bar-le-Duc",
                "first_library": "non",
                "qualified_staff": "oui",
                "start_date": start.isoformat(),
                "end_date": (start + timedelta(days=300)).isoformat(),
                "expenses-0-label": "Mobilier",
                "expenses-0-amount": "28 000",
                "requested_amount": "16 000",
                "funding-0-label": "Commune",
                "funding-0-kind": "own",
                "funding-0-amount": "6400",
                "funding-1-label": "État, DGD",
                "funding-1-kind": "public",
                "funding-1-amount": "5 600,00",
                "contact_name": "Catherine Perrin",
                "contact_email": "mairie@bar.example",
                "not_started": True,
                "certified": True,
            }
        )
        mairie.press("Enregistrer et continuer")
        mairie.upload_all(pdf())
        mairie.follow("relire ma demande")
        mairie.press("Déposer ma demande")
        mairie.sees("Votre demande est déposée")
        found = re.search(r"\d{4}-LPINV-\d{5}", mairie.page.locator("body").inner_text())
        assert found is not None
        return found[0]


def _examine(chromium: Browser, house: House, reference: str) -> None:
    """The officer checks, asks for a piece, consults two services, computes and proposes."""
    with Desk(chromium, house.url, "agent") as agent:
        agent.task("Vérifier la complétude", reference)
        agent.fill({"completeness": "missing", "missing_pieces": ["quotes"]})
        agent.fill({"missing_pieces-quotes-reason": "Le devis n’est pas daté."})
        agent.press("Enregistrer le contrôle")
    house.tick()
    with Desk(chromium, house.url, "mairie.bar-le-duc") as mairie:
        mairie.follow(TITLE)
        mairie.sees("Le devis n’est pas daté.")
        mairie.follow("Envoyer les pièces demandées")
        mairie.upload("devis-date.pdf", pdf(seed=2), "quotes")
        mairie.press("Envoyer les pièces")
    with Desk(chromium, house.url, "agent") as agent:
        agent.task("Vérifier la complétude", reference)
        agent.fill({"completeness": "complete"})
        agent.press("Enregistrer le contrôle")
        agent.sees("Acceptez d’abord chaque pièce obligatoire")
        while agent.page.get_by_role("button", name="Accepter").count():
            agent.press("Accepter")
        complete = {"completeness": "complete"}
        agent.do("Vérifier la complétude", reference, complete, "Enregistrer le contrôle")
        experts = [str(house.people[one]) for one in ("expert.drac", "expert.bd")]
        agent.do(
            "Choisir les services à consulter",
            reference,
            {"experts": experts},
            "Demander les avis",
        )
    house.tick()
    for login, opinion in (("expert.drac", "favourable"), ("expert.bd", "with_reservations")):
        assert len(house.subjects_to(login)) == 1
        with Desk(chromium, house.url, login) as expert:
            answers = {"opinion": opinion, "observations": "Projet cohérent."}
            expert.do("Donner un avis", reference, answers, "Donner mon avis")
    with Desk(chromium, house.url, "agent") as agent:
        agent.task("Instruire la demande", reference)
        agent.sees("45 % = 30 %")
        agent.sees("12 600 €")
        agent.fill({"proposal": "grant", "analysis": "Le projet est cohérent."})
        agent.press("Enregistrer la proposition")


def _visas(chromium: Browser, house: House, reference: str) -> None:
    """Three visas; the finance service sends back once."""
    with Desk(chromium, house.url, "chef") as chef:
        visa = {"head_visa": "approved"}
        chef.do("Viser la proposition", reference, visa, "Enregistrer mon visa")
    with Desk(chromium, house.url, "finances") as finances:
        finances.do(
            "Viser la proposition",
            reference,
            {"finance_visa": "approved"},
            "Enregistrer mon visa",
        )
    with Desk(chromium, house.url, "direction") as direction:
        visa = {"direction_visa": "approved"}
        direction.do("Viser la proposition", reference, visa, "Enregistrer mon visa")


def _vote(chromium: Browser, house: House, reference: str) -> None:
    """The committee office plans a session, puts the dossier on it, records the vote."""
    today = _today().isoformat()
    with Desk(chromium, house.url, "assemblees") as office:
        office.open("/commissions")
        office.fill({"held_on": today, "agenda_closes_on": today})
        office.press("Planifier la séance")
        office.press("Inscrire à l’ordre du jour")
        office.page.locator("input[name^='vote-'][value=granted]").check()
        office.page.locator("input[name^='for-']").fill("15")
        office.page.get_by_text("Appliquer les décisions…").click()
        office.press("Appliquer la décision")
        office.sees("appliquée")
        act = {"act_number": "CP-2026-12-01", "transmitted_on": today, "published_on": today}
        office.do("Rendre l’acte exécutoire", reference, act, "Enregistrer l’acte")


def _award(chromium: Browser, house: House, reference: str) -> None:
    """Funds are committed, then the award is notified; the town hall starts."""
    today = _today().isoformat()
    with Desk(chromium, house.url, "finances") as finances:
        finances.do(
            "Engager les crédits",
            reference,
            {"envelope": 1, "commitment_number": "E-001"},
            "Engager",
        )
    with Desk(chromium, house.url, "signataire") as signatory:
        day = {"notified_on": today}
        signatory.do("Notifier l’aide", reference, day, "Enregistrer la notification")
    house.tick()
    with Desk(chromium, house.url, "mairie.bar-le-duc") as mairie:
        mairie.follow(TITLE)
        mairie.follow("Déclarer le démarrage")
        mairie.fill({"started_on": today})
        mairie.upload_all(pdf(seed=3))  # and what was typed is still there
        mairie.press("Déclarer le démarrage")


def _claim(chromium: Browser, house: House, reference: str) -> None:
    """The town hall claims its final payment: example E6, 22 345,67 € really spent."""
    del reference
    with Desk(chromium, house.url, "mairie.bar-le-duc") as mairie:
        mairie.follow(TITLE)
        mairie.follow("Demander un versement")
        mairie.fill({"kind": "final"})
        answers = {
            "spending-0-label": "Mobilier",
            "spending-0-amount": "22 345,67",
            "real_cost": "22 345,67",
            "real_other_public": "4 469,13",
            "real_private": "0",
            "certified": True,
        }
        mairie.fill(answers)
        mairie.press("Enregistrer et voir les pièces à joindre")
        mairie.upload_all(pdf(seed=4))
        mairie.press("Envoyer la demande de versement")


def _pay(chromium: Browser, house: House, reference: str) -> None:
    """The officer checks, the finance service certifies and orders, the payer pays, it closes."""
    today = _today().isoformat()
    with Desk(chromium, house.url, "agent") as agent:
        agent.do(
            "Contrôler la demande de versement",
            reference,
            {"claim_check": "accepted"},
            "Enregistrer le contrôle",
        )
    with Desk(chromium, house.url, "finances") as finances:
        finances.task("Certifier le service fait", reference)
        finances.sees("10 055 €")
        finances.fill({"certified": "yes"})
        finances.press("Enregistrer la certification")
        order = {"order_number": "M-77", "slip": "B-12", "issued_on": today}
        finances.do("Émettre le mandat", reference, order, "Enregistrer le mandat")
        paid = {"payer": "accepted", "paid_on": today}
        finances.do(
            "Enregistrer la réponse du payeur", reference, paid, "Enregistrer la réponse"
        )
    with Desk(chromium, house.url, "agent") as agent:
        agent.do("Clore le dossier", reference, {"assessment": "Réalisé."}, "Clore le dossier")


def _read_the_mails(house: House) -> None:
    """Each moment wrote once to the town hall, over real SMTP."""
    subjects = house.subjects_to("mairie.bar-le-duc")
    assert len(subjects) == len(
        {str(one["Message-ID"]) for one in house.mails_to("mairie.bar-le-duc")}
    )
    for words in ("reçu votre demande", "il nous manque", "complet", "accordée"):
        assert any(words in one.lower() for one in subjects), (words, subjects)


def _today() -> date:
    return civil_day(datetime.now(UTC))  # noqa: TID251 - a test lives today
