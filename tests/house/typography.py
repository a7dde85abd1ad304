"""Where is our French set with plain spaces and straight apostrophes, and how is it mended?

`python -m tests.house.typography` lists the faults of the texts people read (strings of the
code, templates, packs); with `--fix` it mends them in place.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.house.tree import ROOT, ours, read

NBSP = "\u00a0"
_BEFORE = re.compile(r"(?<=[\w»)%€}…’]) (?=[;?!:»](?:\s|$|[\"'<.)]))|(?<=\d) (?=[€%](?![\w}]))")
_AFTER = re.compile(r"(?<=«) ")
_ELISION = re.compile(
    r"(?<=\b[cdjlmnst])'(?=[\wéèêàâîôûœ])|(?<=\bqu)'(?=[\wéèêàâîôû])", re.IGNORECASE
)
_FIXES = ((_BEFORE, NBSP), (_AFTER, NBSP), (_ELISION, "’"))
_COMMENT = re.compile(r"(\{#.*?#\})", re.DOTALL)
_QUOTED = re.compile(r'("(?:[^"\\\n]|\\.)*")')


def faults(text: str) -> list[str]:
    """What a French typographer would underline, with a few words around it."""
    found = [match for pattern, _ in _FIXES for match in pattern.finditer(text)]
    return [text[max(0, m.start() - 25) : m.end() + 15] for m in found]


def mended(text: str) -> str:
    """The same text with insecable spaces and curly apostrophes."""
    for pattern, right in _FIXES:
        text = pattern.sub(right, text)
    return text


def python(source: str, change: Callable[[str], str]) -> str:
    """The source with every string changed, but the docstrings, which are English."""
    skipped = {node.lineno for node in _docstrings(ast.parse(source))}
    lines = source.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for token in reversed(tokens):
        is_text = token.type == tokenize.STRING and token.start[0] not in skipped
        if not is_text or '"' not in token.string:
            continue
        (row, start), (last, end) = token.start, token.end
        whole = "".join(lines[row - 1 : last])
        tail = len(lines[last - 1]) - end
        lines[row - 1 : last] = [
            whole[:start]
            + change(whole[start : len(whole) - tail])
            + whole[len(whole) - tail :]
        ]
        lines = "".join(lines).splitlines(keepends=True)
    return "".join(lines)


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def page(source: str, change: Callable[[str], str]) -> str:
    """The template with everything changed but its comments."""
    parts = _COMMENT.split(source)
    return "".join(part if part.startswith("{#") else change(part) for part in parts)


def pack(source: str, change: Callable[[str], str]) -> str:
    """The TOML file with its quoted values changed."""
    return _QUOTED.sub(lambda match: change(match.group(1)), source)


_KINDS = {".py": python, ".html": page, ".txt": page, ".toml": pack}


def readable() -> list[Path]:
    """The files that hold texts people read."""
    rooms = {"app", "forms", "notifications", "processes"}
    return [path for path in ours(*_KINDS) if path.parts[0] in rooms]


def faults_of(path: Path) -> list[str]:
    """The faults of one of our files."""
    found: list[str] = []

    def look(text: str) -> str:
        found.extend(faults(text))
        return text

    _KINDS[path.suffix](read(path), look)
    return found


def main(arguments: list[str]) -> int:
    """List the faults, or mend them."""
    bad = [path for path in readable() if faults_of(path)]
    for path in bad:
        if "--fix" in arguments:
            (ROOT / path).write_text(_KINDS[path.suffix](read(path), mended), encoding="utf-8")
        else:
            sys.stdout.write("".join(f"{path}: {fault!r}\n" for fault in faults_of(path)))
    return 1 if bad and "--fix" not in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
