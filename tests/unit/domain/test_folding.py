"""Are words found whatever their accents, capitals, hyphens and apostrophes?"""

import pytest

from app.domain.folding import alphabetical, fold


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("Bar-le-Duc", "bar le duc"),
        ("L’Épine-aux-Bois", "l'epine aux bois"),
        ("Sacré-Cœur", "sacre coeur"),
        ("2026-LPINV-00012", "2026 lpinv 00012"),
    ],
)
def test_words_are_found_as_people_type_them(written: str, sought: str) -> None:
    assert fold(written) == fold(sought)


def test_accents_do_not_send_a_name_after_the_last_letter() -> None:
    names = ["Zoé", "Élise", "Edmond", "de Bar", "Émile"]
    assert alphabetical(names, str) == ["de Bar", "Edmond", "Élise", "Émile", "Zoé"]
