"""Does every refusal say something, in French, and get what its sentence needs?"""

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator

import app
import forms
import notifications
from app.domain.errors import Refusal
from tests.house.tree import ours, read

#: Importing these starts something.
STARTS = {"app.wsgi", "app.cli.__main__"}


def everything() -> None:
    """Import every module, so that every class exists."""
    for package in (app, forms, notifications):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name not in STARTS:
                importlib.import_module(module.name)


def refusals(base: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every class of refusal."""
    for found in base.__subclasses__():
        yield found
        yield from refusals(found)


everything()
ALL = {found.__name__: found for found in refusals() if found.__module__.startswith("app")}


def placeholders(sentence: str) -> set[str]:
    """The names a sentence waits for."""
    return {
        name.partition(".")[0] for _, name, _, _ in string.Formatter().parse(sentence) if name
    }


def is_said(sentence: str) -> bool:
    """A sentence: a capital or an opening mark first, a full stop last; its subject may be either."""
    return (
        len(sentence) > 6
        and (sentence[0].isupper() or sentence[0] in "«{")
        and sentence[-1] in ".}"
    )


def given(source: str) -> Iterator[tuple[str, set[str], int]]:
    """Each refusal a file makes: its class, the names it gives, the line."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or any(k.arg is None for k in node.keywords):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name in ALL and ALL[name].__init__ is Refusal.__init__:
            yield name, {str(k.arg) for k in node.keywords}, node.lineno


def test_every_refusal_has_its_own_sentence() -> None:
    assert [name for name, kind in ALL.items() if not is_said(kind.sentence)] == []
    assert [name for name, kind in ALL.items() if kind.sentence == Refusal.sentence] == []


def test_a_mumbled_sentence_is_seen() -> None:
    for sentence in ("", "non", "Le montant est faux", "refusé parce que c’est faux."):
        assert not is_said(sentence)


def test_every_refusal_gets_what_its_sentence_needs() -> None:
    missing = [
        f"{path}:{line} {name} needs {needed}"
        for path in ours(".py")
        if path.parts[0] == "app"
        for name, names, line in given(read(path))
        if (needed := placeholders(ALL[name].sentence) - names)
    ]
    assert missing == []


def test_a_forgotten_subject_is_seen() -> None:
    [(name, names, _)] = given("raise BadAmount(texte='12')")
    assert placeholders(ALL[name].sentence) - names == {"text"}
