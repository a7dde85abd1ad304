"""Does the page of a task cost the same on an old dossier as on a young one? Statements are counted."""

from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from app.bench.script import Work, lap, pack
from app.bench.town import Town, settle
from app.database import open_database
from app.factory import create_app
from app.settings import Settings
from app.web.console import build_console

_BASE = "http://127.0.0.1:8000"


@pytest.fixture
def town(sqlite_url: str) -> Town:
    """A town whose dossiers go round and round."""
    return settle(open_database(sqlite_url), build_console(), pack())


@pytest.fixture
def browser(town: Town, sqlite_url: str, tmp_path: Path) -> FlaskClient:
    """A browser signed in as the officer."""
    settings = Settings(
        data_dir=tmp_path,
        database_url=sqlite_url,
        base_url=_BASE,
        secret_key="k" * 40,
        storage_url=f"file:{tmp_path / 'documents'}",
    )
    client = create_app(settings, database=town.database, console=town.console).test_client()
    client.set_cookie("liasse", town.sign_in(), domain="127.0.0.1")
    return client


def walk(town: Town, dossier_id: UUID, works: list[Work]) -> None:
    """Complete these steps."""
    for work in works:
        town.do(town.open_task(dossier_id, work.step), work)


def statements_of_page(town: Town, browser: FlaskClient, dossier_id: UUID) -> int:
    """How many statements the page of the first step takes."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_told: object) -> None:
        seen.append(statement)

    task_id = town.open_task(dossier_id, "CheckFile")
    event.listen(town.database.reader, "before_cursor_execute", note)
    answer = browser.get(f"/taches/{task_id}", base_url=_BASE)
    event.remove(town.database.reader, "before_cursor_execute", note)
    assert answer.status_code == 200
    return len(seen)


def test_a_page_takes_as_many_statements_after_ninety_steps_as_after_thirty(
    town: Town, browser: FlaskClient
) -> None:
    """Each past answer had its process loaded again: a page grew with the years."""
    dossier_id = town.file(1)[0]
    walk(town, dossier_id, 2 * list(lap()))
    young = statements_of_page(town, browser, dossier_id)
    walk(town, dossier_id, 4 * list(lap()))

    assert statements_of_page(town, browser, dossier_id) == young
    town.database.dispose()
