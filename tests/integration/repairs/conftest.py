"""Which dossiers are repaired in tests? One being examined, one whose aid is granted."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.actions.journal import broken_link
from app.demo.people import PASSWORD
from app.factory import create_app
from app.settings import Settings
from tests.integration.repairs.workshop import Workshop
from tests.integration.web.browser import Browser
from tests.stories import Department

Open = Callable[[str], Browser]


def chained(shop: Workshop) -> Iterator[Workshop]:
    """The dossier, whose journal must hold at the end of the test."""
    yield shop
    assert shop.play.house.read(lambda s: broken_link(s, shop.play.dossier_id)) is None


@pytest.fixture
def examined(department: Department) -> Iterator[Workshop]:
    """A dossier that waits for the officer's proposal."""
    yield from chained(Workshop(department.kept("ExamineRequest")))


@pytest.fixture
def paid(department: Department) -> Iterator[Workshop]:
    """A dossier whose aid is granted and committed."""
    yield from chained(Workshop(department.kept("ClaimPayment")))


@pytest.fixture
def opened(examined: Workshop, tmp_path: Path) -> Open:
    """The browser of somebody of the department, signed in."""
    return _opener(examined, tmp_path)


@pytest.fixture
def opened_on_paid(paid: Workshop, tmp_path: Path) -> Open:
    """The same, around a dossier whose aid is granted."""
    return _opener(paid, tmp_path)


def _opener(shop: Workshop, folder: Path) -> Open:
    house = shop.play.house
    settings = Settings(
        data_dir=folder,
        database_url=str(house.database.engine.url),
        secret_key="0123456789abcdef" * 2,
        base_url="http://localhost",
    )
    app = create_app(settings, database=house.database, console=house.console, demo=True)

    def sign_in(login: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.sign_in(f"{login}@demo.example", PASSWORD).status_code == 303
        return browser

    return sign_in
