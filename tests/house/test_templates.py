"""Can the pages live under a strict policy: no inline style, script or handler, no raw HTML?"""

import ast
import re

import pytest

from tests.house.tree import ours, read

BANNED = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "a handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "raw HTML": re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false"),
    "a file of another site": re.compile(
        r"(?:src|srcset)\s*=\s*[\"'](?:https?:)?//|<link[^>]+https?://"
    ),
}
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
#: Conditions inside a tag (`{% if one == to %}`) are code, not attributes.
STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
PAGES = [path for path in ours(".html") if path.parts[0] == "app"]


def banned(text: str) -> list[str]:
    """What a page may not hold."""
    plain = COMMENT.sub("", text)
    tags = STATEMENT.sub("", plain)
    return [n for n, p in BANNED.items() if p.search(plain if n == "raw HTML" else tags)]


def test_no_page_holds_anything_inline() -> None:
    found = {str(path): banned(read(path)) for path in PAGES}
    assert {name: things for name, things in found.items() if things} == {}


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        "<style>p {}</style>",
        "<script>go()</script>",
        '<a href="#" onclick="go()">',
        '<a href="javascript:go()">',
        "{{ text|safe }}",
        '<script src="https://cdn.example.org/x.js"></script>',
    ],
)
def test_each_banned_thing_is_seen(text: str) -> None:
    assert banned(text)


def test_our_own_files_are_allowed() -> None:
    assert (
        banned('<script src="{{ asset("ui.js") }}" defer></script><a href="/x">Un style</a>')
        == []
    )


def raw_markup(source: str) -> list[int]:
    """The lines where text becomes HTML unescaped: `Markup(…)` of anything but a literal."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Markup"
        and not all(isinstance(argument, ast.Constant) for argument in node.args)
    ]


def test_no_code_makes_raw_html() -> None:
    found = {p.as_posix(): raw_markup(read(p)) for p in ours(".py") if p.parts[0] == "app"}
    assert {name: rows for name, rows in found.items() if rows and name not in RAW_HTML} == {}


def test_raw_html_is_seen() -> None:
    assert raw_markup("Markup(f'<b>{name}</b>')")
    assert not raw_markup("Markup('<b>{}</b>').format(name)")


#: Each of these builds its markup from escaped pieces, and says so where it does.
RAW_HTML: set[str] = set()
