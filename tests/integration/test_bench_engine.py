"""Does the measure of the engine measure? A tiny run: its shape, never its times."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.bench.duel import BARE, HTTP, LIASSE, NAIVE, PAGE
from app.cli.bench import bench

_TINY = [
    "--seconds",
    "0",
    "--rounds",
    "2",
    "--waiting",
    "60",
    "--due",
    "3",
    "--aged",
    "1",
    "--ages",
    "5,20,35",
]


@pytest.fixture(scope="module")
def measured(
    postgres: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, Any]]:
    """What a tiny run prints, and what it writes."""
    target = tmp_path_factory.mktemp("bench") / "figures.json"
    server = postgres.url.render_as_string(hide_password=False)
    order = ["engine", *_TINY, "--postgres", server, "--json", str(target)]
    done = CliRunner().invoke(bench, order, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output, json.loads(target.read_text())


def test_both_databases_are_measured_and_every_rival_on_each(
    measured: tuple[str, dict[str, Any]],
) -> None:
    _printed, told = measured

    assert [run["database"] for run in told["runs"]] == ["SQLite", "PostgreSQL"]
    for run in told["runs"]:
        rivals = {BARE, LIASSE, HTTP, PAGE, NAIVE}
        assert run["completions_per_second"].keys() == rivals
        assert all(speed > 0 for speed in run["completions_per_second"].values())
        assert run["timers"]["waiting"] == 60
        assert run["timers"]["due"] == 3


def test_the_state_of_a_dossier_is_small_whatever_its_age(
    measured: tuple[str, dict[str, Any]],
) -> None:
    _printed, told = measured

    assert 0 < told["states"]["investment_grant"] < 6_144
    for run in told["runs"]:
        young, old = (run["ages"][age]["state_bytes"] for age in ("20", "35"))
        assert 0 < old < 1.2 * young
        assert run["state_bytes"][LIASSE] < run["state_bytes"][NAIVE] / 20


def test_what_is_printed_says_what_is_reached_and_what_is_not(
    measured: tuple[str, dict[str, Any]],
) -> None:
    printed, told = measured

    words = {"atteint": True, "NON ATTEINT": False}
    said = [
        line.rpartition("  ") for line in printed.splitlines() if line.endswith(tuple(words))
    ]
    reached = [one["reached"] for run in told["runs"] for one in run["targets"].values()]
    assert [words[word] for _figure, _space, word in said] == reached


def test_nothing_of_the_databases_made_for_it_is_left(
    measured: tuple[str, dict[str, Any]], postgres: Any
) -> None:
    with postgres.admin.connect() as connection:
        names = connection.exec_driver_sql("SELECT datname FROM pg_database").scalars().all()

    assert [name for name in names if name.startswith("liasse_bench")] == []


def test_without_a_server_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.bench.places._WHEEL", "a_wheel_nobody_has")

    done = CliRunner().invoke(bench, ["engine", *_TINY], catch_exceptions=False)

    assert "PostgreSQL n’est pas mesuré" in done.stderr
    assert "SQLite" in done.output
