"""A clock that does jobs until it is killed: `python -m tests.crash.clocks_of_jobs URL FOLDER SERVICE`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from app.actions.console import Console
from app.catalogue.published import PublishedTypes
from app.database import open_database
from app.jobs import Clock, sweep
from app.outbound.allowed import Allowed
from app.outbound.client import Client
from app.storage.files import open_files
from notifications.post import Post
from notifications.schedules import load_ladders


def main(url: str, folder: str, service: str) -> None:
    """Sweep without end; each sweep at the time the last line of the standard input says."""
    files = open_files(f"file:{folder}/documents", Path(folder))
    files.store.reserve = 0  # type: ignore[attr-defined]  # a test's disk may be small
    clock = Clock(
        open_database(url),
        Console(types=PublishedTypes(), ladders=load_ladders()),
        Post("", "aides@example.org", "http://liasse.example"),
        None,
        files=files,
        client=Client(Allowed.of((service,))),
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        now = datetime.fromisoformat(Path(folder, "now").read_text(encoding="ascii"))
        sweep(clock, "jobs", now=now.astimezone(UTC))


if __name__ == "__main__":
    main(*sys.argv[1:4])
