"""Has every state its French word, its tone, and its place on a screen?"""

from datetime import date
from enum import StrEnum

import pytest
from babel.support import NullTranslations

from app.domain.permissions import Role
from app.domain.status import (
    ClaimKind,
    ClaimStatus,
    DossierStatus,
    MailStatus,
    OpinionValue,
    OrderStatus,
    PieceStatus,
    ScanStatus,
    SessionStatus,
    TaskStatus,
    Vote,
)
from app.web.labels import label_of, tag_of, task_tag
from app.web.language import catalogue

TONES = {"info", "ok", "warn", "danger", "wait", "idle"}
KINDS: list[type[StrEnum]] = [
    DossierStatus,
    TaskStatus,
    PieceStatus,
    ScanStatus,
    OpinionValue,
    SessionStatus,
    Vote,
    ClaimKind,
    ClaimStatus,
    OrderStatus,
    MailStatus,
    Role,
]
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("state", [state for kind in KINDS for state in kind], ids=repr)
@pytest.mark.parametrize("public", [False, True])
def test_every_state_has_a_word_and_a_tone(state: StrEnum, public: bool) -> None:  # noqa: FBT001
    tag = tag_of(state, public=public)
    assert tag.label
    assert tag.tone in TONES


def test_the_same_value_of_two_states_keeps_two_words() -> None:
    assert label_of(DossierStatus.REFUSED) == "Refusé"
    assert label_of(PieceStatus.REFUSED) == "Refusée"


def test_applicants_read_other_words_than_the_staff() -> None:
    assert label_of(DossierStatus.INCOMPLETE) == "En attente de pièces"
    assert label_of(DossierStatus.INCOMPLETE, public=True) == "Pièces à fournir"
    assert label_of(PieceStatus.REFUSED, public=True) == "À remplacer"


def test_a_piece_never_deposited_is_to_be_deposited() -> None:
    assert tag_of(None).label == "À déposer"


@pytest.mark.parametrize(
    ("status", "due", "word"),
    [
        (TaskStatus.OPEN, date(2026, 11, 22), "En retard"),
        (TaskStatus.OPEN, date(2026, 11, 23), "Bientôt en retard"),
        (TaskStatus.OPEN, date(2026, 12, 23), "À traiter"),
        (TaskStatus.OPEN, None, "À traiter"),
        (TaskStatus.DONE, date(2026, 11, 22), "Terminée"),
    ],
)
def test_an_open_task_tells_how_late_it_is(
    status: TaskStatus, due: date | None, word: str
) -> None:
    assert task_tag(status, due, TODAY).label == word


def test_zero_takes_the_singular_in_french_and_the_plural_in_english() -> None:
    french, english = catalogue("fr"), catalogue("en")

    def said(words: NullTranslations, number: int) -> str:
        text: str = words.ungettext("%(num)s dossier", "%(num)s dossiers", number)
        return text % {"num": number}

    assert [said(french, number) for number in (0, 1, 2)] == [
        "0 dossier",
        "1 dossier",
        "2 dossiers",
    ]
    assert said(english, 0) != said(english, 1).replace("1", "0")
    assert (
        catalogue("en").ungettext("sans anglais", "sans anglais, plusieurs", 0)
        == "sans anglais"
    )
