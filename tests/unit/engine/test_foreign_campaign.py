"""Is every diagram of a folder drawn elsewhere refused with a reason, or drawn and played as BPMN says?

`LIASSE_FOREIGN_DIAGRAMS` names the folder (see docs/bpmn.md); without it, our own equivalents.
"""

import os
from pathlib import Path

from tests.unit.engine.campaign import Report, run
from tests.unit.engine.foreign import CLEAR
from tests.unit.engine.foreign_open import HOPELESS, OPEN

SUFFIXES = {".bpmn", ".bpmn2", ".xml"}


def ours() -> list[tuple[str, bytes]]:
    return [
        *((name, case[0]) for name, case in CLEAR.items()),
        *((name, case[0]) for name, case in OPEN.items()),
        *((name, case[0]) for name, case in HOPELESS.items()),
    ]


def theirs(folder: Path) -> list[tuple[str, bytes]]:
    paths = sorted(one for one in folder.rglob("*") if one.suffix.lower() in SUFFIXES)
    return [(str(one.relative_to(folder)), one.read_bytes()) for one in paths]


def told(report: Report) -> str:
    lines = [f"{number:7} {what}" for what, number in sorted(report.counts.items())]
    lines += [f"{number:7} {reason}" for reason, number in report.reasons.most_common()]
    return "\n".join([*lines, *report.wrong])


def test_no_diagram_is_misplayed_and_none_is_a_surprise() -> None:
    folder = os.environ.get("LIASSE_FOREIGN_DIAGRAMS")
    report = run(theirs(Path(folder)) if folder else ours())
    if folder:
        Path("foreign-diagrams.txt").write_text(told(report), encoding="utf-8")
    assert report.wrong == [], told(report)
    assert report.counts["drafts"] > 0
