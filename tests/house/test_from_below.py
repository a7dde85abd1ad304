"""Is every sentence of the engine about a change of version known where it is translated?"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.actions.migrations import dry_run, passage
from app.catalogue.compare.words import ROLES
from app.engine.migration import sentences
from app.web.from_below import SENTENCES, WORDS, form_of
from tests.house.tree import ROOT

_MADE_IN = ("building.py", "joins.py", "kinds.py", "prove.py", "waits.py")


def made() -> Iterator[str]:
    """Each sentence as it would be written, `X` standing for what it names."""
    for name in _MADE_IN:
        tree = ast.parse((ROOT / "app/engine/migration" / name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                said = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "X"
                    for part in node.values
                )
                if said.endswith(".") and said[:1].isupper():
                    yield said
    yield from (dry_run.STOPPED, passage.OTHER_VERSION, passage.FINISHED, passage.HAS_MOVED)


@pytest.mark.parametrize("said", sorted(set(made())))
def test_a_sentence_of_the_engine_is_recognised(said: str) -> None:
    assert any(form_of(one).fullmatch(said) for one in SENTENCES)


def test_the_sentences_of_the_engine_are_found() -> None:
    assert len(set(made())) > 15


def test_what_names_a_kind_of_step_or_of_person_is_a_known_word() -> None:
    assert {*sentences._KINDS.values(), *ROLES.values()} <= set(WORDS)


def test_the_engine_is_where_these_sentences_are_made() -> None:
    """A new file that makes some must be looked at too."""
    folder = ROOT / "app/engine/migration"
    makers = {
        path.name
        for path in Path(folder).glob("*.py")
        if "Reason(" in path.read_text(encoding="utf-8")
        or ".notes.append" in path.read_text(encoding="utf-8")
    }
    assert makers <= {*_MADE_IN, "sentences.py"}
