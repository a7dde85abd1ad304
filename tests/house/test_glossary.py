"""Does every state have its French word, and is it the one people read?"""

import re
from enum import StrEnum

import pytest

from app.domain import events, mailing, migrations, permissions, status, versions
from app.models import people
from app.web import labels
from tests.house.tree import ROOT

GLOSSARY = (ROOT / "docs/glossaire.md").read_text(encoding="utf-8")
KINDS = [
    kind
    for module in (status, permissions, events, mailing, migrations, people, versions)
    for kind in vars(module).values()
    if isinstance(kind, type)
    and issubclass(kind, StrEnum)
    and kind.__module__ == module.__name__
]


def plain(text: str) -> str:
    """The text without the difference between the two spaces."""
    return text.replace("\u00a0", " ").strip()


def rows(kind: str, page: str = GLOSSARY) -> dict[str, list[str]]:
    """The lines of the section of one enum: code → the other cells."""
    [section] = re.findall(rf"^### `{kind}`\n(.*?)(?=^#|\Z)", page, re.DOTALL | re.MULTILINE)
    lines = re.findall(r"^\| `(\w+)` \|(.*)\|$", section, re.MULTILINE)
    return {code: [plain(cell) for cell in cells.split("|")] for code, cells in lines}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_value_has_its_line_and_no_line_is_left_over(kind: type[StrEnum]) -> None:
    assert list(rows(kind.__name__)) == [member.value for member in kind]


@pytest.mark.parametrize("kind", labels.STAFF, ids=lambda kind: kind.__name__)
def test_the_word_on_the_screen_is_the_word_of_the_glossary(kind: type[StrEnum]) -> None:
    lines = rows(kind.__name__)
    for member in kind:
        assert lines[member.value][0] == plain(labels.label_of(member))
        if kind in labels.PUBLIC:
            assert lines[member.value][1] == plain(labels.label_of(member, public=True))


def test_a_state_without_its_line_is_seen() -> None:
    spoilt = GLOSSARY.replace("| `lapsed` |", "| lapsed |")
    assert "lapsed" not in rows("DossierStatus", spoilt)
