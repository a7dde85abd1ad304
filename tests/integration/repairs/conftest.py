"""Which dossiers are repaired in tests? One being examined, one whose aid is granted."""

from collections.abc import Iterator

import pytest

from app.actions.journal import broken_link
from tests.integration.repairs.workshop import Workshop
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
