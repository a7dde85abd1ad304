"""What does each attack cost, in a process that has little memory and little time?

Run as a program: one JSON object per line, `{"name", "sentences", "seconds"}`, then the memory.
"""

import json
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.catalogue.check import check_pack
from app.catalogue.contract import PackRefused
from app.catalogue.rehearse import rehearse_pack
from app.catalogue.upload import read_upload
from tests.unit.catalogue.attacks_inside import BOUNDED, INSIDE
from tests.unit.catalogue.attacks_outside import OUTSIDE

SECONDS, MEGABYTES = 10, 1_000


def looked_at(data: bytes) -> list[str]:
    """What `check` says of an upload."""
    return [str(problem) for problem in check_pack(read_upload(data))]


def rehearsed(data: bytes) -> list[str]:
    """What playing it says."""
    return [str(problem) for problem in rehearse_pack(read_upload(data)).problems]


def tell(name: str, answer: Callable[[bytes], list[str]], data: bytes) -> None:
    # The processor's seconds, not the clock's: a loaded machine is no attack.
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    begun = time.process_time()
    try:
        sentences = answer(data)
    except PackRefused as refused:
        sentences = [str(problem) for problem in refused.problems]
    seconds = time.process_time() - begun
    signal.setitimer(signal.ITIMER_PROF, 0)
    line = {"name": name, "sentences": sentences[:20], "seconds": seconds}
    sys.stdout.write(json.dumps(line) + "\n")


def most_used() -> int:
    """The most memory this program held, in megabytes.

    `ru_maxrss` would count what its parent held when it began it: a whole run of tests.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    [line] = [one for one in status.read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def main() -> None:
    """Every attack, one after the other."""
    limit = MEGABYTES * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for name, (make, _) in {**OUTSIDE, **INSIDE}.items():
        tell(name, looked_at, make())
    for name, (make, _) in BOUNDED.items():
        tell(name, rehearsed, make())
    sys.stdout.write(json.dumps({"megabytes": most_used()}) + "\n")


if __name__ == "__main__":
    main()
