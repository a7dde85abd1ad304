"""What do the tests of the portal share? The town on the web, and a department whose dossiers are under way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.demo.people import PASSWORD
from app.factory import create_app
from app.settings import Settings
from tests.integration.web.browser import Browser
from tests.stories import Department
from tests.town import KEY, Site, Town, site, town

__all__ = ["Site", "Town", "sign_in", "site", "town"]


@pytest.fixture
def sign_in(department: Department, tmp_path: Path) -> Callable[[str], Browser]:
    """The browser of somebody of the department; what happened before happened last week."""
    department.now = datetime.now(UTC) - timedelta(days=7)  # noqa: TID251 - the doors read the same clock
    url = department.database.engine.url.render_as_string(hide_password=False)
    settings = Settings(
        data_dir=tmp_path,
        database_url=url,
        secret_key=KEY,
        base_url="http://localhost",
        storage_url=f"file:{tmp_path / 'documents'}",
    )
    app = create_app(
        settings, database=department.database, console=department.console, demo=True
    )

    def enter(login: str) -> Browser:
        browser = Browser(app.test_client())
        told = browser.sign_in(f"{login}@demo.example", PASSWORD)
        assert told.status_code == 303, told.text
        browser.get("/mon-compte")
        return browser

    return enter
