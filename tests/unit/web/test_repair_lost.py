"""Does a plan of repair say of the past that it has passed?"""

from datetime import UTC, datetime

import pytest
from flask import Flask, g
from flask_babel import Babel

from app.domain.legal_clock.facts import FactKind
from app.web.repair_lost import clocks_told, reminder_told


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-20", "prévue le 20 novembre 2026 et pas encore partie"),
        ("2026-12-20", "sa relance du 20 décembre 2026 ne partira pas"),
    ],
)
def test_a_reminder_that_should_have_gone_is_not_told_as_one_to_come(
    day: str, said: str
) -> None:
    app = Flask(__name__)
    Babel(app, default_locale="fr")
    with app.test_request_context():
        g.liasse_now = datetime(2026, 11, 27, 9, tzinfo=UTC)
        assert said in reminder_told({"reminder": day}).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("2026-11-23", "reste dépassé depuis le 23 novembre 2026"),
        ("2026-12-23", "court toujours, jusqu’au 23 décembre 2026"),
    ],
)
def test_a_delay_that_has_passed_does_not_run_until_then(due: str, said: str) -> None:
    app = Flask(__name__)
    Babel(app, default_locale="fr")
    line = {
        "title": "Instruire",
        "step": "Instruire",
        "due": due,
        "does": FactKind.STOP,
        "may_come": False,
    }
    facts = {"clocks_on": [], "clocks_off": [], "clocks_moved": [], "clocks_untold": [line]}
    with app.test_request_context():
        g.liasse_now = datetime(2026, 11, 27, 9, tzinfo=UTC)
        [told] = clocks_told(facts)
    assert said in told.replace("\N{NO-BREAK SPACE}", " ")
