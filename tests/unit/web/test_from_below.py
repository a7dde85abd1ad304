"""Are the sentences made below the pages read in English, names and all?"""

import pytest
from flask import Flask
from flask_babel import force_locale

from app.web import language
from app.web.from_below import translated, word_of


@pytest.fixture
def app() -> Flask:
    """Pages with their two languages."""
    made = Flask(__name__)
    language.install(made)
    return made


@pytest.mark.parametrize(
    ("french", "english"),
    [
        (
            "L’étape «\N{NO-BREAK SPACE}Donner un avis\N{NO-BREAK SPACE}» n’existe plus dans la nouvelle version.",
            "The step “Donner un avis” no longer exists in the new version.",
        ),
        (
            "L’étape «\N{NO-BREAK SPACE}Payer\N{NO-BREAK SPACE}» est un calcul, et deviendrait une fin.",
            "The step “Payer” is a computation, and would become an end.",
        ),
        (
            "De la version 1 à la version 2, 8 dossiers. Nouveau barème.",
            "From version 1 to version 2, 8 dossiers. Nouveau barème.",
        ),
        ("accord, mouvement 3 (Vote)", "accord, move 3 (Vote)"),
        (
            "de «\N{NO-BREAK SPACE}A\N{NO-BREAK SPACE}» vers la jonction avant «\N{NO-BREAK SPACE}B\N{NO-BREAK SPACE}»",
            "from “A” to the join before “B”",
        ),
        ("Ce que personne ne connaît.", "Ce que personne ne connaît."),
    ],
)
def test_a_sentence_from_below_is_read_in_english(
    app: Flask, french: str, english: str
) -> None:
    with app.test_request_context(), force_locale("en"):
        assert translated(french) == english
    with app.test_request_context(), force_locale("fr"):
        assert translated(french) == french


def test_a_person_of_a_sentence_is_read_in_english(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert word_of("le demandeur") == "the applicant"
