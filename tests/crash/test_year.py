"""A year of dossiers under the real sweeps: is each reminder told once, and nobody chased for nothing?

`tests.crash.year` lives it, `tests.crash.year_count` counts. Broken clocks prove that it sees.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests import databases
from tests.crash.year import Year, live
from tests.crash.year_count import Verdict

LONG = os.environ.get("LIASSE_LONG") == "1"
#: A département has several services, each with its dossiers and people; `run.py test --long`
#: lives the year of them all: 50,000 dossiers.
SERVICES = 4 if LONG else 1
YEAR = Year(dossiers=12_500, officers=5) if LONG else Year(dossiers=150)
#: From spring to the summer after the long outage, for the broken clocks.
SEASON = {"dossiers": 60, "days": 100}


@pytest.fixture
def kind() -> str:
    """The storm runs on both databases; a year of one clock needs one."""
    return "sqlite"


@pytest.mark.timeout(7200 if LONG else 600)
def test_a_year_of_reminders_and_digests(sqlite_template: Path, tmp_path: Path) -> None:
    years = [_begin(sqlite_template, tmp_path / f"service-{n}", n) for n in range(SERVICES)]

    for found in [_end(one) for one in years]:
        assert found.faults == []
        assert found.after_completion == 0
        assert found.doubled == 0
        assert found.vanished == 0
        assert found.misjudged == 0
        assert found.unowed == 0
        assert found.digests_in_excess == 0
        assert found.digests_missing == 0
        assert sum(found.outcomes.values()) == found.expected > YEAR.dossiers
        assert found.outcomes["sent"] > YEAR.dossiers
        assert found.outcomes["superseded"] > 0
        assert found.done > YEAR.dossiers // 10
        assert found.cancelled > 0
        assert found.digests > found.mornings
        assert found.digest_outcomes["joined"] > 0


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        ("deaf", "after_completion"),
        ("stutter", "doubled"),
        ("forgetful", "vanished"),
        ("twice", "digests_in_excess"),
    ],
)
def test_a_broken_clock_is_seen(
    sqlite_url: str, tmp_path: Path, broken: str, fault: str
) -> None:
    found = live(sqlite_url, tmp_path, Year(**SEASON, broken=broken))

    assert getattr(found, fault) > 0
    assert found.faults


def _begin(template: Path, folder: Path, number: int) -> subprocess.Popen[str]:
    """One service lives its year, in a process and a database of its own."""
    folder.mkdir()
    url = databases.copy_of(template, folder)
    wanted = json.dumps(asdict(YEAR) | {"seed": YEAR.seed + 10 * number})
    command = [sys.executable, "-m", "tests.crash.year", url, str(folder), wanted]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _end(year: subprocess.Popen[str]) -> Verdict:
    told, _ = year.communicate()
    assert year.returncode == 0
    sys.stderr.write(told)
    return Verdict(**json.loads(told))
