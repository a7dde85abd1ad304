"""Is the reason of a date told in words, whatever its form in the diagram?"""

from uuid import uuid4

import pytest
from flask import Flask
from flask_babel import Babel

from app.catalogue.aid_rules import load_aid_rules
from app.catalogue.published import DossierType
from app.engine.parse import parse_diagram
from app.web.timer_words import why_that_day
from tests.builders import grant_pack


@pytest.fixture(scope="module")
def grant() -> DossierType:
    """The investment grant of the house."""
    pack = grant_pack()
    definition = parse_diagram(pack.diagram, process_id=pack.process)
    return DossierType(uuid4(), 1, pack, definition, load_aid_rules(pack.files))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("at(date_add(pieces_limit, days=15))", "15 jours après « date limite des pièces »"),
        (
            "${at(date_add(opinions_due, days=1))}",
            "le lendemain de « Réponse attendue pour le »",
        ),
        (
            "date_add(completion_deadline, months=2)",
            "2 mois après « date limite d’achèvement »",
        ),
        ("at(start_deadline)", "le jour dit par « date limite de démarrage »"),
        ("P15D", "15 jours après le début de l’attente"),
        ("P1M", "1 mois après le début de l’attente"),
        ("P10WD", "10 jours ouvrés après le début de l’attente"),
        ("R3/P7D", "tous les 7 jours"),
        ("at(next_session(facts.body))", "at(next_session(facts.body))"),
        ("2026-12-31", "2026-12-31"),
    ],
)
def test_the_reason_of_a_date(grant: DossierType, written: str, words: str) -> None:
    app = Flask("words")
    Babel(app, default_locale="fr")
    with app.test_request_context():
        assert why_that_day(written, grant).replace("\xa0", " ") == words
