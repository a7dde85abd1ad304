"""Does the test bench itself keep its word: no silent skip on the build machine, long tests apart?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.database import Database
from tests.house.tree import ROOT

SAMPLE = '''"""A sample."""
import pytest


def test_that_passes():
    pass


def test_that_cannot_run():
    pytest.skip("no Chromium")


@pytest.mark.long
def test_that_takes_minutes():
    pass
'''


def outcome(tmp_path: Path, **environment: str) -> str:
    """The closing line of pytest on a sample, with our conftest."""
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = long: minutes\n")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LIASSE_", "PYTEST_"))}
    env = {**kept, "PYTHONPATH": str(ROOT), **environment}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    return done.stdout.strip().splitlines()[-1]


def test_a_skip_is_a_skip_here(tmp_path: Path) -> None:
    assert "1 passed, 1 skipped, 1 deselected" in outcome(tmp_path)


def test_a_skip_is_a_failure_on_the_build_machine(tmp_path: Path) -> None:
    assert "1 failed, 1 passed, 1 deselected" in outcome(tmp_path, LIASSE_REQUIRE_ALL="1")


def test_long_tests_run_when_asked(tmp_path: Path) -> None:
    assert "2 passed, 1 skipped" in outcome(tmp_path, LIASSE_LONG="1")


def test_each_test_has_a_database_of_its_own(database: Database, kind: str) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE mine (id integer)")
    assert database.engine.dialect.name == kind


@pytest.mark.usefixtures("kind")
def test_the_next_test_does_not_see_it(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE mine (id integer)")
