"""Clocks are killed at any moment: is every automatic step done, and none twice?"""

import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.actions.jobs import LEASE
from app.domain.money import Money
from app.domain.status import JobStatus
from app.models.budget import Commitment
from app.models.document import Document
from tests.festivals import Fair, Festival
from tests.integration.automatic.test_exactly_once import stuck


def _clock(fair: Fair) -> "subprocess.Popen[str]":
    url = fair.house.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.crash.clocks_of_jobs", url, str(fair.folder)]
    process = subprocess.Popen([*command, fair.server.url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _under_fire(fair: Fair, kills: int, rolls: random.Random) -> None:
    """Two clocks at a time, killed one after the other; leases run out in between."""
    running = [_clock(fair), _clock(fair)]
    for _ in range(kills):
        time.sleep(rolls.uniform(0.0, 0.25))
        victim = running.pop(0)
        _kill(victim)
        _let_leases_end(fair)
        running.append(_clock(fair))
    for one in running:
        _kill(one)
    _let_leases_end(fair)


def _kill(clock: "subprocess.Popen[str]") -> None:
    clock.kill()
    clock.wait()
    if clock.stdout is not None:
        clock.stdout.close()


def _let_leases_end(fair: Fair) -> None:
    fair.house.now += LEASE + timedelta(seconds=1)
    draft = Path(fair.folder, "now.draft")
    draft.write_text(fair.house.now.isoformat(), encoding="ascii")
    draft.replace(Path(fair.folder, "now"))


@pytest.mark.parametrize(
    ("festivals", "kills"),
    [(2, 2), pytest.param(20, 60, marks=pytest.mark.long)],
)
def test_whatever_clocks_die_each_thing_is_done_once(
    fair: Fair, festivals: int, kills: int
) -> None:
    rolls = random.Random(festivals)
    _let_leases_end(fair)
    filed = [fair.file() for _ in range(festivals)]
    _under_fire(fair, kills, rolls)
    fair.tick(turns=2)
    for one in filed:
        one.examine()
    _under_fire(fair, kills, rolls)
    fair.tick(turns=2)
    for one in filed:
        assert len(one.places) == 2
        for place in one.places:
            place.do("ConfirmPlace", available=["yes"])
    _under_fire(fair, kills, rolls)
    fair.tick(turns=4)

    assert stuck(fair) == 0
    assert {job.status for job in fair.jobs()} == {JobStatus.DONE}
    for one in filed:
        _is_whole(fair, one)
    asked = {job.key for job in fair.jobs(topic="http_request")}
    assert set(fair.server.keys) == asked


def _is_whole(fair: Fair, one: Festival) -> None:
    assert one.row.closed_on is not None
    assert all(place.row.closed_on is not None for place in one.places)
    money = fair.house.read(
        lambda session: session.scalars(
            select(Commitment.amount).where(Commitment.dossier_id == one.id)
        ).all()
    )
    assert money == [Money.euros(3000)]
    letters = fair.house.read(
        lambda session: session.scalars(
            select(Document.version).where(Document.dossier_id == one.id)
        ).all()
    )
    assert letters == [1]
    steps = [
        str(entry.body["node"]) for entry in one.journal if entry.body.get("cause") == "job"
    ]
    assert sorted(steps) == ["AskRegister", "OpenPlaces", "OpenPlaces", "WriteLetter"]
