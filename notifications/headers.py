"""How is a text written in a header? As it is when it is plain, else in encoded words (RFC 2047).

The standard library's own folding encodes long links, which no mail program follows then, and lets
a text that looks like an encoded word be read as what it hides. So these few headers are written
here, whole, and never folded again.
"""

import re
from base64 import b64encode

_PLAIN = re.compile(r"[A-Za-z0-9 !#$%&'*+/^_`{|}~.,:;()@-]*")
#: What a name may hold without quotes (RFC 5322, 3.2.3); a point is tolerated by nobody.
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~ -]+")
_SHORT = 60
#: Bytes of text in one encoded word: with its frame and a header's name, under 78 signs.
_CHUNK = 42


def words(text: str) -> str:
    """A subject: plain, or encoded words on lines of their own."""
    if len(text) <= _SHORT and _PLAIN.fullmatch(text) and text == text.strip():
        return text
    return _encoded(text)


def mailbox(name: str, address: str) -> str:
    """`Name <address>`, the name plain, quoted or encoded; the address alone without a name."""
    if not name:
        return address
    if len(name) <= _SHORT and _ATOMS.fullmatch(name) and "=?" not in name:
        shown = name
    elif len(name) <= _SHORT and name.isascii() and "=?" not in name:
        shown = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    else:
        shown = _encoded(name)
    return (
        f"{shown}\r\n <{address}>"
        if len(shown) + len(address) > _SHORT
        else f"{shown} <{address}>"
    )


def _encoded(text: str) -> str:
    chunks, chunk = [], b""
    for char in text:
        raw = char.encode()
        if len(chunk) + len(raw) > _CHUNK:
            chunks.append(chunk)
            chunk = b""
        chunk += raw
    chunks.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(one).decode()}?=" for one in chunks)
