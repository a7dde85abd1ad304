"""How is a value written as JSON: for a column, and in the one form that is hashed?

The fast writer knows what answers and journals are made of. What it refuses (an integer beyond 64
bits, a key that is no text, an exact number) is left to the standard one, and to its refusals.
"""

import json

import orjson

_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
)
#: What the standard writer refuses as well, or writes in words of its own.
_NOT_OURS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_SORTED = _NOT_OURS | orjson.OPT_SORT_KEYS


def canonical(value: object) -> bytes:
    """The one JSON writing of a value: sorted keys, no spaces, UTF-8."""
    try:
        return orjson.dumps(value, option=_SORTED)
    except TypeError:
        return _CANONICAL.encode(value).encode()


def column_text(value: object) -> str:
    """A value as a JSON column keeps it. Raises TypeError for what is not JSON's."""
    try:
        return orjson.dumps(value, option=_NOT_OURS).decode()
    except TypeError:
        return json.dumps(value)
