"""Killed at every statement of a step, a message, a job or a date: is it done once, whole?"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.deeds import DEEDS
from tests.crash.mills_broken import MUTANTS

_LONG = int(os.environ.get("LIASSE_TEST_STATEMENT_KILLS", "1000"))
_MUTANT_KILLS = 120
_SEEN_BY: dict[str, set[str]] = {
    "two_transactions": {"engine and tasks disagree", "engine and row disagree"},
    "early_tasks": {"engine and tasks disagree"},
    "ack_before_commit": {"lost"},
    "forgotten_key": {"error"},
    "unkeyed_message": {"a job is left", "not exactly once"},
    "unkeyed_child": {"not one child a job"},
    "job_closed_first": {"not exactly once"},
    "blind_timer": {"not exactly once"},
}


class Mill:
    """The process that forks, kills and counts; it imports everything once."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def lead(self, **order: Any) -> dict[str, Any]:
        """Lead one campaign; its report."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        for answer in self.process.stdout:
            report: dict[str, Any] = json.loads(answer)
            if report["url"] == order["url"]:
                print({key: report[key] for key in report if key != "url"})  # noqa: T201
                return report
        raise AssertionError("the mill died")


@pytest.fixture(scope="module")
def mill() -> Iterator[Mill]:
    """One process for all campaigns."""
    command = [sys.executable, "-m", "tests.crash.statements"]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Mill(process)
        assert process.stdin
        process.stdin.close()


def _holds(report: dict[str, Any]) -> None:
    kills = report["kills"]
    assert report["violations"] == {}
    assert kills >= sum(report["points"].values())
    assert report["points"].keys() == DEEDS.keys()
    assert all(points > 15 for points in report["points"].values())
    assert report["met"] == report["points"]  # each was killed at
    assert report["found"]["done"] >= len(DEEDS)  # killed after the commit, before the answer
    assert report["found"]["not done"] > kills / 3


@pytest.mark.timeout(600)
def test_a_kill_at_each_statement_loses_nothing_and_does_nothing_twice(
    database_url: str, mill: Mill
) -> None:
    _holds(mill.lead(url=database_url, kills=0, seed=9))


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_thousand_kills_lose_nothing_and_do_nothing_twice(
    database_url: str, mill: Mill
) -> None:
    report = mill.lead(url=database_url, kills=_LONG, seed=2026)
    _holds(report)
    assert report["kills"] >= _LONG


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS)
def test_kills_at_each_statement_see_a_promise_broken(
    mutant: str, sqlite_url: str, mill: Mill
) -> None:
    report = mill.lead(url=sqlite_url, kills=_MUTANT_KILLS, seed=3, mutant=mutant)

    assert _SEEN_BY[mutant] & report["violations"].keys(), report["violations"]
