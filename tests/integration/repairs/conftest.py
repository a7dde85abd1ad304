"""Which dossiers are repaired in tests? One being examined, one whose aid is granted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.actions.journal import broken_link
from tests.integration.repairs.workshop import Workshop
from tests.integration.web.doors import Open, doors_of
from tests.stories import Department


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
    return doors_of(examined.play.house, tmp_path)


@pytest.fixture
def opened_on_paid(paid: Workshop, tmp_path: Path) -> Open:
    """The same, around a dossier whose aid is granted."""
    return doors_of(paid.play.house, tmp_path)
