"""The pages of mails: choices, absences, sending again, corrections, the brake, the words; who may, and what a bad form gets."""

from datetime import timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.domain.mailing import Choice
from app.domain.permissions import Role
from app.domain.status import MailStatus
from app.models.mailing import Absence, FailingAddress, MailPause, MailText
from app.models.outbox import Mail
from app.models.people import Person
from notifications import preferences
from notifications.emails import Planned, Recipient, plan
from notifications.shipped import shipped_words
from notifications.tags import Tags
from tests.integration.web.browser import Browser, hidden_fields
from tests.town import KEY, Site, site, town

__all__ = ["site", "town"]


def admin(site: Site) -> Browser:
    site.town.service.person("admin@dept.fr", Role.ADMIN)
    return site.browser("admin@dept.fr")


def a_mail(site: Site, status: MailStatus = MailStatus.SENT) -> Mail:
    """A receipt of the commune, as it stands in the outbox."""
    service = site.town.service
    dossier_id = service.filed(site.town.mayor, site.town.commune)
    to = Recipient(site.town.mayor.person_id)
    key = f"event:{uuid4()}:1:receipt:x"

    def put(session: object) -> None:
        plan(
            session,  # type: ignore[arg-type]
            Planned(key, "receipt", to, dossier_id=dossier_id),
            domain="dept.fr",
            now=service.now,
        )

    service.run(put)
    service.run(lambda session: _set(session.scalars(select(Mail)).one(), status))
    with service.database.reading() as session:
        return session.scalars(select(Mail)).one()


def _set(mail: Mail, status: MailStatus) -> None:
    mail.status = status


def mails(site: Site) -> list[Mail]:
    with site.town.service.database.reading() as session:
        return list(session.scalars(select(Mail).order_by(Mail.key)))


def reference(site: Site) -> str:
    with site.town.service.database.reading() as session:
        page = session.scalars(select(Mail)).first()
        assert page is not None
    answer = site.officer.get("/dossiers")
    return answer.text.split("/dossiers/20")[1].split('"')[0].join(["20", ""])


def choice(site: Site, person_id: UUID | None, kind: str) -> Choice | None:
    assert person_id is not None
    with site.town.service.database.reading() as session:
        return preferences.choices_of(session, person_id).get(kind)


def test_an_agent_chooses_and_a_mayor_is_told_what_cannot_be_stopped(site: Site) -> None:
    page = site.officer.get("/compte/notifications")
    assert "Relances de vos tâches" in page.text
    assert "Mes absences" in page.text

    site.officer.post(
        "/compte/notifications", {"task_reminders": "digest", "arrivals": "never"}
    )
    assert choice(site, site.town.officer.person_id, "task_reminders") is Choice.DIGEST

    mayor = site.mayor.get("/compte/notifications").text
    assert "ils ne peuvent pas être arrêtés" in mayor
    assert "Mes absences" not in mayor
    site.mayor.post("/compte/notifications", {"decisions": "never", "progress": "never"})
    assert choice(site, site.town.mayor.person_id, "decisions") is None
    assert choice(site, site.town.mayor.person_id, "progress") is Choice.NEVER


def test_each_is_offered_the_kinds_they_can_receive_and_no_other(site: Site) -> None:
    mayor = site.mayor.get("/compte/notifications").text
    agent = site.officer.get("/compte/notifications").text
    expert = site.browser("expert@drac.fr").get("/compte/notifications").text

    for staff in (
        "Relances de vos tâches",
        "Retards de votre équipe",
        "Récapitulatif du matin",
    ):
        assert staff in agent
        assert staff in expert
        assert staff not in mayor
    assert "Étapes de votre dossier" in mayor
    assert "Étapes de votre dossier" not in agent
    assert ["Demandes d’avis" in page for page in (mayor, agent, expert)] == [
        False,
        False,
        True,
    ]
    assert "qui vous remplace" not in site.mayor.get("/mon-compte").text
    assert "qui vous remplace" in site.officer.get("/mon-compte").text


