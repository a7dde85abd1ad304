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
_FIELD = re.compile(r"(?<!\{)\{[^{}]*\}")
_QUOTED = re.compile(r'("(?:[^"\\\n]|\\.)*")')


def _hits(text: str, *, is_format: bool = False) -> list[tuple[re.Match[str], str]]:
    """Each fault with what belongs there; the code inside the fields of an f-string is not text."""
    plain = _FIELD.sub(lambda field: f"{{{'x' * (len(field[0]) - 2)}}}", text)
    seen = plain if is_format else text
    return [(hit, right) for pattern, right in _FIXES for hit in pattern.finditer(seen)]


def faults(text: str, *, is_format: bool = False) -> list[str]:
    """What a French typographer would underline, with a few words around it."""
    hits = _hits(text, is_format=is_format)
    return [text[max(0, hit.start() - 25) : hit.end() + 15] for hit, _ in hits]


def mended(text: str, *, is_format: bool = False) -> str:
    """The same text with insecable spaces and curly apostrophes: one character for one."""
    letters = list(text)
    for hit, right in _hits(text, is_format=is_format):
        letters[hit.start()] = right
    return "".join(letters)


Change = Callable[..., str]
Place = tuple[int, int]
_OPENS = getattr(tokenize, "FSTRING_START", -1)
_CLOSES = getattr(tokenize, "FSTRING_END", -1)


def python(source: str, change: Change) -> str:
    """The source with every string changed, but the docstrings, which are English."""
    skipped = {node.lineno for node in _docstrings(ast.parse(source))}
    lines = source.splitlines(keepends=True)
    for (row, start), (last, end) in reversed(list(_strings(source))):
        if row in skipped:
            continue
        whole = "".join(lines[row - 1 : last])
        stop = len(whole) - (len(lines[last - 1]) - end)
        is_format = "f" in re.split("[\"']", whole[start:stop], maxsplit=1)[0].lower()
        text = change(whole[start:stop], is_format=is_format)
        changed = whole[:start] + text + whole[stop:]
        lines[row - 1 : last] = changed.splitlines(keepends=True)
    return "".join(lines)


def _strings(source: str) -> Iterator[tuple[Place, Place]]:
    """Where each string begins and ends; from Python 3.12 on an f-string is several tokens."""
    opened: list[Place] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == _OPENS:
            opened.append(token.start)
        elif token.type == _CLOSES:
            start = opened.pop()
            if not opened:
                yield start, token.end
        elif token.type == tokenize.STRING and not opened:
            yield token.start, token.end


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def page(source: str, change: Change) -> str:
    """The template with everything changed but its comments."""
    parts = _COMMENT.split(source)
    return "".join(part if part.startswith("{#") else change(part) for part in parts)


def pack(source: str, change: Change) -> str:
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

    def look(text: str, *, is_format: bool = False) -> str:
        found.extend(faults(text, is_format=is_format))
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
