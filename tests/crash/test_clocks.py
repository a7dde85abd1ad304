"""Three clocks, killed without warning, paused, wrong, out for days: what becomes of reminders?"""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.crash.clocks import Report, Storm

ROOT = Path(__file__).parents[2]
PATIENCE = 500
WEATHER = Storm(tasks=120, kills=24, paused=1.5)
#: With LIASSE_LONG=1: five hundred kills, one clock paused for a minute.
LONG = os.environ.get("LIASSE_LONG") == "1"
if LONG:
    PATIENCE = 3000
    WEATHER = replace(WEATHER, tasks=3000, kills=500, paused=60.0, longest=2400.0)


def blow(url: str, folder: Path, storm: Storm) -> Report:
    """The storm in a process of its own: it forks, which a process with threads must not do."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.crash.clocks",
            url,
            str(folder),
            json.dumps(asdict(storm)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Report(**json.loads(done.stdout))


@pytest.mark.timeout(PATIENCE)
def test_whatever_happens_to_clocks_each_rung_is_told_once_and_at_its_hour(
    database_url: str, kind: str, tmp_path: Path
) -> None:
    # The embedded database has no clock but the machine's.
    skew = 3.0 if kind == "postgresql" else 0.0
    report = blow(database_url, tmp_path, replace(WEATHER, skew=skew))

    found = (report.vanished, report.doubled, report.early, report.misjudged)
    assert found == (0, 0, 0, 0), report
    assert report.kills == WEATHER.kills, report
    assert report.outcomes["superseded"] > 0, report
    assert report.outcomes["sent"] > report.outcomes["superseded"], report
    assert sum(report.outcomes.values()) == report.expected, report


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize(
    ("broken", "fault"),
    [("mark_then_send", "vanished"), ("no_occurrence", "doubled")],
)
def test_the_storm_sees_a_broken_clock(
    sqlite_url: str, tmp_path: Path, broken: str, fault: str
) -> None:
    storm = Storm(tasks=80, kills=0, paused=0.0, broken=broken)
    assert getattr(blow(sqlite_url, tmp_path, storm), fault) > 0


@pytest.mark.timeout(PATIENCE)
def test_the_storm_sees_a_clock_that_trusts_its_machine(
    postgres_url: str, tmp_path: Path
) -> None:
    storm = Storm(tasks=60, kills=0, paused=0.0, skew=3.0, broken="own_clock")
    assert blow(postgres_url, tmp_path, storm).early > 0
