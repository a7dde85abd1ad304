"""Can a person lose a file by dropping it at the wrong moment? Two at once, one refused, no network, one too many."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.browser.desk import Desk
from tests.browser.house import House
from tests.sample_files import pdf

_DEPOSITS = "**/pieces/*/*"


@pytest.fixture
def kind() -> str:
    """It is the page that is tested: one database is enough."""
    return "sqlite"


@pytest.fixture
def mairie(chromium: Browser, house: House) -> Iterator[Desk]:
    """A town hall before the pieces of a new request."""
    with Desk(chromium, house.url, "mairie.bar-le-duc") as desk:
        desk.open("/portail/demandes/nouvelle")
        desk.fill({"dispositif": "LP-MOB"})
        desk.press("Commencer la demande")
        desk.open(desk.page.url.removeprefix(house.url).replace("/questions", "") + "/pieces")
        yield desk


@contextmanager
def held(desk: Desk) -> Iterator[None]:
    """Nothing that leaves arrives before the end of the block."""
    waiting: list[Route] = []
    is_open = False

    def meet(route: Route) -> None:
        if is_open:
            route.continue_()
        else:
            waiting.append(route)

    desk.page.route(_DEPOSITS, meet)
    yield
    is_open = True
    for one in waiting:
        one.continue_()


def zone(desk: Desk, piece: str) -> Locator:
    """The drop zone of a piece."""
    return desk.page.locator(f"#piece-{piece} form.drop")


def test_files_chosen_while_another_leaves_are_all_deposited(mairie: Desk) -> None:
    with held(mairie):
        mairie.choose("un.pdf", pdf(), "quotes")
        expect(zone(mairie, "quotes")).to_contain_text("Envoi de «\u00a0un.pdf\u00a0»")
        mairie.choose("deux.pdf", pdf(seed=2), "quotes")
        mairie.choose("trois.pdf", pdf(seed=3), "deliberation")
        expect(zone(mairie, "deliberation")).to_contain_text("attend son tour")

    expect(mairie.deposited("un.pdf", "quotes")).to_be_visible()
    expect(mairie.deposited("deux.pdf", "quotes")).to_be_visible()
    expect(mairie.deposited("trois.pdf", "deliberation")).to_be_visible()
    expect(mairie.page.locator("#progress")).to_contain_text("2 sur")
    mairie.page.reload()
    expect(mairie.page.locator("#piece-quotes a[href*=documents]")).to_have_count(2)


def test_what_is_refused_is_said_beside_what_was_taken(mairie: Desk) -> None:
    with held(mairie):
        mairie.choose("faux.pdf", b"pas un PDF", "quotes")
        mairie.choose("vrai.pdf", pdf(), "quotes")

    expect(mairie.deposited("vrai.pdf", "quotes")).to_be_visible()
    expect(zone(mairie, "quotes")).to_be_visible()
    expect(zone(mairie, "quotes").get_by_role("status")).to_contain_text("faux.pdf")
    expect(mairie.deposited("faux.pdf", "quotes")).to_have_count(0)


def test_without_a_network_the_file_waits_to_be_sent_again(mairie: Desk) -> None:
    mairie.page.route(_DEPOSITS, lambda route: route.abort())
    mairie.choose("un.pdf", pdf(), "quotes")
    mairie.choose("deux.pdf", pdf(seed=2), "quotes")
    expect(zone(mairie, "quotes")).to_contain_text(
        "L’envoi de «\u00a0un.pdf\u00a0», «\u00a0deux.pdf\u00a0» a échoué"
    )

    mairie.page.unroute(_DEPOSITS)
    zone(mairie, "quotes").get_by_role("button", name="Envoyer").click()

    expect(mairie.deposited("un.pdf", "quotes")).to_be_visible()
    expect(mairie.deposited("deux.pdf", "quotes")).to_be_visible()


def test_several_files_for_a_piece_that_is_one_are_not_half_taken(mairie: Desk) -> None:
    zone(mairie, "deliberation").evaluate(
        """form => {
            const dataTransfer = new DataTransfer();
            for (const name of ["un.pdf", "deux.pdf"]) dataTransfer.items.add(new File(["%PDF-"], name));
            form.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true, cancelable: true}));
        }"""
    )

    expect(zone(mairie, "deliberation")).to_contain_text("en un seul fichier")
    mairie.page.reload()
    expect(mairie.page.locator("#piece-deliberation a[href*=documents]")).to_have_count(0)
