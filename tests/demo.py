"""Where do tests find a filled demonstration? In a folder made once for the whole run.

A test folder that wants it says so in its conftest: `from tests.demo import demo_folder`.
"""

import fcntl
import os
from pathlib import Path

import pytest

from app.cli.demo import demo_settings, prepare


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a filled demonstration, made once for all processes; copy it, never write."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            database, _console = prepare(demo_settings(folder, 8000))
            database.engine.dispose()
            (folder / "ready").touch()
    return folder
