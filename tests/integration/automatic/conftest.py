"""What do the tests of automatic steps share? A department, its festivals, a web service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.festivals import Fair
from tests.json_server import json_server
from tests.stories import Department


@pytest.fixture
def fair(department: Department, tmp_path: Path) -> Iterator[Fair]:
    """A department with the festivals published, on each kind of database."""
    with json_server() as server:
        yield Fair.of(department, server, tmp_path)
