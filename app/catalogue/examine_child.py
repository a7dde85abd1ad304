"""What is this draft worth? Run as a program of its own, with little memory, little time and no secret.

It reads one line of JSON (what the house offers), then the archive; it answers the report as JSON.
"""

import json
import resource
import sys

from app.catalogue.archive import read_archive
from app.catalogue.examination import examine
from app.catalogue.house import house_of

MEMORY = 1 << 30
CPU_SECONDS = 60


def main() -> int:
    """Examine what comes in, and print the report."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    source = sys.stdin.buffer
    offer = json.loads(source.readline())
    report = examine(read_archive(source.read()), house_of(offer))
    sys.stdout.write(json.dumps(report.as_json()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
