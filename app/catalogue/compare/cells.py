"""How does a cell of a decision table read in French? « de 500 à moins de 2 000 », « sauf epci », « 25 % »."""

import re
from collections.abc import Sequence

from app.catalogue.compare.sides import Side
from app.catalogue.compare.words import amount, quoted
from app.engine.decisions.sheet import Head, Line

_RANGE = re.compile(r"([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\[\])])")
_BOUND = re.compile(r"(<=|>=|<|>)\s*(.+)")
_BOUNDS = {"<=": "au plus", ">=": "au moins", "<": "moins de", ">": "plus de"}
_TEXTS = re.compile(r'"[^"]*"(?:\s*,\s*"[^"]*")*')
_RATE = re.compile(r"(?:^|_)(?:rate|points|share)$")
_PLAIN = {"true": "oui", "false": "non", "null": "rien", "": "rien"}


def column_name(head: Head) -> str:
    """« taux de base » from « Taux de base »; the unit is said with the value."""
    label = head.label.replace("(€)", "").strip()
    is_word = label[:1].isupper() and not label[1:2].isupper()
    return label[0].lower() + label[1:] if is_word else label


def unit_of(head: Head) -> str:
    """`euros`, `percent` or nothing."""
    if "€" in head.label:
        return "euros"
    if _RATE.search(head.name) or re.search(r"\b(taux|part)\b", head.label.casefold()):
        return "percent"
    return ""


def result_words(side: Side, head: Head, cell: str) -> str:
    """What a line gives."""
    text = " ".join(cell.split())
    return _PLAIN.get(text) or amount(text, unit_of(head)) or _said(side, text)


def test_words(side: Side, head: Head, cell: str) -> str:
    """What a line asks of one column; empty when it asks nothing."""
    text = " ".join(cell.split())
    if text in ("", "-"):
        return ""
    if text.startswith("not(") and text.endswith(")"):
        return f"sauf {test_words(side, head, text[4:-1])}"
    if _TEXTS.fullmatch(text):
        return " ou ".join(re.findall(r'"([^"]*)"', text))
    if found := _RANGE.fullmatch(text):
        opens, low, high, closes = found.groups()
        least = "de" if opens == "[" else "de plus de"
        most = "à" if closes == "]" else "à moins de"
        return f"{least} {_value(side, head, low)} {most} {_value(side, head, high)}"
    if found := _BOUND.fullmatch(text):
        return f"{_BOUNDS[found.group(1)]} {_value(side, head, found.group(2))}"
    return _PLAIN.get(text) or _value(side, head, text)


def row_words(side: Side, heads: Sequence[Head], line: Line) -> str:
    """Whom a line concerns: « LP-BAT, sauf epci », « population de 500 à moins de 2 000 »."""
    parts = []
    for head, cell in zip(heads, line.tests, strict=False):
        words = test_words(side, head, cell)
        if not words:
            continue
        is_name = _TEXTS.fullmatch(cell.strip()) or cell.strip().startswith('not("')
        parts.append(words if is_name else f"{column_name(head)} {words}")
    return ", ".join(parts)


def _value(side: Side, head: Head, text: str) -> str:
    return amount(text, unit_of(head)) or _said(side, text)


def _said(side: Side, text: str) -> str:
    return quoted(text[1:-1]) if _TEXTS.fullmatch(text) and "," not in text else side.said(text)
