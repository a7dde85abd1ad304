"""Four senders, killed without warning: is any mail lost, is any doubled without being counted?"""

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.crash.mail_senders import Report, Storm

ROOT = Path(__file__).parents[2]
PATIENCE = 300
#: A relay that refuses, greylists, takes without answering and keeps silent; senders killed.
WEATHER = Storm(
    mails=400, kill_every=0.3, refused=0.02, dropped=0.02, silent=0.01, greylisted=0.05
)
#: One sender sleeps until another has sent its mail.
OVERTAKEN = Storm(mails=20, kill_every=0, overtaken=True, evidence=True)
#: With LIASSE_LONG=1, ten times more.
LONG = os.environ.get("LIASSE_LONG") == "1"
if LONG:
    PATIENCE = 3000
    WEATHER = replace(WEATHER, mails=5000, most_kills=300, longest=2400.0)


def blow(url: str, folder: Path, storm: Storm) -> Report:
    """The storm in a process of its own: it forks, which a process with threads must not do."""
    command = [sys.executable, "-m", "tests.crash.mail_senders", url, str(folder)]
    done = subprocess.run(
        [*command, json.dumps(asdict(storm))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Report(**json.loads(done.stdout))


@pytest.mark.timeout(PATIENCE)
def test_senders_killed_lose_nothing_and_every_possible_copy_is_counted(
    database_url: str, tmp_path: Path
) -> None:
    report = blow(database_url, tmp_path, WEATHER)

    assert report.kills >= 10, report
    assert report.lost == 0, report
    assert report.statuses == {"sent": WEATHER.mails}, report
    assert report.copies <= report.ambiguous, report


@pytest.mark.timeout(PATIENCE)
def test_with_the_relays_journal_nothing_is_doubled_either(
    database_url: str, tmp_path: Path
) -> None:
    weather = replace(WEATHER, stalled=0.005, evidence=True)
    report = blow(database_url, tmp_path, weather)

    assert report.kills >= 10, report
    assert (report.lost, report.copies) == (0, 0), report
    assert report.statuses == {"sent": weather.mails}, report


@pytest.mark.timeout(PATIENCE)
def test_a_sender_overtaken_in_its_sleep_gives_its_mail_up(
    sqlite_url: str, tmp_path: Path
) -> None:
    report = blow(sqlite_url, tmp_path, OVERTAKEN)

    assert (report.lost, report.copies) == (0, 0), report
    assert report.statuses == {"sent": OVERTAKEN.mails}, report


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize(
    ("broken", "storm", "fault"),
    [
        ("mark_then_send", Storm(mails=20, kill_every=0), "lost"),
        ("send_without_a_claim", Storm(mails=20, kill_every=0), "doubled"),
        ("no_fence", OVERTAKEN, "doubled"),
        ("no_unique_key", Storm(mails=20, kill_every=0), "doubled"),
    ],
)
def test_the_storm_sees_a_broken_sender(
    sqlite_url: str, tmp_path: Path, broken: str, storm: Storm, fault: str
) -> None:
    report = blow(sqlite_url, tmp_path, replace(storm, broken=broken))

    seen = {"lost": report.lost, "doubled": report.taken - storm.mails}
    assert seen[fault] > 0, report
