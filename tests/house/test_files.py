"""Is every file short, introduced, and free of words that do not belong in it?"""

import ast
import re
from pathlib import Path

from tests.house.tree import ours, read

LIMIT = 400
#: Longer on purpose. The style sheet is one file because the order of its rules matters and one
#: request brings it; a migration is one revision, drawn by Alembic and never edited again.
LIMITS = {"app/web/static/ui.css": 1200, "migrations/versions/": 2000}
#: Written in two pieces, so that this file does not contain them.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|HA" r"CK)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|ro" r"ot|home)/\w")
VAGUE_NAMES = {"utils", "common", "helpers", "manager", "managers", "services", "misc"}
TEXT = (
    ".py",
    ".html",
    ".txt",
    ".css",
    ".js",
    ".toml",
    ".md",
    ".bpmn",
    ".dmn",
    ".json",
    ".lock",
)


def limit_of(path: Path) -> int:
    """The number of lines this file may have."""
    return next((n for start, n in LIMITS.items() if path.as_posix().startswith(start)), LIMIT)


def is_introduced(path: Path, text: str) -> bool:
    """The file says first which question it answers."""
    if path.suffix != ".py":
        return text.lstrip().startswith(("/*", "//"))
    first = next((line for line in text.splitlines() if not line.startswith("#!")), "")
    return bool(ast.get_docstring(ast.parse(text))) and first.startswith(('"""', 'r"""'))


def test_no_file_is_too_long() -> None:
    lengths = {p: len(read(p).splitlines()) for p in ours(".py", ".html", ".css", ".js")}
    assert [f"{p}: {n} lines" for p, n in lengths.items() if n > limit_of(p)] == []


def test_every_file_says_which_question_it_answers() -> None:
    assert [str(p) for p in ours(".py", ".css", ".js") if not is_introduced(p, read(p))] == []


def test_a_file_without_introduction_is_seen() -> None:
    assert not is_introduced(Path("a.py"), "import re\n")
    assert not is_introduced(Path("a.py"), "import re\n'''Late.'''\n")
    assert not is_introduced(Path("a.css"), "body {}")
    assert is_introduced(Path("a.py"), '#!/usr/bin/env python3\n"""Why?"""\n')


def test_nothing_is_unfinished_and_no_file_knows_a_machine() -> None:
    patterns = (UNFINISHED, MACHINE_PATHS)
    found = {str(p): [x.search(read(p)) for x in patterns] for p in ours(*TEXT)}
    assert {name: hits for name, hits in found.items() if any(hits)} == {}


def test_unfinished_work_and_machine_paths_are_seen() -> None:
    assert UNFINISHED.search("# TO" + "DO: later")
    assert MACHINE_PATHS.search('open("/ro' + 'ot/x")')
    assert MACHINE_PATHS.search("https://example.org/wo" + "rk/1") is None


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [str(p) for p in ours(".py") if VAGUE_NAMES.intersection([*p.parts, p.stem])]
    assert vague == []
