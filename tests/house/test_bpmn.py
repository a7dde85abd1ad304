"""Does docs/bpmn.md tell the truth? Each row names a test that exists, or a refusal that is said."""

import re
from pathlib import Path

from tests.house.tree import ROOT, read
from tests.unit.engine.test_lint import WRONG

PAGE = Path("docs/bpmn.md")
FOLDER = ROOT / "tests/unit/engine"
ROW = re.compile(
    r"^\| (?P<what>.+?) \| (?P<how>joué|refusé) \| (?P<proof>.+) \|$", re.MULTILINE
)
TEST = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
CASE = re.compile(r"`(?P<case>[^`]+)` : (?P<words>.+)")
BEFORE = "\u00a0"


def rows(text: str) -> list[re.Match[str]]:
    return list(ROW.finditer(text.replace(BEFORE, " ")))


def untrue(text: str) -> list[str]:
    """The rows whose test does not exist, or whose sentence is not the one the linter says."""
    return [row["what"] for row in rows(text) if not _is_true(row)]


def _is_true(row: re.Match[str]) -> bool:
    if row["how"] == "refusé":
        case = CASE.fullmatch(row["proof"])
        # test_lint proves that these words are in the sentence of that diagram.
        return case is not None and WRONG.get(case["case"], (b"", "", ""))[2] == case["words"]
    named = TEST.findall(row["proof"])
    return bool(named) and all(
        (FOLDER / file).is_file() and f"def {test}(" in (FOLDER / file).read_text("utf-8")
        for file, test in named
    )


def test_each_row_is_proved() -> None:
    text = read(PAGE)
    assert len(rows(text)) >= 180
    assert untrue(text) == []


def test_every_refusal_has_its_row() -> None:
    told = {case["case"] for case in CASE.finditer(read(PAGE).replace(BEFORE, " "))}
    assert set(WRONG) - told == set()


def test_a_row_that_lies_is_seen() -> None:
    text = (
        "| Passerelle | joué | `test_gateways.py::test_nothing` |\n"
        "| Boucle | refusé | `endless loop` : dit autre chose |\n"
        "| Cas | refusé | `no such case` : rien |\n"
    )
    assert untrue(text) == ["Passerelle", "Boucle", "Cas"]
