"""Is a pack from a stranger refused or bounded, each time with a sentence, and does nothing run?

All the attacks are read in one child process that may use a gigabyte of addresses and ten seconds
of the processor for each; it is killed if it takes more.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.catalogue.archive import write_archive
from app.catalogue.check import check_pack
from app.catalogue.upload import read_upload
from tests.unit.catalogue.attacks import CANARY, TOY
from tests.unit.catalogue.attacks_inside import BOUNDED, INSIDE
from tests.unit.catalogue.attacks_outside import OUTSIDE

ATTACKS = {**OUTSIDE, **INSIDE, **BOUNDED}
#: Seconds of the processor for the slowest attack, and megabytes for all of them: measured, then doubled.
SLOWEST, MEGABYTES = 5, 400


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What the child process said of each attack."""
    CANARY.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.catalogue.attacked"],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line.get("name", "memory"): line for line in lines}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_answered_with_a_sentence(attack: str, told: dict[str, Any]) -> None:
    _, words = ATTACKS[attack]
    sentences = [one.replace("\u00a0", " ") for one in told[attack]["sentences"]]
    assert any(words in one for one in sentences), sentences
    assert all(one.endswith((".", "»")) for one in sentences), sentences
    assert not any("Traceback" in one for one in sentences)


def test_no_attack_takes_long_nor_much(told: dict[str, Any]) -> None:
    assert len(ATTACKS) >= 60
    slowest = max(
        (one for one in told.values() if "seconds" in one), key=lambda o: o["seconds"]
    )
    assert slowest["seconds"] < SLOWEST, slowest
    assert told["memory"]["megabytes"] < MEGABYTES


def test_nothing_ran(told: dict[str, Any]) -> None:
    assert told
    assert not CANARY.exists()


def test_the_pack_the_attacks_are_made_of_is_sound() -> None:
    assert check_pack(read_upload(write_archive(TOY))) == []