def test_one_click_of_a_mail_program_leaves_a_kind_and_reading_the_link_does_not(
    site: Site,
) -> None:
    mayor = site.town.mayor.person_id
    assert mayor is not None
    url = f"/desabonnement/{Tags.of(KEY).leave(mayor, 'progress')}"
    program = site.app.test_client()

    assert "Ne plus les recevoir" in program.get(url).text
    assert choice(site, mayor, "progress") is None

    answer = program.post(
        url,
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200
    assert choice(site, mayor, "progress") is Choice.NEVER


def test_the_button_of_the_page_leads_to_an_address_that_reloads_harmlessly(site: Site) -> None:
    mayor = site.town.mayor.person_id
    assert mayor is not None
    url = f"/desabonnement/{Tags.of(KEY).leave(mayor, 'progress')}"
    person = site.app.test_client()

    answer = person.post(url, headers={"Origin": "http://localhost"})

    assert (answer.status_code, answer.location) == (303, url)
    assert choice(site, mayor, "progress") is Choice.NEVER
    for _time in range(2):
        assert "C’est fait" in person.get(url).text


@pytest.mark.parametrize("kind", ["decisions", "applicant_reminders", "nothing"])
def test_a_link_for_what_cannot_be_left_or_a_forged_one_finds_nothing(
    site: Site, kind: str
) -> None:
    mayor = site.town.mayor.person_id
    assert mayor is not None
    signed = Tags.of(KEY).leave(mayor, kind)
    forged = Tags.of("another key of at least thirty-two").leave(mayor, "progress")
    for token in (signed, forged, "x", f"{signed}0"):
        assert site.app.test_client().post(f"/desabonnement/{token}").status_code == 404


def test_an_agent_says_who_stands_in_and_comes_back(site: Site) -> None:
    other = site.town.service.person("collegue@dept.fr", Role.OFFICER)
    day = site.town.service.now.date()
    form = {
        "first_on": day.isoformat(),
        "last_on": (day + timedelta(days=3)).isoformat(),
        "substitute": str(other.person_id),
    }

    assert site.officer.post("/compte/notifications/absence", form).status_code == 303
    assert "Collegue" in site.officer.get("/compte/notifications").text
    again = site.officer.post("/compte/notifications/absence", form)
    assert again.status_code == 422
    assert "annulez-la d’abord" in again.text

    with site.town.service.database.reading() as session:
        absence_id = session.scalars(select(Absence.id)).one()
    assert (
        site.mayor.post(f"/compte/notifications/absence/{absence_id}/annuler").status_code
        == 403
    )
    site.officer.post(f"/compte/notifications/absence/{absence_id}/annuler")
    with site.town.service.database.reading() as session:
        assert session.scalars(select(Absence.cancelled_at)).one() is not None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"first_on": ""}, "Donnez les deux jours"),
        ({"substitute": "nobody"}, "Donnez les deux jours"),
        ({"last_on": "2020-01-01"}, "doit suivre le premier"),
        ({"last_on": "2099-01-01"}, "un an au plus"),
    ],
)
def test_an_absence_that_cannot_be_is_told_in_a_sentence(
    site: Site, changed: dict[str, str], said: str
) -> None:
    other = site.town.service.person("collegue@dept.fr", Role.OFFICER)
    day = site.town.service.now.date().isoformat()
    form = {"first_on": day, "last_on": day, "substitute": str(other.person_id)} | changed

    answer = site.officer.post("/compte/notifications/absence", form)

    assert answer.status_code == 422
    assert said in answer.text


def test_an_officer_sends_a_mail_again_once_for_one_press(site: Site) -> None:
    mail = a_mail(site)
    history = site.officer.get(f"/dossiers/{reference(site)}/historique")
    assert "Renvoyer" in history.text
    key = hidden_fields(history.text.split("Renvoyer")[0])["submission_key"]

    for _ in range(2):
        answer = site.officer.post(f"/courriels/{mail.id}/renvoyer", {"submission_key": key})
        assert answer.status_code == 303

    found = mails(site)
    assert [one.key for one in found] == [mail.key, f"{mail.key}:1"]
    assert found[0].message_id != found[1].message_id
    assert (
        "Courriel renvoyé" in site.officer.get(f"/dossiers/{reference(site)}/historique").text
    )


