"""Can a message forge a line of the log? No: one record is one line, whatever it says."""

import json
import logging
import sys

import pytest

from app.logs import JsonLines, PlainLines

NASTY = "page\nWARNING tout va bien\r\n\x1b[2K\u2028\x85\x7ffin"


def record_of(message: str, *, failed: bool = False) -> logging.LogRecord:
    trace = None
    if failed:
        try:
            raise RuntimeError("une\nerreur")
        except RuntimeError:
            trace = sys.exc_info()
    return logging.LogRecord("liasse.web", logging.ERROR, "x.py", 1, "%s", (message,), trace)


@pytest.mark.parametrize("formatter", [JsonLines(), PlainLines("%(message)s")])
def test_one_record_is_one_line(formatter: logging.Formatter) -> None:
    line = formatter.format(record_of(NASTY))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_a_line_of_json_says_when_where_and_what() -> None:
    said = json.loads(JsonLines().format(record_of(NASTY, failed=True)))
    assert said["level"] == "error"
    assert said["logger"] == "liasse.web"
    assert said["at"].endswith("+00:00")
    assert "tout va bien" in said["message"]
    assert "RuntimeError" in said["trace"]
