"""Words an administrator wrote: in force at once, checked before, never an empty mail after."""

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound
from app.domain.permissions import Role
from app.domain.status import MailStatus
from app.models.mailing import MailText
from app.models.process import Incident
from notifications import texts
from notifications.shipped import Words, shipped_words
from notifications.wording import WordsRefused
from tests.integration.notifications.conftest import Town
from tests.integration.notifications.test_delivery import plain

WORDS = Words(
    "{{ reference }} : bien reçu",
    "C’est bien arrivé",
    "Votre demande « {{ titre }} » est là.\n\n! Gardez ce message.\n\nDossier : {{ reference }}\nDemandeur : {{ demandeur }}",
)


def save(town: Town, words: Words, template: str = "receipt") -> None:
    admin = town.service.person(f"a{id(words)}@meuse.example", Role.ADMIN)
    town.service.run(
        lambda session: texts.save(session, admin, template, words, now=town.service.now)
    )


def test_edited_words_leave_in_both_parts_with_the_frame_and_the_law(town: Town) -> None:
    town.sweep("dispatch")
    save(town, WORDS)

    town.sweep("mail")

    (message,) = town.server.taken
    assert message["Subject"] == "2026-LPINV-00001 : bien reçu"
    text = plain(message).replace("\r\n", "\n")
    assert "\nGardez ce message.\n" in text, "the mark of a notice is not read"
    assert "ni la réception de la demande" in text, "the sentence of law stays"
    html = message.get_body(preferencelist=("html",)).get_content()  # type: ignore[union-attr]
    assert '<p class="notice warn">Gardez ce message.</p>' in html
    assert '<th scope="row">Dossier</th><td>2026-LPINV-00001</td>' in html
    assert "C’est bien arrivé</h1>" in html


def test_words_that_do_not_fit_a_dossier_give_way_to_the_shipped_ones_and_it_is_told(
    town: Town,
) -> None:
    town.sweep("dispatch")
    save(town, Words("Reçu", "Reçu", "Vous aurez {{ aide }}."))

    town.sweep("mail")

    (message,) = town.server.taken
    assert "Votre demande d’aide a bien été déposée" in plain(message)
    assert town.mails("receipt")[0].status is MailStatus.SENT
    with town.service.database.reading() as session:
        (incident,) = session.scalars(select(Incident)).all()
    assert incident.kind == "mail_text"
    assert "« aide » est vide" in incident.cause.replace("\u00a0", " ")


def test_words_are_tried_on_the_dossiers_that_received_the_mail_before_they_are_saved(
    town: Town,
) -> None:
    town.sweep("dispatch")
    town.sweep("mail")
    clock = town.clock()

    def check(words: Words) -> None:
        with town.service.database.reading() as session:
            texts.check(
                session, town.post, clock.pack_of, "receipt", words, now=town.service.now
            )

    check(WORDS)
    with pytest.raises(WordsRefused, match="Dossier 2026-LPINV-00001"):
        check(Words("Reçu", "Reçu", "Vous aurez {{ aide }}."))
    for bad in (Words("", "t", "b"), Words("s", "t", ""), Words("a\nb", "t", "b")):
        with pytest.raises(WordsRefused):
            check(bad)


def test_every_version_stays_and_the_shipped_words_come_back(town: Town) -> None:
    save(town, WORDS)
    save(town, Words("a", "b", "c"))
    admin = town.service.person("z@meuse.example", Role.ADMIN)
    town.service.run(
        lambda session: texts.back_to_shipped(session, admin, "receipt", now=town.service.now)
    )

    with town.service.database.reading() as session:
        assert texts.live(session, "receipt") is None
        numbers = list(session.scalars(select(MailText.number).order_by(MailText.number)))
    assert numbers == [1, 2, 3]


def test_only_an_administrator_writes_and_only_mails_that_exist(town: Town) -> None:
    with pytest.raises(NotAllowed):
        town.service.run(
            lambda session: texts.save(
                session, town.officer, "receipt", WORDS, now=town.service.now
            )
        )
    with pytest.raises(NotFound):
        save(town, WORDS, "../../etc/passwd")


def test_what_people_typed_stays_words_in_an_edited_mail(town: Town) -> None:
    hostile = Words("<b>x</b>", "<img src=x>", "<script>alert(1)</script>\n\n- <i>a</i>")
    town.sweep("dispatch")
    save(town, hostile)
    town.sweep("mail")

    html = town.server.taken[0].get_body(preferencelist=("html",)).get_content()  # type: ignore[union-attr]
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    assert shipped_words("receipt") is not None
