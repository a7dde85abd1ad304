"""Are forecasts told in good French, on days the office is open?"""

from datetime import date

from app.domain.usual_delays import Chance, Forecast
from app.domain.working_days import FRANCE
from app.queries.usual_delays import Prospect
from app.web.usual_view import _when, chance_words
from tests.unit.web.pages import bare_app

FRIDAY = date(2026, 11, 20)


def told(late: Chance | None, *, expected: int | None = None) -> Forecast:
    """A forecast due in ten days."""
    return Forecast(10, late, expected, expected, expected, observed=30)


def test_one_chance_is_singular() -> None:
    with bare_app().test_request_context():
        one = chance_words(told(Chance(0.1, 0.0, 0.2)))
        assert one == "1 chance sur 10 de dépasser le délai (entre 0 et 2)."
        three = chance_words(told(Chance(0.3, 0.3, 0.3)))
        assert three == "3 chances sur 10 de dépasser le délai."


def test_a_likely_end_is_a_worked_day() -> None:
    """The day after a Friday is told as the Monday."""
    said = Prospect("silence_public", FRIDAY, "", told(Chance(0.5, 0.4, 0.6), expected=1))
    with bare_app().test_request_context():
        shown = _when(said, FRIDAY, FRANCE).replace("\u00a0", " ")
    assert "23 novembre 2026" in shown
    assert "21 novembre" not in shown


def test_nothing_is_said_of_how_long_the_rest_takes_when_it_is_not_known() -> None:
    with bare_app().test_request_context():
        assert _when(Prospect("silence_public", FRIDAY, "", told(None)), FRIDAY, FRANCE) == ""
