"""Does an administrator read, compare, upload and try types on a real screen, large, small, dark, by keyboard?"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk import Desk
from tests.browser.house import House
from tests.browser.test_pages import look
from tests.builders import grant_pack

TYPES = "/administration/types"


@pytest.fixture
def admin(chromium: Browser, house: House) -> Iterator[Desk]:
    """The administrator at their desk."""
    with Desk(chromium, house.url, "admin") as desk:
        yield desk


def better(folder: Path) -> Path:
    """The grant with a higher rate, a renamed step, a way nobody plays, zipped as people do."""
    files = dict(grant_pack().files)
    files["aid.dmn"] = files["aid.dmn"].replace(b"<text>0.25<", b"<text>0.35<", 1)
    files["process.bpmn"] = files["process.bpmn"].replace(
        "Décider de la suite".encode(), b"Choisir la suite"
    )
    del files["scenarios/payer_rejects.toml"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(f"investment_grant/{name}", data)
    path = folder / "mieux.zip"
    path.write_bytes(out.getvalue())
    return path


def faults(page: Page) -> list[str]:
    """What is wrong with this page on a desk and on a phone, in the light and in the dark."""
    found = []
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(
                color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce"
            )
            found += [f"{page.url} {width} {scheme}: {one}" for one in look(page)]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def corners(page: Page) -> list[tuple[float, float]]:
    """Where the two diagrams begin."""
    boxes = [page.locator(".canvas").nth(rank).bounding_box() for rank in (0, 1)]
    return [(box["x"], box["y"]) for box in boxes if box]


@pytest.mark.timeout(300)
def test_a_draft_goes_from_the_file_to_the_version(admin: Desk, tmp_path: Path) -> None:
    page, wrong = admin.page, list[str]()
    admin.open(TYPES)
    wrong += faults(page)
    page.set_input_files("[name=file]", better(tmp_path))
    admin.press("Déposer et vérifier")
    expect(page.get_by_text("Prêt à publier").first).to_be_visible()
    expect(page.locator("body")).to_contain_text("taux de base")
    expect(page.locator("body")).to_contain_text("Chemins que personne ne prend")
    wrong += faults(page)
    admin.follow("Voir côte à côte sur les schémas")
    expect(page.locator("svg.bpmn")).to_have_count(2)
    expect(page.locator("svg .sign-changed")).to_have_count(2)
    one, two = corners(page)
    assert one[1] == two[1], "side by side"
    assert one[0] < two[0]
    wrong += faults(page)
    page.set_viewport_size({"width": 390, "height": 900})
    one, two = corners(page)
    assert one[0] == two[0], "one under the other"
    assert one[1] < two[1]
    page.set_viewport_size({"width": 1280, "height": 900})
    admin.follow("Brouillon")
    page.get_by_label("Ce qui change, en une phrase").fill("Un taux plus haut.")
    admin.press("Publier")
    expect(page.locator("body")).to_contain_text("Version 2")
    wrong += faults(page)
    admin.follow("Version 2")
    wrong += faults(page)
    page.go_back()
    page.go_back()
    expect(page.locator("body")).to_contain_text("Ce brouillon est publié")
    assert wrong == []


@pytest.mark.timeout(300)
def test_a_trial_is_played_with_the_keyboard(admin: Desk) -> None:
    page, wrong = admin.page, list[str]()
    admin.open(f"{TYPES}/investment_grant/essais")
    wrong += faults(page)
    page.get_by_label("Nom de l’essai").fill("Au clavier")
    page.get_by_label("Jouer d’abord tout ce scénario, puis continuer").check()
    page.get_by_role("button", name="Commencer").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Le dossier est terminé")
    wrong += faults(page)
    message = page.get_by_role("link", name="Message : ")
    while not message.count():
        admin.press("Revenir d’une étape")
    message.first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Ce message peut arriver")
    wrong += faults(page)
    with page.expect_download() as kept:
        page.get_by_role("link", name="Enregistrer comme scénario").click()
    assert Path(kept.value.path()).read_text(encoding="utf-8").startswith("format = 1")
    assert wrong == []


@pytest.mark.timeout(300)
def test_a_type_is_uploaded_and_tried_without_a_script(
    chromium: Browser, house: House, tmp_path: Path
) -> None:
    desk = Desk(chromium, house.url, "admin")
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    desk.page = context.new_page()
    desk.sign_in()
    desk.open(TYPES)
    desk.page.set_input_files("[name=file]", better(tmp_path))
    desk.press("Déposer et vérifier")
    expect(desk.page.get_by_text("Prêt à publier").first).to_be_visible()
    desk.press("Essayer ce brouillon")
    expect(desk.page.locator("body")).to_contain_text(
        "Rien encore : la demande n’est pas déposée"
    )
    desk.press("Déposer ma demande")
    expect(desk.page.get_by_role("alert").first).to_contain_text("à corriger")
    context.close()
    desk.context.close()
