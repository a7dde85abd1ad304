"""How is a stranger's PDF or image opened without risk? In a child process, on a short leash."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

_CHILD = Path(__file__).with_name("probe_child.py")
#: Wall clock, generous for a busy machine; the child's processor time is bounded more tightly.
_SECONDS = 30
#: Largest image opened: an A2 sheet scanned at 300 points an inch, twice over.
MAX_PIXELS = 100_000_000
#: Children at work at once in this process: the machine belongs to the people who work.
_PLACES = BoundedSemaphore(2)


class ProbeRefused(Exception):
    """The file does not open; `word` is damaged, protected, too_big, no_page."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(word)


def probe(kind: str, path: Path) -> dict[str, int]:
    """Open the file; how many pages or pixels it has. Raises ProbeRefused."""
    return _ask("probe", kind, path)


def render(kind: str, path: Path, *, page: int, width: int, output: Path) -> None:
    """Write the page as a PNG of that width. Raises ProbeRefused."""
    _ask("render", kind, path, str(page), str(width), str(output))


def _ask(verb: str, kind: str, path: Path, *rest: str) -> dict[str, int]:
    # The parent's import path and nothing else of its environment: no secret reaches the child.
    environment = {
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
    }
    with _PLACES:
        try:
            done = subprocess.run(  # noqa: S603 - our own program, arguments not parsed by a shell
                [
                    sys.executable,
                    "-P",
                    str(_CHILD),
                    verb,
                    kind,
                    str(path),
                    str(MAX_PIXELS),
                    *rest,
                ],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise ProbeRefused("damaged") from late
    if done.returncode:
        raise ProbeRefused("damaged")  # it crashed, or its time or memory ran out
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise ProbeRefused(str(answer["refused"]))
    return answer
