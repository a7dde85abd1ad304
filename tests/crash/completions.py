"""Is a completion that was acknowledged ever lost or doubled? Kill the processes, and count.

A process of its own, so that it forks without threads: it reads a campaign a line on its standard
input and answers a report a line.
{"url": "sqlite:///…", "folder": "/tmp/…", "kills": 2000, "seed": 1}
and, to break it, "mutant": a name of mutants.py, "points" and "clock_points": those to kill clients
and clocks at.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.crash.campaign import Campaign
from tests.crash.town import enter


def lead(order: dict[str, Any]) -> dict[str, Any]:
    """Lead one campaign on a copy of the town; its report."""
    world = enter(order["url"], Path(order["folder"]))
    campaign = Campaign(
        world,
        seed=order["seed"],
        mutant=order.get("mutant"),
        points=order.get("points", ()),
        clock_points=order.get("clock_points", ()),
    )
    try:
        return vars(campaign.run(order["kills"]))
    finally:
        world.department.database.dispose()


def main() -> None:
    """Campaigns on the standard input, reports on the standard output."""
    for line in sys.stdin:
        order = json.loads(line)
        sys.stdout.write(json.dumps({"url": order["url"], **lead(order)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