def test_the_history_titles_a_mail_sent_again_as_the_first_with_one_colon(site: Site) -> None:
    mail = a_mail(site)
    number = reference(site)
    subject = f"{number}\u00a0: nous avons reçu votre demande d’aide"
    site.town.service.run(lambda session: _titled(session.scalars(select(Mail)).one(), subject))
    site.officer.post(f"/courriels/{mail.id}/renvoyer", {"submission_key": "r" * 30})

    history = unescape(site.officer.get(f"/dossiers/{number}/historique").text)
    titled = history.replace("\u00a0", " ")
    assert titled.count("Courriel à Mairie : nous avons reçu votre demande d’aide") == 2
    assert [one.subject for one in mails(site)] == [subject, subject]


def _titled(mail: Mail, subject: str) -> None:
    mail.subject = subject


def test_what_still_waits_is_not_sent_again_and_strangers_send_nothing(site: Site) -> None:
    mail = a_mail(site, MailStatus.PENDING)
    url = f"/courriels/{mail.id}/renvoyer"

    waiting = site.officer.post(url, {"submission_key": "k" * 30})
    assert waiting.status_code == 422
    assert "pas encore parti" in waiting.text
    for email in ("mairie@commercy.fr", "mairie@verdun.fr", "elu@dept.fr"):
        assert site.browser(email).post(url).status_code == 403
    assert site.browser("expert@drac.fr").post(
        url, {"submission_key": "z" * 30}
    ).status_code in {403, 404}
    assert len(mails(site)) == 1


def test_the_officer_finds_the_address_to_correct_and_corrects_it(site: Site) -> None:
    mail = a_mail(site, MailStatus.BOUNCED)
    now = site.town.service.now
    site.town.service.run(
        lambda session: session.add(
            FailingAddress(
                address="mairie@commercy.fr",
                person_id=mail.person_id,
                dossier_id=mail.dossier_id,
                why="550 5.1.1 no such user",
                since=now - timedelta(hours=1),
            )
        )
    )
    site.town.service.run(lambda session: _bounced(session.scalars(select(Mail)).one(), now))
    with site.town.service.database.reading() as session:
        failing_id = session.scalars(select(FailingAddress.id)).one()
    url = f"/courriels/adresses/{failing_id}"

    for page in ("/a-traiter", f"/dossiers/{reference(site)}"):
        assert "ne reçoit plus nos courriels" in site.officer.get(page).text
    assert "550 5.1.1" in site.officer.get(url).text
    assert site.mayor.get(url).status_code == 403

    wrong = site.officer.post(url, {"address": "pas une adresse"})
    assert wrong.status_code == 422
    assert "n’est pas une adresse" in wrong.text
    taken = site.officer.post(url, {"address": "mairie@verdun.fr"})
    assert taken.status_code == 422
    assert "autre compte" in taken.text

    site.officer.post(url, {"address": "nouvelle@commercy.fr", "resend": "1"})
    with site.town.service.database.reading() as session:
        assert session.get_one(Person, mail.person_id).email == "nouvelle@commercy.fr"
    assert sorted(one.status for one in mails(site)) == ["bounced", "pending"]
    assert site.officer.post(url, {"address": "x@y.fr"}).status_code == 422


def _bounced(mail: Mail, now: object) -> None:
    mail.bounced_at = now  # type: ignore[assignment]


