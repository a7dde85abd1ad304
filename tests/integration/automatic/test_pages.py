"""Do the pages of incidents and of what people may ask say what is, and do what they say?"""

import html
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.actions.backoff import WAITS
from app.actions.people import hash_password
from app.factory import create_app
from app.models.people import Person
from app.settings import Settings
from tests.festivals import Fair
from tests.integration.web.browser import PASSWORD, Browser

SignIn = Callable[[str], Browser]


@pytest.fixture
def sign_in(fair: Fair) -> SignIn:
    """Somebody's browser, signed in."""
    database = fair.house.database
    settings = Settings(
        data_dir=fair.folder,
        database_url=database.engine.url.render_as_string(hide_password=False),
        secret_key="0123456789abcdef0123456789abcdef",
        storage_url=f"file:{fair.folder / 'documents'}",
    )
    app = create_app(settings, database=database, console=fair.house.console)

    def enter(login: str) -> Browser:
        person = fair.house.people[login]

        def choose(session: Session) -> None:
            session.get_one(Person, person.id).password_hash = hash_password(PASSWORD)

        fair.house.run(choose)
        browser = Browser(app.test_client())
        assert browser.sign_in(person.email).status_code == 303
        return browser

    return enter


def plain(browser: Browser, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, url
    return html.unescape(response.text).replace("\u00a0", " ")


def fail(fair: Fair, number: int) -> None:
    fair.server.fails()
    for _ in range(number):
        fair.file()
    for wait in (WAITS[0] * 0, *WAITS[:2]):
        fair.tick(later=wait)


def test_incidents_of_one_cause_stand_together_and_are_tried_again_together(
    fair: Fair, sign_in: SignIn
) -> None:
    fail(fair, 7)
    admin = sign_in("admin")
    assert sign_in("agent").get("/administration/incidents").status_code == 403

    page = plain(admin, "/administration/incidents")
    assert "Le serveur 127.0.0.1 est en panne ou surchargé (réponse 503)." in page
    assert "7 dossiers" in page
    assert "Voir les 7 incidents" in page
    assert "Traceback" not in page
    assert "Aucun incident" in plain(admin, "/administration/incidents?sorte=mail")
    mark = page.split("/administration/incidents/causes/")[1][:12]
    assert page.count("Interroger le répertoire") == 5
    whole = plain(admin, f"/administration/incidents/causes/{mark}")
    assert whole.count("Interroger le répertoire") == 7
    assert admin.get("/administration/incidents/causes/000000000000").status_code == 404

    assert admin.post("/administration/incidents/reessayer", {"pick": []}).status_code == 303
    assert len(fair.incidents()) == 7
    chosen = str(fair.incidents()[0].id)
    admin.post("/administration/incidents/reessayer", {"pick": chosen})
    assert len(fair.incidents()) == 6
    admin.post("/administration/incidents/reessayer", {"cause": mark})
    assert fair.incidents() == []
    fair.server.works()
    fair.tick()
    assert "Aucun incident" in plain(admin, "/administration/incidents")


def test_one_incident_says_what_the_dossier_was_doing_and_is_passed_with_a_reason(
    fair: Fair, sign_in: SignIn
) -> None:
    fail(fair, 1)
    admin = sign_in("admin")
    [incident] = fair.incidents()
    url = f"/administration/incidents/{incident.id}"

    page = plain(admin, url)
    assert "Interroger le répertoire" in page
    assert "Le reste du dossier continue" in page
    assert "Traceback" not in page.partition("Détail technique")[0]
    assert "register_status" in page

    admin.post(f"{url}/charge", {})
    assert "suivi par" in plain(admin, "/administration/incidents").lower()
    silent = admin.post(f"{url}/passer", {"reason": " "})
    assert silent.status_code == 422
    assert "Dites pourquoi" in html.unescape(silent.text)
    assert (
        admin.post(f"{url}/passer", {"reason": "Vu", "v-register_status": "actif"}).status_code
        == 303
    )
    assert fair.incidents() == []
    assert "Incident clos" in plain(admin, url)
    missing = f"{url[:-1]}{'0' if url[-1] != '0' else '1'}"
    assert admin.get(missing).status_code == 404


def test_what_people_may_ask_is_on_the_page_of_the_dossier(fair: Fair, sign_in: SignIn) -> None:
    festival = fair.file()
    fair.tick()
    mayor, officer = sign_in("mairie.commercy"), sign_in("agent")
    home, desk = f"/portail/demandes/{festival.id}", f"/dossiers/{festival.row.reference}"

    assert "Renoncer au festival" in plain(mayor, home)
    assert "Renoncer au festival" not in plain(officer, desk)
    assert officer.get(f"{desk}/demarches/give_up").status_code == 404
    assert mayor.get(f"{home}/demarches/nothing").status_code == 404

    wrong = officer.post(
        f"{desk}/demarches/new_contact", {"contact_name": "", "contact_email": "x"}
    )
    assert wrong.status_code == 422
    good = {"contact_name": "Léa Petit", "contact_email": "lea@commune.example"}
    for _ in range(2):
        sent = officer.post(
            f"{desk}/demarches/new_contact", {**good, "submission_key": "cle-000000000000001"}
        )
        assert sent.status_code == 303
    assert "Léa Petit" in plain(officer, desk)
    assert [one.kind for one in festival.journal].count("contact_changed") == 1

    assert (
        mayor.post(
            f"{home}/demarches/give_up", {"submission_key": "cle-000000000000002"}
        ).status_code
        == 303
    )
    assert festival.row.status == "withdrawn"
    late = mayor.post(f"{home}/demarches/give_up", {"submission_key": "cle-000000000000003"})
    assert late.status_code == 422
    assert "Renoncer au festival" not in plain(mayor, home)


def test_a_dossier_and_those_it_opened_name_each_other(fair: Fair, sign_in: SignIn) -> None:
    festival = fair.file()
    fair.tick()
    festival.examine()
    fair.tick()
    officer = sign_in("agent")

    page = plain(officer, f"/dossiers/{festival.row.reference}")

    for place in festival.places:
        assert str(place.row.reference) in page
        assert str(festival.row.reference) in plain(officer, f"/dossiers/{place.row.reference}")
