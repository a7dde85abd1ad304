"""Does every mail have its three texts, whatever it has to say, and is each of them sound?"""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError

from notifications.render import FOLDER, mail_names, render
from notifications.schedules import load_ladders
from tests.unit.notifications.samples import ALL, BARE, DOSSIER, FULL, LATE

NAMES = mail_names()
NBSP = "\u00a0"


class Reading(HTMLParser):
    """Reads a mail as a program does: its links, its words, its tags left open."""

    #: What is read before the mail itself: its title, the line shown in a list of mails.
    ABOUT = frozenset({"title", "style", "h1", "div"})
    VOID = frozenset({"meta", "br", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.ABOUT & set(self.open):
            self.words.append(data)


def read(html: str) -> Reading:
    reading = Reading()
    reading.feed(html)
    reading.close()
    return reading


def test_every_mail_has_its_three_texts() -> None:
    folders = [path for path in FOLDER.iterdir() if path.is_dir()]
    for folder in folders:
        parts = {path.name for path in folder.iterdir()}
        assert parts == {"subject.txt", "body.txt", "body.html"}, folder.name
    assert len(NAMES) == len(folders) >= 25


@pytest.mark.parametrize("case", ALL)
@pytest.mark.parametrize("name", NAMES)
def test_a_mail_says_its_subject_in_one_line_and_opens_one_page(name: str, case: str) -> None:
    values = ALL[case]
    mail = render(name, values)
    assert mail.subject
    assert "\n" not in mail.subject
    assert len(mail.subject) <= 120
    assert "{" not in mail.subject + mail.text
    assert mail.text.count(values.url) == 1
    html = read(mail.html)
    assert html.open == []
    pages = {link for link in html.links if not link.startswith("mailto:")}
    sections = values.digest.sections if values.digest else ()
    lines = {line.url for part in sections for line in part.lines}
    assert pages - lines == {values.url, values.choices_url} - {""}
    assert values.why in mail.text


@pytest.mark.parametrize("name", NAMES)
def test_both_bodies_tell_the_same(name: str) -> None:
    mail = render(name, FULL)
    told = words_of(mail.text.replace(FULL.choices_url, ""))
    shown = words_of(" ".join(read(mail.html).words))
    frame = words_of("Si le bouton ne s’ouvre pas copiez cette adresse dans votre navigateur")
    assert told - shown == set()
    assert shown - told - frame == set()


def words_of(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[^\W_]+", text)}


def test_what_people_typed_cannot_become_html() -> None:
    hostile = replace(FULL, dossier=replace(DOSSIER, title="<script>alert(1)</script>"))
    for name in NAMES:
        assert "<script" not in render(name, hostile).html


def test_a_line_feed_in_a_title_stays_in_the_subject_line() -> None:
    hostile = replace(
        FULL, name="x", dossier=replace(DOSSIER, reference="R\r\nBcc: eve@evil.example")
    )
    subject = render("receipt", hostile).subject
    assert subject.startswith("R Bcc: eve@evil.example")
    assert not re.search(r"[\r\n\u2028\x00]", subject)


def test_silence_is_told_by_the_law_to_associations_and_by_the_rules_to_communes() -> None:
    association, commune = render("receipt", BARE).text, render("receipt", FULL).text
    assert f"20{NBSP}mai{NBSP}2026" in association  # two months after the 20th of March
    assert "L. 231-4" in association
    assert "L. 231-4" not in commune
    assert "règlement des aides" in commune


def test_the_clock_of_an_association_stops_during_the_time_given_only() -> None:
    text = render("missing_pieces", replace(BARE, due_on=date(2026, 5, 11))).text
    assert "L. 114-5" in text
    assert f"soit jusqu’au 11{NBSP}mai{NBSP}2026" in text
    assert "L. 114-5" not in render("missing_pieces", FULL).text


def test_a_refusal_states_both_remedies_and_their_delay() -> None:
    text = render("refusal", FULL).text
    for words in ("deux mois", "recours gracieux", "tribunal administratif", "R. 421-1"):
        assert words in text


def test_lateness_is_said_in_days_as_of_the_day_the_mail_leaves() -> None:
    assert f"Retard de 4{NBSP}jours" in render("reminder_task", LATE).text
    assert "4" not in render("reminder_task", FULL).subject.replace("00042", "")


def test_a_dossier_type_may_have_its_own_words() -> None:
    assert (
        render("receipt", FULL, type_key="no_such_type").subject
        == render("receipt", FULL).subject
    )


def test_a_text_that_names_what_does_not_exist_is_an_error_not_an_empty_place() -> None:
    with pytest.raises(UndefinedError):
        render("reminder_task", replace(FULL, task=None))


def test_the_ladders_name_only_mails_and_people_that_exist() -> None:
    ladders = load_ladders()
    assert {"staff", "visa", "pieces", "opinion", "works", "completion"} <= set(ladders)
    for ladder in ladders.values():
        assert {rung.mail for rung in ladder.rungs} <= set(NAMES)
