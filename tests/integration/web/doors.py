"""How does a test open the doors of a department? One application, and a browser for each person."""

from collections.abc import Callable
from pathlib import Path

from app.demo.people import PASSWORD
from app.factory import create_app
from app.settings import Settings
from tests.integration.web.browser import Browser
from tests.stories import Department

Open = Callable[[str], Browser]


def doors_of(house: Department, folder: Path) -> Open:
    """The browser of somebody of the department, signed in, by their login."""
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
