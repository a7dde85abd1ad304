"""Is an incident told in the words of the type, with what mends it?"""

from uuid import uuid4

import pytest
from flask import Flask
from flask_babel import Babel

from app.catalogue.aid_rules import load_aid_rules
from app.catalogue.published import DossierType
from app.engine.parse import parse_diagram
from app.web.incident_cause import missing_in
from tests.builders import grant_pack


@pytest.mark.parametrize(
    ("name", "sentence", "step"),
    [
        (
            "convention_required",
            "« Convention exigée », que « Choisir l’acte » décide",
            "Choisir l’acte",
        ),
        (
            "opinions_due",
            "« Réponse attendue pour le », que « Choisir les services à consulter » demande",
            "Choisir les services à consulter",
        ),
        (
            "nobody_gives_it",
            "« nobody gives it », que ce dossier",
            "à l’étape qui donne cette information",
        ),
    ],
)
def test_what_is_missing_is_named_with_the_step_that_gives_it(
    name: str, sentence: str, step: str
) -> None:
    pack = grant_pack()
    definition = parse_diagram(pack.diagram, process_id=pack.process)
    grant = DossierType(uuid4(), 1, pack, definition, load_aid_rules(pack.files))
    app = Flask(__name__)
    Babel(app, default_locale="fr")
    with app.test_request_context():
        cause = missing_in(grant, name)
    assert sentence in cause.sentence.replace("\N{NO-BREAK SPACE}", " ")
    assert step in cause.advice
    assert name not in cause.sentence + cause.advice
