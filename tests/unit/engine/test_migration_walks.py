"""Does every dossier that migrates come to its end, whatever the edit? Random dossiers, random edits.

Each campaign draws a process, puts dossiers at random positions, then edits the process again and
again: what was proved safe migrates and is played to its end, with all its answers.
`LIASSE_LONG=1` plays 2,000 dossiers through 50 edits each.
"""

import os
from collections import Counter

import pytest

from tests.unit.engine.migrating import Lost, campaign
from tests.unit.engine.migration_mutants import MUTANTS, mutated

LONG = os.environ.get("LIASSE_LONG") == "1"
PROCESSES = 100 if LONG else 8
DOSSIERS, EDITS = (20, 50) if LONG else (8, 10)


@pytest.mark.parametrize("seed", range(PROCESSES))
def test_every_dossier_that_migrates_comes_to_its_end_with_its_answers(seed: int) -> None:
    counted = campaign(seed, dossiers=DOSSIERS, edits=EDITS)
    assert counted["safe"] + counted["mapping"] + counted["stays"] == DOSSIERS * EDITS


def test_most_dossiers_migrate_and_some_do_not() -> None:
    counted = sum((campaign(seed, dossiers=6, edits=12) for seed in range(4)), Counter())
    assert counted["safe"] > 6 * counted["stays"] > 0
    assert counted["mapping"] > 0


@pytest.mark.parametrize("name", [*MUTANTS])
def test_a_proof_that_forgets_something_loses_dossiers(name: str) -> None:
    with mutated(name), pytest.raises(Lost):
        _play_until_somebody_is_lost()


def _play_until_somebody_is_lost() -> None:
    for seed in range(8):
        campaign(seed, dossiers=8, edits=20)
