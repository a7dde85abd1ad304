"""Does an acknowledged deposit survive kills at any moment, and would the campaign notice if not?"""

from pathlib import Path

import pytest

from app.database import Database, open_database
from tests.crash.uploads import MUTANTS, POINTS, campaign


def test_no_acknowledged_deposit_is_lost_and_no_row_is_without_its_file(
    database: Database, tmp_path: Path
) -> None:
    report = campaign(database, tmp_path, kills=80, deposits=200)

    assert report.violations == []
    assert report.acknowledged >= 200
    assert set(POINTS) <= set(report.points)
    assert report.orphans > 0


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_campaign_catches_a_store_that_does_it_wrong(
    mutant: str, sqlite_url: str, tmp_path: Path
) -> None:
    database = open_database(sqlite_url)
    report = campaign(database, tmp_path, kills=8, mutant=mutant)
    database.dispose()

    assert any(told.startswith("row without its file") for told in report.violations)