def test_an_administrator_sees_the_boxes_finds_a_mail_and_stops_the_post(site: Site) -> None:
    a_mail(site)
    browser = admin(site)

    assert "Accusé de réception" in browser.get("/administration/courriels?boite=envoyes").text
    for words, there in (("commercy", True), ("verdun", False), ("%", False), ("'", False)):
        found = browser.get(
            "/administration/courriels",
        ).text
        found = browser.get(f"/administration/courriels?boite=envoyes&q={words}").text
        assert ("Accusé de réception" in found) is there
    assert browser.get("/administration/courriels?boite=nimporte&page=99").status_code == 200

    browser.post("/administration/courriels/suspendre")
    assert "Les envois sont suspendus" in browser.get("/administration/courriels").text
    with site.town.service.database.reading() as session:
        pause_id = session.scalars(select(MailPause.id)).one()
    browser.post(f"/administration/courriels/reprendre/{pause_id}")
    assert "Suspendre les envois" in browser.get("/administration/courriels").text
    for url in ("/administration/courriels", "/administration/courriels/modeles"):
        assert site.officer.get(url).status_code == 403


def test_an_administrator_edits_looks_tries_and_returns(site: Site) -> None:
    a_mail(site)
    browser = admin(site)
    url = "/administration/courriels/modeles/receipt"
    words = {
        "subject": "Reçu : {{ reference }}",
        "title": "Reçu",
        "body": "Bien reçu, {{ demandeur }}.",
    }
    browser.get(url)

    face = browser.post(f"{url}/apercu", {**words, "face": "clair"})
    assert "Bien reçu, Commercy." in face.text
    assert "sandbox" in face.headers["Content-Security-Policy"]
    browser.get(url)
    dark = browser.post(f"{url}/apercu", {**words, "face": "sombre"}).text
    assert "prefers-color-scheme" not in dark
    browser.get(url)
    assert "Reçu : 20" in browser.post(f"{url}/apercu", {**words, "face": "texte"}).text
    browser.get(url)
    bad = browser.post(f"{url}/apercu", {**words, "body": "{{ referense }}"})
    assert "Vouliez-vous écrire" in bad.text

    browser.get(url)
    refused = browser.post(url, {**words, "body": "{% si retard > 0 %}jamais fermé"})
    assert refused.status_code == 422
    assert "fin si" in refused.text
    assert browser.post(url, words).status_code == 303
    browser.get(url)
    tried = browser.post(f"{url}/essai", {**words, "submission_key": "t" * 30})
    assert tried.status_code == 303
    assert [one.key.split(":")[0] for one in mails(site)] == ["event", "trial"]

    assert "Version 1" in browser.get(url).text
    assert "Bien reçu, {{ demandeur }}." in browser.get(f"{url}/versions/1").text
    browser.post(f"{url}/original")
    shipped = shipped_words("receipt")
    assert shipped is not None
    assert "Texte d’origine" in browser.get("/administration/courriels/modeles").text
    with site.town.service.database.reading() as session:
        assert [
            one.body for one in session.scalars(select(MailText).order_by(MailText.number))
        ] == [
            words["body"],
            None,
        ]


def test_a_mail_that_does_not_exist_or_is_a_list_is_not_edited(site: Site) -> None:
    browser = admin(site)
    for name in ("nothing", "digest_daily", "..%2Freceipt", "_layout.html"):
        assert browser.get(f"/administration/courriels/modeles/{name}").status_code == 404
    assert (
        browser.get("/administration/courriels/modeles/receipt/versions/9").status_code == 404
    )


def test_a_number_no_dossier_bears_is_said_in_the_frame_and_under_the_field(site: Site) -> None:
    a_mail(site)
    browser = admin(site)
    url = "/administration/courriels/modeles/receipt"
    words = {"subject": "a", "title": "b", "body": "c", "reference": "2000-X-1"}
    browser.get(url)

    unknown = browser.post(f"{url}/apercu", words)
    assert unknown.status_code == 404
    assert "Aucun dossier ne porte ce numéro" in unknown.text
    assert unknown.headers["X-Frame-Options"] == "SAMEORIGIN"
    tried = browser.post(f"{url}/essai", {**words, "submission_key": "u" * 30})
    assert tried.status_code == 422
    assert "Aucun dossier ne porte ce numéro" in tried.text
    assert "2000-X-1" in tried.text
    assert [one.key.split(":")[0] for one in mails(site)] == ["event"]
