"""Would each page be shown to a mayor? No serious accessibility fault, no sideways scroll, no error."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from waitress.server import create_server

from app.cli.demo import demo_settings
from app.database import Database, open_database
from app.demo.people import DOMAIN, PASSWORD
from app.domain.status import DossierStatus, SessionStatus, TaskStatus
from app.factory import create_app
from app.models.committee import CommitteeSession
from app.models.dossier import Dossier
from app.models.people import Organisation
from app.models.task import Task
from app.web.console import build_console

WIDTHS = (1280, 390)
GRAVE = {"serious", "critical"}
PUBLIC = (
    "/",
    "/dispositifs/LP-MOB",
    "/connexion",
    "/aide",
    "/mentions-legales",
    "/accessibilite",
)
TABS = (
    "",
    "/demande",
    "/pieces",
    "/avis",
    "/delais",
    "/financement",
    "/procedure",
    "/historique",
)


@pytest.fixture(scope="module")
def demo_site(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demonstration, served from a copy of its own."""
    folder = tmp_path_factory.mktemp("site") / "instance"
    shutil.copytree(demo_folder, folder)
    settings = demo_settings(folder, 8000)
    database = open_database(settings.database_url)
    app = create_app(settings, database=database, console=build_console(), demo=True)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    database.dispose()


@pytest.fixture(scope="module")
def paths(demo_folder: Path) -> dict[str, list[str]]:
    """The pages each persona opens in a day."""
    database = open_database(demo_settings(demo_folder, 8000).database_url)
    try:
        return _paths(database)
    finally:
        database.dispose()


def _paths(database: Database) -> dict[str, list[str]]:
    with database.reading() as session:
        opinions = session.scalars(
            select(Dossier.reference).where(Dossier.status == DossierStatus.OPINIONS).limit(1)
        ).one()
        tasks = {
            step: session.scalars(
                select(Task.id)
                .where(Task.step == step, Task.status == TaskStatus.OPEN)
                .limit(1)
            ).one()
            for step in (
                "CheckCompleteness",
                "ExamineRequest",
                "CheckClaim",
                "HeadVisa",
                "CommitFunds",
            )
        }
        sitting = session.scalars(
            select(CommitteeSession.id).where(
                CommitteeSession.status == SessionStatus.PREPARATION
            )
        ).one()
        requests = session.execute(
            select(Dossier.id, Dossier.status)
            .join(Organisation, Organisation.id == Dossier.organisation_id)
            .where(Organisation.name == "Commune de Commercy")
        ).all()
    portal = ["/portail", "/portail/demandes/nouvelle", "/compte/notifications"]
    for dossier_id, status in requests:
        portal.append(f"/portail/demandes/{dossier_id}")
        if status is DossierStatus.DRAFT:
            portal += [
                f"/portail/demandes/{dossier_id}/{part}"
                for part in ("questions", "pieces", "verification")
            ]
    return {
        "agent": [
            "/a-traiter",
            "/compte/notifications",
            "/dossiers",
            *(f"/dossiers/{opinions}{tab}" for tab in TABS),
            *(
                f"/taches/{tasks[step]}"
                for step in ("CheckCompleteness", "ExamineRequest", "CheckClaim")
            ),
        ],
        "chef": ["/pilotage", "/pilotage/delais", f"/taches/{tasks['HeadVisa']}"],
        "finances": ["/budget", f"/taches/{tasks['CommitFunds']}"],
        "assemblees": ["/commissions", f"/commissions/{sitting}"],
        "admin": [
            "/administration",
            "/administration/types/investment_grant/changer-de-version",
            "/administration/courriels",
            "/administration/courriels/modeles",
            "/administration/courriels/modeles/missing_pieces",
            "/administration/minuteurs",
            "/reparations",
            f"/dossiers/{opinions}/reparer",
            f"/dossiers/{opinions}/reparer?faire=refaire&vers=CheckCompleteness",
        ],
        "mairie.commercy": portal,
    }


@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault(
    chromium: Browser, demo_site: str, paths: dict[str, list[str]], width: int, scheme: str
) -> None:
    faults: list[str] = []
    for login, wanted in {"": list(PUBLIC), **paths}.items():
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="fr-FR",
        )
        page = context.new_page()
        page.on("pageerror", partial(_note, faults))
        if login:
            _sign_in(page, demo_site, login)
        for path in wanted:
            faults += [
                f"{login or 'visitor'} {path}: {one}" for one in _faults(page, demo_site + path)
            ]
        context.close()
    assert not faults, "\n".join(faults)


def test_on_a_phone_what_is_to_be_done_comes_before_all_the_rest(
    chromium: Browser, demo_site: str, paths: dict[str, list[str]]
) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    _sign_in(page, demo_site, "agent")
    page.goto(demo_site + paths["agent"][3])

    tops = page.evaluate("""() => [".first", ".split > div", "aside > .card"]
        .map((one) => document.querySelector(one).getBoundingClientRect().top)""")
    assert tops == sorted(tops)
    assert page.evaluate("() => document.querySelector('.tabs').scrollWidth") <= 390


def test_the_check_sees_a_fault(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    page.set_content(
        "<html><body><img src=x><div style='width:900px'>large</div></body></html>"
    )
    found = " ".join(look(page))
    page.close()
    assert "image-alt" in found
    assert "sideways" in found


def _note(faults: list[str], error: object) -> None:
    faults.append(f"script: {error}")


def _faults(page: Page, url: str) -> list[str]:
    answer = page.goto(url)
    if answer is None or answer.status != 200:
        return [f"status {answer.status if answer else 'none'}"]
    return look(page)


def look(page: Page) -> list[str]:
    """What is wrong with the page that is open: grave faults of accessibility, a sideways scroll."""
    found = [
        f"{one['id']}: {' '.join(one['nodes'][0]['html'].split())[:120]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in GRAVE
    ]
    wide = int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
    return [*found, *([f"scrolls sideways by {wide} px"] if wide > 1 else [])]


def _sign_in(page: Page, url: str, login: str) -> None:
    page.goto(f"{url}/connexion")
    page.fill("[name=email]", f"{login}@{DOMAIN}")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda here: "/connexion" not in here)
