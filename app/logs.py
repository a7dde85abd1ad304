"""How are logs written? One JSON object a line, in UTC; nothing in a message can forge another line."""

import json
import logging
import sys
from datetime import UTC, datetime

#: Every character that a terminal or a reader of lines may take for more than a letter.
_CONTROL = {code: f"\\u{code:04x}" for code in (*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029)}


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, and the trace of a bug."""
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False).translate(_CONTROL)


class PlainLines(logging.Formatter):
    """A record as a person reads it in a terminal; a message still cannot make a line of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name logging gives it
        """The first line of a record."""
        return super().formatMessage(record).translate(_CONTROL)


def install(*, as_json: bool) -> None:
    """Write what our loggers say, and warnings of the others, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else PlainLines("%(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # A tick that finds the one before it still at work is skipped on purpose.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("liasse").setLevel(logging.INFO if as_json else logging.WARNING)
