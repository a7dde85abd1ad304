"""How does a value read, whatever somebody typed?"""

import pytest

from app.catalogue.values import in_french


@pytest.mark.parametrize(
    ("value", "words"),
    [("2029-10-08", "8 octobre 2029"), ("n’importe quoi", "n’importe quoi"), (None, "")],
)
def test_what_is_no_day_is_shown_as_it_is(value: str | None, words: str) -> None:
    assert in_french("date", value) == words
