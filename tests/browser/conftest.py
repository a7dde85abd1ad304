"""What do the browser tests share? Chromium, a mail server, a served installation on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.database import Database
from tests.browser.house import House, open_house
from tests.demo import demo_folder
from tests.mail_server import MailServer, listening

__all__ = ["demo_folder"]

CHROMIUM = (Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser"))
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless Chromium; the test is skipped, with the reason, when there is none."""
    found = next((path for path in CHROMIUM if path.exists()), None)
    if found is None:
        pytest.skip("no Chromium: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(found), args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    """A served installation with its people, its clock and its mail server."""
    with (
        listening(MailServer()) as mail,
        open_house(database, mail, tmp_path / "instance") as opened,
    ):
        yield opened
