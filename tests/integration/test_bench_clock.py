"""Does the bench of the clock measure what it says, on both databases, and leave nothing behind?"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.bench import bench

_TINY = ["--waiting", "400", "--due", "20", "--seconds", "1", "--clocks", "2"]


@pytest.mark.usefixtures("postgres")
def test_each_deadline_is_met_once_and_its_lateness_told(tmp_path: Path) -> None:
    target = tmp_path / "figures.json"

    done = CliRunner().invoke(
        bench, ["clock", *_TINY, "--json", str(target)], catch_exceptions=False
    )

    assert done.exit_code == 0
    figures = json.loads(target.read_text())
    assert [one["place"] for one in figures] == ["SQLite", "PostgreSQL"]
    for one in figures:
        assert one["done"] == 20
        assert 0 < one["p50"] <= one["p99"]
        assert one["per_second"] > 0
        assert (
            f"{one['place']}\u00a0: 400 échéances en attente, 20 arrivées en 1 s" in done.output
        )
