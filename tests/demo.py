"""Where do tests find a filled demonstration? In a folder made once for the whole run.

A test folder that wants it says so in its conftest: `from tests.demo import demo_folder`.
"""

import fcntl
import os
from pathlib import Path

import pytest

from app.actions.documents import Shelf
from app.cli.demo import demo_settings
from app.cli.packs import publish_all
from app.cli.start import console, opened
from app.database import clock
from app.demo.load import load
from app.storage.files import open_files
from migrations.upgrade import upgrade


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a filled demonstration, made once for all processes; copy it, never write."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            fill(folder)
            (folder / "ready").touch()
    return folder


def fill(folder: Path) -> None:
    """What `liasse demo` does the first time, but for the font: tests need no network."""
    chosen = demo_settings(folder, 8000)
    with opened(chosen.database_url) as database:
        upgrade(database)
        publish_all(database, chosen.dossier_types, by="démonstration")
        with database.reading() as session:
            now = clock(session)
        files = open_files(chosen.storage_url, chosen.data_dir, chosen.clamav)
        load(database, console(), Shelf(files.store, is_scanned=False), now=now)
