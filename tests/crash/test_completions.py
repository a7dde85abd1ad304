"""Is a completion that was acknowledged ever lost or doubled, when everything is killed all the time?"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import databases
from tests.crash.points import NAMED
from tests.crash.town import build

KILLS = int(os.environ.get("LIASSE_KILLS", "2000"))


class Broken(NamedTuple):
    """Where a mutant shows, and what the harness must report of it."""

    points: tuple[str, ...]
    shown: set[str]
    clock_points: tuple[str, ...] = ()


MUTANTS = {
    "ack_before_commit": Broken(("before commit",), {"lost"}),
    "split_transaction": Broken(
        ("before UPDATE dossier_process",), {"engine and tasks disagree"}
    ),
    "forgotten_key": Broken(("after commit",), {"refused although done"}),
    "no_lock": Broken(("before begin",), {"errors"}),
    "late_journal": Broken(("before INSERT journal",), {"completion without journal entry"}),
    # Its own commit is the only statement of that name: the mail is there, and still waited for.
    "unkeyed_mail": Broken(("before begin",), {"mail doubled"}, clock_points=("after COMMIT",)),
}
_MUTANT_KILLS = 80


@dataclass
class ForkServer:
    """The process that forks, kills and counts; it imports everything once."""

    process: subprocess.Popen[str]

    def lead(self, **order: Any) -> dict[str, Any]:
        """Lead one campaign; its report."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        for answer in self.process.stdout:
            report: dict[str, Any] = json.loads(answer)
            if report["url"] == order["url"]:  # else the answer to a test that lost patience
                return report
        raise AssertionError("the fork server died")


@pytest.fixture(scope="module")
def fork_server() -> Iterator[ForkServer]:
    """One process for all campaigns."""
    command = [sys.executable, "-m", "tests.crash.completions"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield ForkServer(process)
        assert process.stdin
        process.stdin.close()


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A folder for the town built once on each kind of database."""
    folders: dict[str, Path] = {}

    def folder_of(kind: str) -> Path:
        if kind not in folders:
            folders[kind] = tmp_path_factory.mktemp(f"town-{kind}")
        return folders[kind]

    return folder_of


@pytest.fixture(scope="module")
def built_sqlite(sqlite_template: Path, towns: Callable[[str], Path]) -> Path:
    """The town on SQLite, to be copied."""
    folder = towns("sqlite")
    build(databases.copy_of(sqlite_template, folder), folder)
    return folder / "liasse.db"


@pytest.fixture(scope="module")
def built_postgres(
    postgres: databases.PostgresServer, towns: Callable[[str], Path]
) -> Iterator[str]:
    """The town on PostgreSQL, to be copied."""
    with postgres.fresh() as url:
        build(url, towns("postgresql"))
        yield url


@pytest.fixture
def town_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The town on a database of one's own, on each kind in turn."""
    with ExitStack() as stack:
        if kind == "sqlite":
            yield databases.copy_of(request.getfixturevalue("built_sqlite"), tmp_path)
        else:
            server = request.getfixturevalue("postgres")
            like = request.getfixturevalue("built_postgres")
            yield stack.enter_context(server.fresh(like=like))


@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_and_nothing_is_done_twice(
    town_url: str, fork_server: ForkServer, tmp_path: Path
) -> None:
    report = fork_server.lead(url=town_url, folder=str(tmp_path), kills=KILLS, seed=55)

    assert report["violations"] == {}
    assert report["kills"] >= KILLS
    assert report["clock_kills"] >= KILLS // 10
    _has_seen_everything(report)


def _has_seen_everything(report: dict[str, Any]) -> None:
    """A campaign that never met a race, a retry or a point proves nothing."""
    print(json.dumps({key: report[key] for key in report if key != "points"}))  # noqa: T201
    assert report["acknowledged"] > report["kills"] / 3
    assert report["retried"] > report["kills"] / 3
    assert report["answers"]["TaskAlreadyDone"] > report["kills"] / 100
    assert report["answers"]["repeat"] > report["kills"] / 100
    if report["kills"] >= 2000:
        assert [point for point in NAMED if point not in report["points"]] == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_harness_sees_a_promise_broken(
    mutant: str, town_url: str, fork_server: ForkServer, tmp_path: Path
) -> None:
    broken = MUTANTS[mutant]

    report = fork_server.lead(
        url=town_url,
        folder=str(tmp_path),
        kills=_MUTANT_KILLS,
        seed=55,
        mutant=mutant,
        points=broken.points,
        clock_points=broken.clock_points,
    )

    assert report["points"].keys() >= {*broken.points}
    assert report["clock_points"].keys() >= {*broken.clock_points}
    assert broken.shown <= report["violations"].keys(), report["violations"]
